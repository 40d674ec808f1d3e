"""Prediction intervals of closed loops, from forecasts tried out inside the data of the fit."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from scipy.stats import t as student
from sklearn.isotonic import isotonic_regression

from .readout import RidgeReadout
from .reservoir import End
from .sequences import Sequences

_KEPT = 1000  # steps in which forecasts are tried
_ORIGINS = 100
_FITS = 5
_FIRST = 0.25  # share of the steps that the first of the fits sees
_FEWEST = 8  # errors from which a width is told


@dataclass(frozen=True)
class Past:
    """The last steps of a fit.

    Attributes
    ----------
    sequences : Sequences
        Channels as they came, or windows.
    y : ndarray (n_sequences, n_steps, n_targets) or (n_rows, n_targets)
    first : int
        The first step that the readout was fitted to.
    state : ndarray (n_sequences, n_reservoirs, n_state) or None
        States before the first step; ``None`` for windows.
    """

    sequences: Sequences
    y: np.ndarray
    first: int
    state: np.ndarray | None


class Keeping:
    """What is to be kept of a fit, or of one that goes on with sequences from before.

    Parameters
    ----------
    sequences : Sequences
    y : ndarray (n_sequences, n_steps[, n_targets]) or (n_rows[, n_targets])
    first : int
    before : Past or None

    Attributes
    ----------
    begin : int
        The first step of `sequences` that is kept, negative where steps from before are.
    """

    def __init__(self, sequences, y, first, before=None):
        X, lengths, self.before, self.known = sequences.X, sequences.lengths, before, 0
        y = y.reshape(*X.shape[:2], -1) if sequences.stepwise else y.reshape(len(X), -1)
        if before is not None and sequences.stepwise:
            n, self.known, first = len(before.y), before.y.shape[1], before.first
            X, y = np.concatenate([before.sequences.X, X[-n:]], axis=1), np.concatenate([before.y, y[-n:]], axis=1)
            lengths = self.known + lengths[-n:]
        elif before is not None:
            X, y = np.concatenate([before.sequences.X, X]), np.concatenate([before.y, y])
            lengths = np.full(len(X), X.shape[1])
        self._cut(Sequences(X, lengths, sequences.stepwise), y, first)

    def _cut(self, sequences, y, first):
        X, lengths, self._skipped = sequences.X, sequences.lengths, 0
        n = max(1, _KEPT // X.shape[1]) if sequences.stepwise else _KEPT
        X, y, lengths = X[-n:], y[-n:], lengths[-n:]
        if sequences.stepwise:
            self._skipped = max(0, lengths.max() - _KEPT)
            X, y, lengths = X[:, self._skipped :], y[:, self._skipped :], lengths - self._skipped
        self.begin = self._skipped - self.known
        self._kept = Sequences(X.copy(), lengths, sequences.stepwise), y.copy(), max(0, first - self._skipped)

    def past(self, model, state) -> Past:
        """What is kept, given states before the step `begin` where that is not negative."""
        if self._kept[0].stepwise:
            state = self._earlier(model) if self.begin < 0 else state
            state = state[-len(self._kept[1]) :].copy()
        return Past(*self._kept, state)

    def _earlier(self, model):
        """States before a step of what was known before."""
        known, state = self.before.sequences, self.before.state
        return model.ensemble_.run(model._inputs(known)[:, : self._skipped], state)[0] if self._skipped else state


@dataclass(frozen=True)
class Trials:
    """Rows of the past in order, and the origins among them.

    Attributes
    ----------
    columns, y : ndarray (n_rows, n_columns), (n_rows, n_targets)
        What the readout was fitted to.
    n_following : ndarray of int (n_rows,)
        Number of steps with known targets from a row on, its own among them.
    origins : ndarray of int (n_origins,)
        Rows from which forecasts are tried.
    end : End
        Where known data end at the origins.
    """

    columns: np.ndarray
    y: np.ndarray
    n_following: np.ndarray
    origins: np.ndarray
    end: End


def check_interval(readout, coverage) -> None:
    """Refuse what gives no interval."""
    if not isinstance(readout, RidgeReadout):
        raise ValueError(f"return_interval=True needs readout=RidgeReadout(), got {readout!r}.")
    if isinstance(coverage, bool) or not isinstance(coverage, Real) or not 0 < coverage < 1:
        raise ValueError(f"coverage must be between 0 and 1, got {coverage!r}.")


def half_widths(model, n_steps, coverage) -> np.ndarray:
    """Half the width (n_steps, n_channels) of prediction intervals for each step."""
    n_following = _following(model._past)
    n_rows = len(n_following)
    cuts = np.linspace(max(2, _FIRST * n_rows), n_rows, _FITS, endpoint=False).astype(int)
    if n_rows - cuts[0] < _FEWEST:
        raise ValueError(
            f"return_interval=True tries forecasts inside the data of the fit: expected at least "
            f"{_FEWEST + 2} steps behind the washout, got {n_rows}; fit to more."
        )
    origins = np.unique(np.linspace(cuts[0], n_rows - 1, _ORIGINS).astype(int))
    counts = (n_following[origins][:, None] > np.arange(n_steps)).sum(axis=0)
    n_tried = max(1, int(np.sum(counts >= min(_FEWEST, counts[0]))))
    errors = _errors(model, _trials(model, n_following, origins), cuts, n_tried)
    squares = np.nanmean(errors**2, axis=0)  # true ones never fall, what is found does by chance
    deviation = np.sqrt(np.column_stack([isotonic_regression(s, sample_weight=counts[:n_tried]) for s in squares.T]))
    steps = np.arange(1, n_steps + 1)
    # Errors of overlapping stretches are not independent: as many count as there are stretches of that length.
    quantile = student.ppf(0.5 + coverage / 2, np.maximum(3, (n_rows - cuts[0]) / steps))
    growth = np.sqrt(np.maximum(1, steps / n_tried))
    return deviation[np.minimum(steps, n_tried) - 1] * (quantile * growth)[:, None]


def _following(past) -> np.ndarray:
    """Numbers of steps (n_rows,) with known targets from each row on."""
    X, lengths = past.sequences.X, past.sequences.lengths
    if past.sequences.stepwise:
        return np.concatenate([n - np.arange(past.first, n) for n in lengths])
    moves = (X[1:, :-1] == X[:-1, 1:]).all(axis=(1, 2)) & (X[1:, -1] == past.y[:-1]).all(axis=1)
    ends = np.append(np.flatnonzero(~moves), len(X) - 1)
    return ends[np.searchsorted(ends, np.arange(len(X)))] + 1 - np.arange(len(X))


def _errors(model, trials, cuts, n_steps) -> np.ndarray:
    """Errors (n_origins, n_steps, n_channels) of forecasts, NaN where data end."""
    fits = [model.readout_.before(trials.columns, trials.y, cut) for cut in cuts]
    fit = np.searchsorted(cuts, trials.origins, side="right") - 1

    def predict(columns):
        out = np.empty((len(columns), trials.y.shape[1]))
        for k, (coef, intercept) in enumerate(fits):
            out[fit == k] = columns[fit == k] @ coef.T + intercept
        return out

    y = model._roll(predict, trials.end, n_steps)
    rows = trials.origins[:, None] + np.arange(n_steps)
    known = np.arange(n_steps) < trials.n_following[trials.origins][:, None]
    return np.where(known[:, :, None], y - trials.y[np.minimum(rows, len(trials.y) - 1)], np.nan)


def _trials(model, n_following, origins) -> Trials:
    past, sequences = model._past, model._past.sequences
    if not sequences.stepwise:
        end = End(None, sequences.X[origins, :, 0], model._range)
        return Trials(model._last(sequences), past.y, n_following, origins, end)
    used = sequences.inside & (np.arange(sequences.X.shape[1]) >= past.first)
    place = np.argwhere(used)[origins]
    columns, state = _run(model, past, place)
    columns = columns[used]
    return Trials(columns, past.y[used], n_following, origins, End(state, columns[origins], model._range))


def _run(model, past, place):
    """Columns of all steps, and states (n_origins, n_reservoirs, n_state) behind steps (sequence, step)."""
    X, ensemble = model._inputs(past.sequences), model.ensemble_
    state, states, parts, begin = past.state, [None] * len(place), [], 0
    for step in [*np.unique(place[:, 1]), X.shape[1] - 1]:
        if step >= begin:
            state, features = ensemble.run(X[:, begin : step + 1], state)
            parts.append(features)
            begin = step + 1
        for k in np.flatnonzero(place[:, 1] == step):
            states[k] = state[place[k, 0]].copy()
    return np.concatenate([X, np.concatenate(parts, axis=1)], axis=2), np.stack(states)
