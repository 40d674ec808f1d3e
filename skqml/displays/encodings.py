"""Encodings over their bandwidths."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .._checks import check_kind, check_numbers, shown
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class EncodingsDisplay(Display):
    """Scores, or measures of kernels, over factors of the bandwidth: a line for each encoding.

    Create it with `from_table`.

    Parameters
    ----------
    names : sequence of str (n_kernels,)
    factors, values : sequence of ndarray (n_kernels,)
        Points of each line.
    label : str, default=None
        Of the values.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import AngleEncoding, ZZEncoding
    >>> from skqml.displays import EncodingsDisplay
    >>> from skqml.evidence import compare_encodings
    >>> X, y = load_iris(return_X_y=True)
    >>> table = compare_encodings([AngleEncoding(), ZZEncoding()], X, y, factors=[0.5, 1.0, 2.0])
    >>> sorted(EncodingsDisplay.from_table(table, "alignment").names)
    ['AngleEncoding', 'ZZEncoding']
    """

    names: Any
    factors: Any
    values: Any
    label: str | None = None

    @classmethod
    def from_table(cls, table, column="score", *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot a column of what `compare_encodings` returned.

        Parameters
        ----------
        table : Table
        column : str, default="score"
            Or "alignment", "mean entry", "variance", "effective rank", "distance to RBF", "geometric difference".
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        EncodingsDisplay
        """
        rows = getattr(table, "rows", None)
        if not rows or not {"kernel", "factor"} <= set(rows[0]):
            raise TypeError(f"table must be what compare_encodings returns, got {shown(table)}.")
        columns = [key for key, value in rows[0].items() if key not in ("kernel", "factor")]
        if not isinstance(column, str) or column not in columns:
            raise ValueError(f"column must be one of {columns}, got {shown(column)}.")
        lines = {key: sorted((r["factor"], r[column]) for r in rows if r["kernel"] == key) for key in _kernels(rows)}
        factors, values = ([np.array(points)[:, k] for points in lines.values()] for k in (0, 1))
        display = cls(names=list(lines), factors=factors, values=values, label=column, name=name)
        return display.plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw a line for each encoding.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        self
        """
        label = "value" if self.label is None else check_kind("label", self.label, str, "None or text")
        names = [str(n) for n in check_kind("names", self.names, (list, tuple), "a list of names")]
        factors, values = (self._lines(k, len(names)) for k in ("factors", "values"))
        if any(len(x) != len(y) for x, y in zip(factors, values, strict=True)):
            raise ValueError("factors and values must be as many of each line.")
        ax, options = self._axes(ax, title(name, self.name)), {"marker": "."} | keywords("line_kwargs", line_kwargs)
        self.lines_ = [
            ax.plot(x, y, **{"label": each} | options)[0] for each, x, y in zip(names, factors, values, strict=True)
        ]
        ax.set(xlabel="factor of the bandwidth", ylabel=label, xscale="log")
        ticks = np.unique(np.concatenate([np.empty(0), *factors]))
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        ax.legend()
        return self

    def _lines(self, key: str, n_lines: int) -> list[np.ndarray]:
        lines = check_kind(key, getattr(self, key), (list, tuple, np.ndarray), "a list of arrays, one a line")
        if len(lines) != n_lines:
            raise ValueError(f"{key} must be of as many lines as names, {n_lines}, got {len(lines)}.")
        return [check_numbers(key, line) for line in lines]


def _kernels(rows) -> list[str]:
    """Names in alphabetical order, so that colours do not hang on scores."""
    return sorted({row["kernel"] for row in rows})
