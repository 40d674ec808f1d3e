"""Closed loops: predictions fed back as inputs."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._checks import check_count
from .readout import RidgeReadout
from .reservoir import Ensemble
from .sequences import Sequences, read_sequences


@dataclass(frozen=True)
class End:
    """Where known data end.

    Attributes
    ----------
    state : ndarray (n_sequences, n_reservoirs, n_state) or None
        ``None`` for windows.
    last : ndarray
        Columns of the readout at the last step, or the windows (n_rows, n_steps).
    """

    state: np.ndarray | None
    last: np.ndarray


def roll_steps(ensemble: Ensemble, scale: Callable, predict: Callable, end: End, n_steps: int) -> np.ndarray:
    """Go on from the end of sequences.

    Parameters
    ----------
    ensemble : Ensemble
    scale : callable
        From channels as they are to inputs of the cells.
    predict : callable
        From columns to predictions (n_sequences, n_channels).
    end : End
    n_steps : int

    Returns
    -------
    ndarray (n_sequences, n_steps, n_channels)
    """
    state, columns, out = end.state, end.last, []
    for _ in range(n_steps):
        out.append(predict(columns))
        x = scale(out[-1])
        state, features = ensemble.run(x[:, None], state)
        columns = np.hstack([x, features[:, 0]])
    return np.stack(out, axis=1)


def roll_windows(columns: Callable, predict: Callable, end: End, n_steps: int) -> np.ndarray:
    """Go on from windows (n_rows, n_steps), which move along by one value a step.

    Returns
    -------
    ndarray (n_rows, n_steps, 1)
    """
    windows, out = end.last, []
    for _ in range(n_steps):
        out.append(predict(columns(windows)))
        windows = np.hstack([windows[:, 1:], out[-1]])
    return np.stack(out, axis=1)


def interval(forecast, members, variance, coverage: float) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limits ``forecast +- z sqrt((1.48 median_r |member_r - forecast|)^2 + variance)``."""
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must be between 0 and 1, got {coverage!r}.")
    # The median, because some members may leave the attractor in a long loop.
    spread = np.median([np.abs(member - forecast) for member in members], axis=0) / NormalDist().inv_cdf(0.75)
    half = NormalDist().inv_cdf(0.5 + coverage / 2) * np.sqrt(spread**2 + variance)
    return forecast - half, forecast + half


class ClosedLoop:
    """The method `forecast` of a reservoir regressor."""

    def forecast(self, n_steps, X=None, *, return_interval=False, coverage=0.9):
        """Predict, and feed predictions back as inputs.

        Targets have to be the next inputs: as many as there are channels, or for windows the value behind the window.

        Parameters
        ----------
        n_steps : int
        X : array-like, default=None
            Sequences or windows to go on from. ``None`` means the end of those of the last fit (for windows, of the
            last row), its last targets among what is known: the first step of the forecast is the first one unseen.
        return_interval : bool, default=False
            Whether to return prediction intervals too: ``forecast -+ z sqrt(s^2 + v)`` with the deviation s, 1.48
            times the median distance, of the forecasts that each reservoir gives alone (held inside the range of the
            targets of the fit), and the mean squared error v of one step in cross-validation. Needs `RidgeReadout`.
        coverage : float, default=0.9
            Probability that gives z.

        Returns
        -------
        y : ndarray (n_sequences, n_steps[, n_channels]), (n_rows, n_steps), or (n_steps,) for the last window
        lower, upper : ndarray
            With ``return_interval``, in the shape of y.
        """
        check_is_fitted(self)
        n_steps = check_count("n_steps", n_steps, 1)
        end = self._end if X is None else self._read_end(X)
        self._check_closed(end)
        if X is None:
            end = self._behind_targets(end)
        y = self._roll(self.ensemble_, lambda A: self.readout_.predict(A).reshape(len(A), -1), end, n_steps)
        if not return_interval:
            return self._shaped(y, X)
        if not isinstance(self.readout_, RidgeReadout):
            raise ValueError(f"return_interval=True needs readout=RidgeReadout(), got {self.readout_!r}.")
        members = [self._member_forecast(k, end, n_steps) for k in range(len(self.ensemble_.weights))]
        limits = interval(y, members, self.readout_.residual_variance_, coverage)
        return tuple(self._shaped(a, X) for a in (y, *limits))

    def _behind_targets(self, end):
        """The end of the fit and one step on: its last targets are the next inputs."""
        y = self._last_targets
        if end.state is None:
            return End(None, np.hstack([end.last[:, 1:], y]))
        x = self.standardizer_.transform(y)
        state, features = self.ensemble_.run(x[:, None], end.state)
        return End(state, np.hstack([x, features[:, 0]]))

    def _read_end(self, X):
        sequences, _ = read_sequences(self, X, reset=False)
        if not sequences.stepwise:
            return End(None, sequences.X[:, :, 0])
        if not sequences.inside.all():
            return None
        state, last = self.ensemble_.start(len(sequences.X)), self._empty_columns(sequences)
        for rows, _, columns in self._blocks(sequences, state):
            last[rows] = columns[:, -1]
        return End(state, last)

    def _check_closed(self, end):
        if end is None:
            raise ValueError("forecast needs sequences that end together, without NaN; pass each as X of its own.")
        n_targets = np.size(self._range[0])
        n_channels = self.n_features_in_ if self._stepwise else 1
        if n_targets != n_channels:
            raise ValueError(
                f"forecast feeds predictions back as inputs: expected as many targets as channels, {n_channels}, but "
                f"the model was fitted to {n_targets}."
            )

    def _roll(self, ensemble, predict, end, n_steps):
        if end.state is not None:
            return roll_steps(ensemble, self.standardizer_.transform, predict, end, n_steps)

        def columns(windows):
            n_rows, width = windows.shape
            return self._last(Sequences(windows[:, :, None], np.full(n_rows, width), False), ensemble)

        return roll_windows(columns, predict, end, n_steps)

    def _member_forecast(self, k, end, n_steps):
        """The forecast of one reservoir alone."""
        n_outputs = self.ensemble_.step.n_outputs
        n_inputs = self.readout_.n_features_in_ - self.ensemble_.n_outputs
        own = n_inputs + np.arange(k * n_outputs, (k + 1) * n_outputs)
        columns = np.concatenate([np.arange(n_inputs), own])
        coef, intercept = self.readout_.restricted(columns)
        if end.state is not None:
            end = End(end.state[:, k : k + 1], end.last[:, columns])
        low, high = self._range

        def predict(A):  # alone, a reservoir may be too small for a loop that does not run away
            return np.clip(A @ coef.T + intercept, low, high)

        return self._roll(self.ensemble_.member(k), predict, end, n_steps)

    def _shaped(self, y, X):
        y = y[:, :, 0] if self._single or not self._stepwise else y
        return y[0] if X is None and not self._stepwise else y
