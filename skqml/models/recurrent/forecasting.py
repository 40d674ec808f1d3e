"""Closed loops of reservoirs, over steps of sequences or windows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ...states import floats, instance
from ..base.forecasts.closed_loop import Loop, Range, WindowLoop, roll
from ..base.forecasts.forecasting import ClosedLoop
from ..base.forecasts.intervals import RECENT, follow, sizes_of_errors
from ..base.inputs import Standardizer
from .past import StepPast
from .reservoir import Ensemble
from .ridge_readout import RidgeReadout
from .sequences import Sequences, read_sequences


@dataclass(frozen=True)
class StepLoop(Loop):
    """Reservoirs behind the last step of sequences.

    Attributes
    ----------
    standardizer : Standardizer
    ensemble : Ensemble
    state : ndarray (n_sequences, n_reservoirs, n_state)
    columns : ndarray (n_sequences, n_columns)
        Of the readout, at the last step.
    """

    standardizer: Standardizer
    ensemble: Ensemble
    state: np.ndarray
    columns: np.ndarray

    _contents: ClassVar[dict] = {
        "standardizer": instance(Standardizer),
        "ensemble": instance(Ensemble, n_reservoirs="n_reservoirs"),
        "state": floats("n_sequences", "n_reservoirs", ...),
        "columns": floats("n_sequences", "n_columns"),
    }

    @property
    def seen(self) -> np.ndarray:
        return self.columns

    def after(self, y) -> "StepLoop":
        x = self.standardizer.transform(y)
        state, features = self.ensemble.run(x[:, None], self.state)
        return replace(self, state=state, columns=np.hstack([x, features[:, 0]]))


class ReservoirForecasts(ClosedLoop):
    """The closed loop of a reservoir regressor."""

    def _loop(self, X) -> Loop:
        n_targets, n_channels = len(self.past_.range.low), self.n_features_in_ if self._stepwise else 1
        if n_targets != n_channels:
            raise ValueError(
                f"forecast feeds predictions back as inputs: expected as many targets as channels, {n_channels}, but "
                f"the model was fitted to {n_targets}."
            )
        sequences = None if X is None else read_sequences(self, X)
        if not self._stepwise:
            if sequences is None:
                return self.past_.loop()
            return WindowLoop(self.past_.range.around(sequences.X), sequences.X[:, :, 0])
        end = self.past_.end
        if end is None if sequences is None else not sequences.inside.all():
            raise ValueError("forecast needs sequences that end together, without NaN; pass each as X of its own.")
        return end.after(self.past_.last.reshape(-1, n_targets)) if sequences is None else self._end_of(sequences)

    def _end_of(self, sequences: Sequences) -> StepLoop:
        state, last = self.ensemble_.start(len(sequences.X)), self._empty_columns(sequences)
        for rows, _, columns in self._blocks(sequences, state):
            last[rows] = columns[:, -1]
        return self._step_loop(self.past_.range.around(sequences.X), state, last)

    def _step_loop(self, limits: Range, state, columns) -> StepLoop:
        return StepLoop(limits, self.standardizer_, self.ensemble_, state, columns)

    def _columns(self, seen) -> np.ndarray:
        """Columns of the readout: those of steps as they are, or those of windows."""
        if self._stepwise:
            return seen
        return self._last(Sequences(seen[:, :, None], np.full(len(seen), seen.shape[1]), False))

    def _next(self, seen) -> np.ndarray:
        return self.readout_.predict(self._columns(seen)).reshape(len(seen), -1)

    def _shaped(self, y, X) -> np.ndarray:
        y = y.reshape(*y.shape[:2], *(self.past_.last.shape[1:] if self._stepwise else ()))
        return y[0] if X is None and not self._stepwise else y

    def _check_interval(self) -> None:
        if not isinstance(self.readout_, RidgeReadout):
            raise ValueError(f"return_interval=True needs readout=RidgeReadout(), got {self.readout_!r}.")

    def _retrace(self, cuts, rows, X) -> tuple[Loop, list[Callable]]:
        past = self.past_
        loop: Loop
        if self._stepwise:
            columns, loop = self._walk(past, rows, self.past_.range)
            if X is not None and np.shape(X)[1] < RECENT:
                loop = self._end_of(past.before(rows, np.shape(X)[1]))
        else:
            columns, loop = self._columns(past.windows), WindowLoop(self.past_.range, past.windows[rows])
        return loop, [self._linear(*self.readout_.before(columns, past.targets, cut, past.weight)) for cut in cuts]

    def _linear(self, coef, intercept) -> Callable:
        return lambda seen: self._columns(seen) @ coef.T + intercept

    def _walk(self, past: StepPast, rows, limits: Range) -> tuple[np.ndarray, StepLoop]:
        """Columns of all rows of a past, and the loop that stands at some of them."""
        X, place = self._inputs(past.sequences), np.argwhere(past.used)[rows]
        state, parts, begin = past.state, [], 0
        states = np.empty((len(place), *state.shape[1:]))
        for step in [*np.unique(place[:, 1]), X.shape[1] - 1]:
            if step >= begin:
                state, features = self.ensemble_.run(X[:, begin : step + 1], state)
                parts.append(features)
                begin = step + 1
            for k in np.flatnonzero(place[:, 1] == step):
                states[k] = state[place[k, 0]]
        columns = np.concatenate([X, np.concatenate(parts, axis=1)], axis=2)[past.used]
        return columns, self._step_loop(limits, states, columns[rows])

    def _follow(self, X, y, half, coverage) -> np.ndarray:
        X = read_sequences(self, X).X
        if not self._stepwise:
            return self.past_.follow(X[:, :, 0], y, half, coverage)
        room = max(1, self.ensemble_.room // RECENT)
        parts = [self._recent_errors(X[k : k + room], y.shape[1]) for k in range(0, len(X), room)]
        return follow(half, np.concatenate(parts), coverage)[:, -1]

    def _recent_errors(self, X, n_steps) -> np.ndarray:
        """Errors (n_sequences, n_origins, n_steps, n_channels) of forecasts from the last steps of X but the last."""
        n, length, n_channels = X.shape
        begin = max(length - 1 - RECENT, min(self.washout_, length - 1))
        if begin == length - 1:
            return np.empty((n, 0, n_steps, n_channels))
        origins = np.arange(begin, length - 1)
        state = self.ensemble_.start(n)
        before = Sequences(X[:, :begin], np.full(n, begin), True)
        for _ in self.ensemble_.blocks(self._inputs(before), state) if begin else ():
            pass
        steps = Sequences(X[:, begin:-1], np.full(n, len(origins)), True)
        known, rows = StepPast(steps, X[:, begin + 1 :], 0, state), np.arange(n * len(origins))
        limits = self.past_.range.around(X).each(len(origins))
        y = roll(self._next, self._walk(known, rows, limits)[1], n_steps)
        unseen = (origins > self.past_.ends_in(X)[:, None]).ravel()
        errors = sizes_of_errors(y, known.targets, rows, np.where(unseen, known.n_following, 0))
        return errors.reshape(n, len(origins), n_steps, n_channels)
