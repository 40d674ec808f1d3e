"""Closed loops of regressors of windows, and the classical counterpart that has one."""

from typing import ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import check_count
from ..._sklearn import Count
from ..base.closed_loop import Range
from ..base.twin import TwinRegressor
from .network import windows_of


class WindowForecasts:
    """The method `forecast` of a regressor of windows, which has ``n_channels``."""

    def _remember(self, X, y, further=False):
        """Keep the window that ends with the last target, from which `forecast` goes on, and the range of targets."""
        self._next_window = np.append(X[-1], y[-1])[None, -X.shape[1] :]
        values = Range.of(y.reshape(len(y), -1), len(y))
        self._range = self._range.further(values) if further else values

    def forecast(self, n_steps, X=None):
        """Predict step after step, each prediction being the next input.

        So that a loop does not run away, a value h steps ahead is held within the range of the targets of the fit and
        of X, widened on either side by 2 h / n of its width, n the number of windows of the fit.

        Parameters
        ----------
        n_steps : int
        X : array-like (n_samples, n_features), default=None
            Windows to go on from. ``None`` means the end of the training series: its rows are then
            windows in order of time, each target the step that follows.

        Returns
        -------
        y : ndarray (n_steps[, n_channels]), or with X (n_samples, n_steps[, n_channels])

        Raises
        ------
        ValueError
            If targets are not as many as channels.
        """
        check_is_fitted(self)
        check_count("n_steps", n_steps)
        if len(self.y_mean_) != self.n_channels:
            raise ValueError(
                f"A forecast needs a target for each of n_channels={self.n_channels} channels, got "
                f"{len(self.y_mean_)} targets in fit."
            )
        windows, limits = self._next_window, self._range
        if X is not None:
            windows = validate_data(self, X, dtype=float, reset=False)
            limits = limits.around(windows_of(windows, self.n_channels))
        steps = []
        for step in range(1, n_steps + 1):
            steps.append(limits.hold(self._predict(windows).reshape(len(windows), -1), step))
            windows = np.hstack([windows, steps[-1]])[:, self.n_channels :]
        y = np.stack(steps, axis=1)
        y = y[:, :, 0] if self._one_target else y
        return y[0] if X is None else y


class WindowTwin(WindowForecasts, TwinRegressor):
    """A classical regressor of windows with a closed loop.

    Parameters
    ----------
    machine, n_channels, transformer, standardize, bandwidth, auto_bandwidth, n_restarts
        As in `TwinRegressor` and `FastWeightRegressor`.
    """

    _parameter_constraints: ClassVar[dict] = TwinRegressor._parameter_constraints | {"n_channels": [Count()]}

    def __init__(
        self,
        machine,
        n_channels=1,
        *,
        transformer=None,
        standardize=True,
        bandwidth="auto",
        auto_bandwidth=None,
        n_restarts=1,
    ):
        super().__init__(
            machine,
            transformer=transformer,
            standardize=standardize,
            bandwidth=bandwidth,
            auto_bandwidth=auto_bandwidth,
            n_restarts=n_restarts,
        )
        self.n_channels = n_channels

    def _predict(self, X):
        return self._values(self.machine_.predict(self._rows(X)).reshape(len(X), -1))
