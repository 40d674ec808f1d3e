"""Closed loops of regressors of windows, and the classical counterpart that has one."""

import warnings
from typing import ClassVar, Self

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import validate_data

from ..._sklearn import Count
from ...states.rules import flag, instance
from ..base.forecasts.closed_loop import Range, WindowLoop
from ..base.forecasts.forecasting import ClosedLoop
from ..base.forecasts.windows import WindowPast
from ..base.twin import TwinRegressor
from .network import windows_of


class WindowForecasts(ClosedLoop):
    """The closed loop of a regressor of windows, which has ``n_channels``."""

    _contents: ClassVar[dict] = {
        "_range": instance(Range),
        "_past": instance(WindowPast),
        "_stepped": flag,
    }
    _stepped = False  # whether the model comes from partial_fit

    def partial_fit(self, X, y, sample_weight=None) -> Self:
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        The first batch sets mean and deviation of features and targets.
        """
        super().partial_fit(X, y, sample_weight)
        self._stepped = True
        return self

    def _remember(self, X, y, further=False) -> None:
        """Keep the last windows and targets, from which `forecast` goes on, and the range of targets."""
        y = y.astype(float)
        values = Range.of(y.reshape(len(y), -1), len(y))
        self._range = self._range.further(values) if further else values
        self._past = WindowPast.of(X, y, self._past if further else None)
        self._stepped = False

    def _loop(self, X) -> WindowLoop:
        n_targets = self._past.targets.shape[1]
        if n_targets != self.n_channels:
            raise ValueError(
                f"A forecast needs a target for each of n_channels={self.n_channels} channels, got {n_targets} "
                "targets in fit."
            )
        if X is None:
            return self._past.loop(self._range)
        windows = validate_data(self, X, dtype=float, reset=False)
        return WindowLoop(self._range.around(windows_of(windows, self.n_channels)), windows)

    def _next(self, seen) -> np.ndarray:
        return self._predict(seen).reshape(len(seen), -1)

    def _shaped(self, y, X) -> np.ndarray:
        y = y[:, :, 0] if self._one_target else y
        return y[0] if X is None else y

    def _check_interval(self) -> None:
        if self._stepped:
            raise ValueError(
                "return_interval=True fits the model anew to parts of its rows, which takes a model of fit, got one "
                "of partial_fit; call fit."
            )

    def _retrace(self, cuts, rows, X):
        windows, targets = self._past.windows, self._past.targets
        targets = targets[:, 0] if self._one_target else targets
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the fit itself has warned
            fits = [self._anew().fit(windows[:cut], targets[:cut])._next for cut in cuts]
        return WindowLoop(self._range, windows[rows]), fits

    def _anew(self) -> "WindowForecasts":
        """This model unfitted, silent and without the callbacks that `clone` passes on."""
        silent = {"verbose": 0} if hasattr(self, "verbose") else {}
        return type(self)(**clone(self).get_params(deep=False) | silent)

    def _follow(self, X, y, half, coverage) -> np.ndarray:
        return self._past.follow(validate_data(self, X, dtype=float, reset=False), y, half, coverage)


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
