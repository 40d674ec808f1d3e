"""Displays of one curve."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from .._checks import check_as_many, check_numbers, shown
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class CurveDisplay(Display, ABC):
    """Base class: one column of a result over another, with a legend; with ``ax`` of another display, curves compare.

    A subclass names in ``_source`` the function that gives results, and in ``_columns`` which of its fields are shown.
    """

    _source: ClassVar[str]
    _columns: ClassVar[tuple[str, str]]
    _frame: ClassVar[dict[str, Any]]

    @abstractmethod
    def _label(self, name: str | None, y: np.ndarray) -> str:
        """What the legend says of values y under a name."""

    @classmethod
    def from_result(cls, result, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot a result of the function that measures such curves.

        Parameters
        ----------
        result : Bunch
        ax : matplotlib Axes, default=None
        name : str, default=None
            What the legend calls the curve.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        display
        """
        if not all(hasattr(result, column) for column in cls._columns):
            raise TypeError(f"Expected result to be what {cls._source} returns, got {shown(result)}.")
        columns = {column: getattr(result, column) for column in cls._columns}
        return cls(**columns, name=name).plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw the curve.

        Parameters
        ----------
        ax, name, line_kwargs
            As in `from_result`.

        Returns
        -------
        self
        """
        name = title(name, self.name)
        x, y = (check_numbers(column, getattr(self, column)) for column in self._columns)
        check_as_many(**dict(zip(self._columns, (x, y), strict=True)))
        ax = self._axes(ax)
        options = {"marker": ".", "label": self._label(name, y)} | keywords("line_kwargs", line_kwargs)
        (self.line_,) = ax.plot(x, y, **options)
        ax.set(**self._frame)
        ax.legend()
        return self


@dataclass(kw_only=True, eq=False, repr=False)
class MemoryCapacityDisplay(CurveDisplay):
    """The capacity of a reservoir for each delay.

    Create it with `from_result`; with ``ax`` of another one, curves can be compared.

    Parameters
    ----------
    delays : ndarray (n_delays,)
    capacities : ndarray (n_delays,)
        Between 0 and 1.
    name : str, default=None
        What the legend calls the curve, beside the total.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.displays import MemoryCapacityDisplay
    >>> from skqml.inspection.capacity import memory_capacity
    >>> result = memory_capacity(lambda u: np.stack([np.roll(u, 1), np.roll(u, 2)], axis=1), random_state=0)
    >>> display = MemoryCapacityDisplay.from_result(result, name="two delays")
    >>> display.line_.get_label()
    'two delays: 2.0'
    """

    _source, _columns = "memory_capacity", ("delays", "capacities")
    _frame: ClassVar = {"xlabel": "delay", "ylabel": "capacity", "ylim": (-0.02, 1.05)}

    delays: Any
    capacities: Any

    def _label(self, name, y):
        return f"{'capacity' if name is None else name}: {np.sum(y):.1f}"


@dataclass(kw_only=True, eq=False, repr=False)
class RobustnessCurveDisplay(CurveDisplay):
    """The accuracy of a classifier under attack at several distances.

    Create it with `from_result`; with ``ax`` of another one, a model and its twin stand side by side.

    Parameters
    ----------
    epsilons : ndarray (n_epsilons,)
        Distances.
    scores : ndarray (n_epsilons,)
    name : str, default=None
        What the legend calls the curve.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skqml.attacks import fgsm, robustness_curve
    >>> from skqml.displays import RobustnessCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X, y)
    >>> result = robustness_curve(model, X, y, [0.0, 0.25, 0.5], attacks=[fgsm])
    >>> RobustnessCurveDisplay.from_result(result, name="linear").line_.get_label()
    'linear'
    """

    _source, _columns = "robustness_curve", ("epsilons", "scores")
    _frame: ClassVar = {"xlabel": "distance epsilon", "ylabel": "accuracy under attack", "ylim": (-0.02, 1.02)}

    epsilons: Any
    scores: Any

    def _label(self, name, y):
        return name or "accuracy"
