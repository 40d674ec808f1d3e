"""The method `forecast` of regressors whose targets are the next inputs."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ...._checks import check_count, check_number, check_option
from ..inputs import Standardizer
from .closed_loop import Loop, roll
from .intervals import half_widths

_FARTHEST = 1e30  # of an input in units of its deviation: powers of larger ones are no numbers


class ClosedLoop(BaseEstimator, ABC):
    """The method `forecast` of a regressor whose targets are the next inputs.

    A subclass writes the abstract methods.

    Attributes
    ----------
    past_ : Past
        The last steps of the fit, and the ``range`` of its targets.
    standardizer_ : Standardizer
        Of the inputs.
    """

    past_: Any  # a `Past` of the kind of the model
    standardizer_: Standardizer

    @abstractmethod
    def _loop(self, X) -> Loop:
        """Where X ends, or for ``None`` the data of the fit; refuses targets that are not the next inputs."""

    @abstractmethod
    def _next(self, seen) -> np.ndarray:
        """Predictions (n_series, n_channels) from what loops have seen."""

    @abstractmethod
    def _shaped(self, y, X) -> np.ndarray:
        """Forecasts (n_series, n_steps, n_channels) from the end of X in the shape that users get."""

    @abstractmethod
    def _check_interval(self) -> None:
        """Refuse a model that has no intervals."""

    @abstractmethod
    def _retrace(self, cuts, rows, X) -> tuple[Loop, list[Callable]]:
        """Loops that end at rows of the past, and for each cut a `_next` that was fitted to the rows before it.

        The loops have seen as many steps as those of X.
        """

    @abstractmethod
    def _follow(self, X, y, half, coverage) -> np.ndarray:
        """Half widths (n_series, n_steps, n_channels) of forecasts y from X, by those before in X: see `follow`."""

    def forecast(self, n_steps, X=None, *, return_interval=False, coverage=0.9) -> np.ndarray | tuple[np.ndarray, ...]:
        """Predict, and feed predictions back as inputs.

        Targets have to be the next inputs: as many as there are channels, or for windows the step behind the window.
        So that a loop does not run away, a value h steps ahead is held within the range of the targets of the fit and
        of X, widened on either side by 2 h / n of its width, n the number of steps (or windows) of the fit.

        Parameters
        ----------
        n_steps : int
        X : array-like, default=None
            Sequences or windows to go on from, as in `fit`. ``None`` means the end of those of the last fit (for
            windows, of the last row), its last targets among what is known: the first step of the forecast is the
            first one unseen.
        return_interval : bool, default=False
            Whether to return prediction intervals too, whose widths come from forecasts tried out where what followed
            is known: see Notes.
        coverage : float, default=0.9
            Share of intervals that hold the truth, at every step.

        Returns
        -------
        y : ndarray (n_sequences, n_steps[, n_channels]), (n_rows, n_steps[, n_channels]), or without X for windows \
(n_steps[, n_channels])
        lower, upper : ndarray
            With ``return_interval``, in the shape of y.

        Notes
        -----
        Intervals are ``y -+ c t s_h``: s_h is the root mean squared error of forecasts h steps ahead, tried out inside
        the last 1,000 steps of the fit, each by a model fitted to nothing behind its origin, and t comes from
        Student's distribution, as errors of one stretch of time are few. What followed a row of weight 0 is not
        known. Where sequences X are shorter than 100 steps
        these forecasts see as many: few may not tell the state of a model. s_h never falls with h; where fewer than 8
        trials reach, it grows as the square root of h. Windows must be in order of time.

        The factor c follows the series, for each h by itself. It begins as 1, and for each of the last 100 steps whose
        truth became known it is multiplied by ``exp(0.1 coverage)`` if its interval missed the truth, else by
        ``exp(-0.1 (1 - coverage))``: in the long run as many miss as should, whatever the series does (Gibbs and
        Candes, arXiv 2106.00170). These steps are the last of the fit. With X they are the last of each sequence, and
        for a window the rows before it in X, back to the last that does not follow the one before; what X has of the
        fit does not count.
        """
        check_is_fitted(self)
        n_steps = check_count("n_steps", n_steps, 1)
        if check_option("return_interval", return_interval, (False, True)):
            self._check_interval()
            coverage = check_number("coverage", coverage, 0.0, 1.0)
        loop = self._loop(X)
        self._check_unit()
        y = roll(self._next, loop, n_steps)
        if not return_interval:
            return self._shaped(y, X)
        half = half_widths(self, X, y, coverage)
        return tuple(self._shaped(a, X) for a in (y, y - half, y + half))

    def _check_unit(self) -> None:
        """Refuse targets so far from the inputs that they are no numbers for a model that they are fed into."""
        ends = np.stack([self.past_.range.low, self.past_.range.high])
        inputs = np.tile(ends, len(self.standardizer_.mean) // ends.shape[1])  # of one step, or of all in a window
        if np.abs(self.standardizer_.transform(inputs)).max() > _FARTHEST:
            raise ValueError(
                "forecast feeds predictions back as inputs: expected targets of the unit of X, got some as large as "
                f"{np.abs(ends).max():g}; give X and y in one unit, and leave out what is no value of the series."
            )
