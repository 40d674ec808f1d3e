"""What displays of one curve share."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from .._checks import check_numbers, shown
from .axes import axes, keywords, title


class CurveDisplay(ABC):
    """Base class: one column of a result over another, with a legend; with ``ax`` of another display, curves compare.

    A subclass names in ``_source`` the function that gives results, and in ``_columns`` what is shown of them; these
    are the arguments of its `__init__` too, beside ``name``.
    """

    _source: ClassVar[str]
    _columns: ClassVar[tuple[str, str]]
    _frame: ClassVar[dict[str, Any]]

    def __init__(self, *, name: str | None = None, **columns):
        self.name = name
        vars(self).update(columns)

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
        if len(x) != len(y):
            raise ValueError(f"{' and '.join(self._columns)} must be as many, got {len(x)} and {len(y)}.")
        ax = axes(ax)
        options = {"marker": ".", "label": self._label(name, y)} | keywords("line_kwargs", line_kwargs)
        (self.line_,) = ax.plot(x, y, **options)
        ax.set(**self._frame)
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
