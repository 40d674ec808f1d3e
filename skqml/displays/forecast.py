"""Forecasts with their intervals."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils import check_array

from .._checks import check_count, check_numbers, check_option
from ..models.base.inside import model_with
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class ForecastDisplay(Display):
    """A forecast behind the series that it goes on from, with the truth and an interval.

    Create it with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    y_pred : ndarray (n_steps,)
        Forecast.
    y_true : ndarray (n_known,), default=None
        What came true of its first steps, or of more.
    interval : ndarray (n_steps, 2), default=None
        Lower and upper end of where each step is expected.
    history : ndarray (n_history,), default=None
        Steps before the forecast, where the horizon is marked.
    washout : int, default=0
        First steps of the history that a reservoir was not trained on, shaded.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_, true_line_ : matplotlib Line2D
        Forecast and truth; the second is None without either truth or history.
    band_ : matplotlib PolyCollection
        The interval, or None.

    Examples
    --------
    >>> from skqml.displays import ForecastDisplay
    >>> from skqml.datasets import make_damped_pendulum, make_windows
    >>> from skqml.models.fast_weights import FastWeightRegressor
    >>> X, y = make_windows(make_damped_pendulum(), width=4)
    >>> model = FastWeightRegressor(random_state=0).fit(X[:157], y[:157])
    >>> display = ForecastDisplay.from_estimator(model, 20, y_true=y[157:177], history=y[:157])
    >>> display.y_pred.shape
    (20,)
    """

    y_pred: Any
    y_true: Any = None
    interval: Any = None
    history: Any = None
    washout: int = 0

    @classmethod
    def from_estimator(
        cls,
        estimator,
        n_steps,
        X=None,
        *,
        interval=False,
        y_true=None,
        history=None,
        washout=0,
        ax=None,
        name=None,
        line_kwargs=None,
    ) -> Self:
        """Plot the forecast of a fitted estimator behind its training series.

        Parameters
        ----------
        estimator : fitted estimator with ``forecast(n_steps, X)``
            Such as `FastWeightRegressor`, by itself or in a search.
        n_steps : int
        X : array-like, default=None
            What the estimator goes on from; ``None`` means the end of its training series.
        interval : bool, default=False
            Whether to ask `forecast` for an interval, by ``return_interval=True``.
        y_true, history : array-like, default=None
            Truth of the forecast, and the steps before it.
        washout : int, default=0
            First steps of the history to be shaded.
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the estimator's class.
        line_kwargs : dict, default=None
            Passed on to ``plot`` for the forecast.

        Returns
        -------
        ForecastDisplay
        """
        estimator, X = model_with("forecast", "forecasts", estimator, X)
        ends = None
        if check_option("interval", interval, (False, True)):
            y_pred, *ends = estimator.forecast(n_steps, X, return_interval=True)
            ends = np.column_stack([_one_channel(end, "interval") for end in ends])
        else:
            y_pred = estimator.forecast(n_steps, X)
        name = title(name, type(estimator).__name__)
        return cls.from_predictions(
            y_true, y_pred, interval=ends, history=history, washout=washout, ax=ax, name=name, line_kwargs=line_kwargs
        )

    @classmethod
    def from_predictions(
        cls, y_true, y_pred, *, interval=None, history=None, washout=0, ax=None, name=None, line_kwargs=None
    ) -> Self:
        """Plot a forecast that was made before.

        Parameters
        ----------
        y_true : array-like (n_known,) or None
        y_pred : array-like (n_steps,)
        interval : array-like (n_steps, 2), default=None
        history, washout, ax, name, line_kwargs
            See `from_estimator`.

        Returns
        -------
        ForecastDisplay
        """
        display = cls(y_pred=y_pred, y_true=y_true, interval=interval, history=history, washout=washout, name=name)
        return display.plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw truth, forecast and interval, with a line where the forecast begins.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        line_kwargs : dict, default=None
            Passed on to ``plot`` for the forecast.

        Returns
        -------
        self
        """
        self._check()
        ax = self._axes(ax, title(name, self.name))
        past = np.zeros(0) if self.history is None else self.history
        known = past if self.y_true is None else np.concatenate([past, self.y_true])
        steps = len(past) + np.arange(len(self.y_pred))
        self.true_line_ = ax.plot(known, color="0.6", label="truth")[0] if len(known) else None
        (self.line_,) = ax.plot(steps, self.y_pred, **{"label": "forecast"} | keywords("line_kwargs", line_kwargs))
        self.band_ = None
        if self.interval is not None:
            self.band_ = ax.fill_between(
                steps, *self.interval.T, alpha=0.25, color=self.line_.get_color(), linewidth=0, label="interval"
            )
        if len(past):
            ax.axvline(len(past) - 0.5, color="0.3", linestyle=":", linewidth=1, label="horizon")
        if self.washout:
            ax.axvspan(-0.5, self.washout - 0.5, color="0.9", label="washout")
        ax.set(xlabel="step", ylabel="value")
        ax.legend()
        return self

    def _check(self):
        self.y_pred = _one_channel(self.y_pred, "y_pred")
        self.y_true = None if self.y_true is None else _one_channel(self.y_true, "y_true")
        self.history = None if self.history is None else _one_channel(self.history, "history")
        if self.interval is not None:
            self.interval = check_numbers("interval", self.interval, (2,))
            if self.interval.shape != (len(self.y_pred), 2):
                raise ValueError(
                    f"interval must have shape ({len(self.y_pred)}, 2), the lower and upper end of each "
                    f"step, got {self.interval.shape}."
                )
        check_count("washout", self.washout, 0, 0 if self.history is None else len(self.history))


def _one_channel(values, name):
    values = check_array(values, dtype=float, ensure_2d=False, allow_nd=True, input_name=name)
    if values.size != max(values.shape):
        raise ValueError(f"{name} must be one series of one channel, got shape {values.shape}; plot one at a time.")
    return values.ravel()
