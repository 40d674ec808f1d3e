"""Closed loops of regressors of windows, and the classical counterpart that has one."""

import warnings
from typing import ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import validate_data

from ..._sklearn import Count
from ...states import instance
from ..base.forecasts.closed_loop import WindowLoop
from ..base.forecasts.forecasting import ClosedLoop
from ..base.forecasts.windows import WindowPast
from ..base.twin import TwinRegressor
from .network import windows_of


class WindowForecasts(ClosedLoop):
    """The closed loop of a regressor of windows, which has ``n_channels``."""

    _contents: ClassVar[dict] = {"past_": instance(WindowPast)}

    def _remember(self, X, y, weight, stepped=False) -> None:
        """Keep the last windows, targets and weights, from which `forecast` goes on, and the range of targets."""
        before = getattr(self, "past_", None) if stepped else None
        self.past_ = WindowPast.of(X, y, before, weight, stepped)

    @property
    def _n_channels(self) -> int:
        """Of the windows that were fitted."""
        return self.n_channels

    def _loop(self, X) -> WindowLoop:
        n_targets = self.past_.targets.shape[1]
        n_channels = self._n_channels
        if n_targets != n_channels:
            raise ValueError(
                f"A forecast needs a target for each of n_channels={n_channels} channels, got {n_targets} "
                "targets in fit."
            )
        if X is None:
            return self.past_.loop()
        windows = validate_data(self, X, dtype=float, reset=False)
        return WindowLoop(self.past_.range.around(windows_of(windows, n_channels)), windows)

    def _next(self, seen) -> np.ndarray:
        return self._predict(seen).reshape(len(seen), -1)

    def _shaped(self, y, X) -> np.ndarray:
        y = y.reshape(*y.shape[:2], *self.y_mean_.shape)
        return y[0] if X is None else y

    def _check_interval(self) -> None:
        if self.past_.stepped:
            raise ValueError(
                "return_interval=True fits the model anew to parts of its rows, which takes a model of fit, got one "
                "of partial_fit; call fit."
            )

    def _retrace(self, cuts, rows, X):
        windows, targets = self.past_.windows, self.past_.targets.reshape(-1, *self.y_mean_.shape)
        weight = np.ones(len(windows)) if self.past_.weight is None else self.past_.weight
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the fit itself has warned
            fits = [self._anew().fit(windows[:cut], targets[:cut], weight[:cut])._next for cut in cuts]
        return WindowLoop(self.past_.range, windows[rows]), fits

    def _anew(self) -> "WindowForecasts":
        """This model unfitted, silent and without the callbacks that `clone` passes on."""
        silent = {"verbose": 0} if hasattr(self, "verbose") else {}
        return type(self)(**clone(self).get_params(deep=False) | silent)

    def _follow(self, X, y, half, coverage) -> np.ndarray:
        return self.past_.follow(validate_data(self, X, dtype=float, reset=False), y, half, coverage)


class WindowTwin(WindowForecasts, TwinRegressor):
    """A classical regressor of windows with a closed loop.

    Parameters
    ----------
    machine, n_channels, transformer, standardize, bandwidth, auto_bandwidth, n_restarts
        As in `TwinRegressor` and `FastWeightRegressor`.

    Attributes
    ----------
    past_ : WindowPast
        As there.
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
