"""Prediction intervals of closed loops, from forecasts tried out where what followed is known."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy.stats import t as student
from sklearn.isotonic import isotonic_regression

from .closed_loop import roll

KEPT = 1000  # steps of a fit in which forecasts are tried
RECENT = 100  # steps whose hits and misses set the factor of the widths
_RATE = 0.1  # of that factor, which forgets in about 30 steps
_ORIGINS = 100
_FITS = 5
_FIRST = 0.25  # share of the steps that the first of the fits sees
_FEWEST = 8  # errors from which a width is told


class Past(Protocol):
    """The last steps of a fit in order of time, from which forecasts can be tried out."""

    @property
    def targets(self) -> np.ndarray:
        """What followed each step, (n_rows, n_channels)."""

    @property
    def weight(self) -> np.ndarray | None:
        """With which rows (n_rows,) counted in the fit, None if all alike; of weight 0 they tell nothing."""

    @property
    def n_following(self) -> np.ndarray:
        """How many targets (n_rows,), from that of a row on, are what followed it step by step."""

    @property
    def recent(self) -> np.ndarray:
        """The last rows (n_series, n_steps) of each series."""


def half_widths(model, X, y, coverage) -> np.ndarray:
    """Half the widths (n_series, n_steps, n_channels) of intervals around forecasts y from the end of X.

    Parameters
    ----------
    model : ClosedLoop
    X : array-like or None
    y : ndarray (n_series, n_steps, n_channels)
    coverage : float
    """
    past, n_steps = model.past_, y.shape[1]
    truth = past.targets if past.weight is None else np.where(past.weight[:, None] > 0, past.targets, np.nan)
    known = np.isfinite(truth[:, 0])
    cuts, origins = _plan(np.flatnonzero(known))
    nothing = np.zeros((len(origins), *y.shape[1:]))
    reached = np.isfinite(sizes_of_errors(nothing, truth, origins, past.n_following[origins])[:, :, 0]).sum(axis=0)
    enough = reached >= min(_FEWEST, len(origins))
    n_tried = int(np.logical_and.accumulate(enough).sum())
    recent = past.recent if X is None else past.recent[:0]
    errors = _try_out(model, cuts, np.append(origins, recent), n_tried, truth, X)
    half = _expected(errors[: len(origins)], n_steps, known[cuts[0] :].sum(), coverage)
    if X is None:
        errors = errors[len(origins) :].reshape(*recent.shape, *errors.shape[1:])
        found = follow(half, errors, coverage)[:, -1]
    else:
        found = model._follow(X, y, half, coverage)
    out = np.broadcast_to(half, y.shape).copy()
    out[len(out) - len(found) :] = found  # of many sequences of a fit the last are kept
    return out


def _plan(rows) -> tuple[np.ndarray, np.ndarray]:
    """The first rows that the fits leave out, and the origins of forecasts, among rows that count."""
    n_rows = len(rows)
    cuts = np.linspace(max(2, _FIRST * n_rows), n_rows, _FITS, endpoint=False).astype(int)
    if n_rows - cuts[0] < _FEWEST:
        raise ValueError(
            f"return_interval=True tries forecasts inside the data of the fit: expected at least "
            f"{_FEWEST + 2} steps behind the washout, got {n_rows} of weights above 0; fit to more."
        )
    return rows[cuts], rows[np.unique(np.linspace(cuts[0], n_rows - 1, _ORIGINS).astype(int))]


def _try_out(model, cuts, rows, n_steps, truth, X) -> np.ndarray:
    """Errors (n_rows, n_steps, n_channels) of forecasts from rows of the past by fits to nothing behind them.

    Each forecast has seen as many steps as those from X; the truth is NaN where it is not known.
    """
    past, fit = model.past_, np.searchsorted(cuts, rows, side="right") - 1
    loop, fits = model._retrace(cuts, rows, X)
    y = roll(lambda seen: _by_fit(fits, np.maximum(fit, 0), seen), loop, n_steps)
    return sizes_of_errors(y, truth, rows, np.where(fit < 0, 0, past.n_following[rows]))


def _by_fit(fits: list[Callable], fit, seen) -> np.ndarray:
    """Predictions from each row by the fit of its number."""
    parts = {k: fits[k](seen[fit == k]) for k in np.unique(fit)}
    out = np.empty((len(seen), next(iter(parts.values())).shape[1]))
    for k, part in parts.items():
        out[fit == k] = part
    return out


def sizes_of_errors(y, targets, rows, n_following) -> np.ndarray:
    """Sizes of errors (n_rows, n_steps, n_channels) of forecasts y from rows, NaN where no more targets follow."""
    steps = np.arange(y.shape[1])
    truth = targets[np.minimum(rows[:, None] + steps, len(targets) - 1)]
    return np.where((steps < n_following[:, None])[:, :, None], np.abs(y - truth), np.nan)


def _expected(errors, n_steps, n_rows, coverage) -> np.ndarray:
    """Half widths (n_steps, n_channels) that errors inside a stretch of so many rows let expect."""
    n_tried, counts = errors.shape[1], np.isfinite(errors[:, :, 0]).sum(axis=0)
    unit = np.nanmax(errors) or 1.0  # squares of very large or small numbers are none
    squares = np.nanmean((errors / unit) ** 2, axis=0)  # true ones never fall, what is found does by chance
    deviation = unit * np.sqrt(np.column_stack([isotonic_regression(s, sample_weight=counts) for s in squares.T]))
    steps = np.arange(1, n_steps + 1)
    # Errors of overlapping stretches are not independent: as many count as there are stretches of that length.
    quantile = student.ppf(0.5 + coverage / 2, np.maximum(3, n_rows / steps))
    growth = np.sqrt(np.maximum(1, steps / n_tried))
    return deviation[np.minimum(steps, n_tried) - 1] * (quantile * growth)[:, None]


def follow(half, errors, coverage) -> np.ndarray:
    """Half widths at each origin and behind the last, by which of the intervals before held what is known there.

    ``w_{t+1} = w_t exp(rate (miss_t - (1 - coverage)))`` for each horizon: a width that stays within bounds has a
    share of misses that tends to ``1 - coverage``.

    Parameters
    ----------
    half : ndarray (n_steps, n_channels)
        At the first origin.
    errors : ndarray (n_series, n_origins, n_tried, n_channels)
        Of forecasts from origins one step apart, NaN where unknown; n_tried is at most n_steps.
    coverage : float

    Returns
    -------
    ndarray (n_series, n_origins + 1, n_steps, n_channels)

    References
    ----------
    I. Gibbs and E. Candes, Adaptive conformal inference under distribution shift, arXiv 2106.00170.
    """
    n_series, n_origins, n_tried, _ = errors.shape
    widths = np.broadcast_to(half, (n_series, n_origins + 1, *half.shape)).copy()
    for now in range(1, n_origins + 1):
        h = np.arange(min(now, n_tried))  # what the origin h + 1 steps before said about now
        error = errors[:, now - 1 - h, h]
        miss = np.where(np.isnan(error), 1 - coverage, error > widths[:, now - 1 - h, h])
        widths[:, now] = widths[:, now - 1]
        widths[:, now, : len(h)] *= np.exp(_RATE * (miss - (1 - coverage)))
    return widths
