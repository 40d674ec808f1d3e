"""Closed loops: predictions fed back as inputs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..._checks import check_count, check_option
from .intervals import check_interval, half_widths
from .reservoir import End
from .sequences import Sequences, read_sequences


class ClosedLoop:
    """The method `forecast` of a reservoir regressor."""

    def forecast(self, n_steps, X=None, *, return_interval=False, coverage=0.9):
        """Predict, and feed predictions back as inputs.

        Targets have to be the next inputs: as many as there are channels, or for windows the value behind the window.
        So that a loop does not run away, a value h steps ahead is held within the range of the targets of the fit and
        of X, widened on either side by 2 h / n of its width, n the number of steps (or windows) of the fit.

        Parameters
        ----------
        n_steps : int
        X : array-like, default=None
            Sequences or windows to go on from. ``None`` means the end of those of the last fit (for windows, of the
            last row), its last targets among what is known: the first step of the forecast is the first one unseen.
        return_interval : bool, default=False
            Whether to return prediction intervals too: ``forecast -+ t s_h`` with the root mean squared error s_h of
            forecasts h steps ahead, tried out inside the last 1,000 steps of the fit, each with a readout fitted to
            nothing behind its origin, and t from Student's distribution, as errors of one stretch of time are few.
            The width never falls with h; where fewer than 8 trials reach, it grows as the square root of h. Windows
            must be in order of time. Needs `RidgeReadout`.
        coverage : float, default=0.9
            Probability that gives t.

        Returns
        -------
        y : ndarray (n_sequences, n_steps[, n_channels]), (n_rows, n_steps), or (n_steps,) for the last window
        lower, upper : ndarray
            With ``return_interval``, in the shape of y.
        """
        check_is_fitted(self)
        n_steps = check_count("n_steps", n_steps, 1)
        check_option("return_interval", return_interval, (False, True))
        if return_interval:
            check_interval(self.readout_, coverage)
        end = self._end if X is None else self._read_end(X)
        self._check_closed(end)
        if X is None:
            end = self._step_on(end, self._last_targets)
        y = self._roll(lambda A: self.readout_.predict(A).reshape(len(A), -1), end, n_steps)
        if not return_interval:
            return self._shaped(y, X)
        half = half_widths(self, n_steps, coverage)
        return tuple(self._shaped(a, X) for a in (y, y - half, y + half))

    def _read_end(self, X):
        sequences, _ = read_sequences(self, X, reset=False)
        if not sequences.stepwise:
            return End(None, sequences.X[:, :, 0], self._range.around(sequences.X))
        if not sequences.inside.all():
            return None
        state, last = self.ensemble_.start(len(sequences.X)), self._empty_columns(sequences)
        for rows, _, columns in self._blocks(sequences, state):
            last[rows] = columns[:, -1]
        same = sequences.X.shape[2] == len(self._range.low)
        return End(state, last, self._range.around(sequences.X) if same else self._range)

    def _check_closed(self, end):
        if end is None:
            raise ValueError("forecast needs sequences that end together, without NaN; pass each as X of its own.")
        n_targets = len(self._range.low)
        n_channels = self.n_features_in_ if self._stepwise else 1
        if n_targets != n_channels:
            raise ValueError(
                f"forecast feeds predictions back as inputs: expected as many targets as channels, {n_channels}, but "
                f"the model was fitted to {n_targets}."
            )

    def _roll(self, predict: Callable, end: End, n_steps: int) -> np.ndarray:
        """Go on from an end by predictions (n_rows, n_channels) from columns: (n_rows, n_steps, n_channels)."""
        out = []
        for step in range(1, n_steps + 1):
            out.append(end.range.hold(predict(self._columns_at(end)), step))
            if step < n_steps:
                end = self._step_on(end, out[-1])
        return np.stack(out, axis=1)

    def _columns_at(self, end):
        if end.state is not None:
            return end.last
        n_rows, width = end.last.shape
        return self._last(Sequences(end.last[:, :, None], np.full(n_rows, width), False))

    def _step_on(self, end, y):
        """The end one step on, where the next inputs are y; windows move along by one value."""
        if end.state is None:
            return replace(end, last=np.hstack([end.last[:, 1:], y]))
        x = self.standardizer_.transform(y)
        state, features = self.ensemble_.run(x[:, None], end.state)
        return replace(end, state=state, last=np.hstack([x, features[:, 0]]))

    def _shaped(self, y, X):
        y = y[:, :, 0] if self._single or not self._stepwise else y
        return y[0] if X is None and not self._stepwise else y
