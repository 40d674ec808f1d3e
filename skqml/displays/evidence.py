"""How far a model is ahead of others, with intervals."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .._checks import check_as_many, check_kind, check_numbers, shown
from .base import Display, keywords, title


@dataclass(kw_only=True, eq=False, repr=False)
class EvidenceDisplay(Display):
    """Differences of a model's scores from those of others, with their confidence intervals.

    Create it with `from_report`.

    Parameters
    ----------
    names : sequence of str
        What the model was compared with.
    differences, low, high : ndarray (n_names,)
        Of the scores of the model minus those of the others, and ends of their intervals.
    name : str, default=None
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : matplotlib ErrorbarContainer

    Examples
    --------
    >>> from skqml.displays import EvidenceDisplay
    >>> display = EvidenceDisplay(names=["twin"], differences=[0.01], low=[-0.02], high=[0.04]).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['twin']
    """

    names: Any
    differences: Any
    low: Any
    high: Any

    @classmethod
    def from_report(cls, report, *, ax=None, name=None, bar_kwargs=None) -> Self:
        """Plot what `evidence_report` returned.

        Parameters
        ----------
        report : EvidenceReport
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title; ``None`` means the model's class.
        bar_kwargs : dict, default=None
            Passed on to ``errorbar``.

        Returns
        -------
        EvidenceDisplay
        """
        if not hasattr(report, "comparisons"):
            raise TypeError(f"report must be what evidence_report returns, got {shown(report)}.")
        tests = [comparison.test for comparison in report.comparisons.values()]
        ends = {part: np.array([getattr(test, part) for test in tests]) for part in ("low", "high")}
        differences = np.array([test.mean for test in tests])
        display = cls(names=list(report.comparisons), differences=differences, **ends, name=title(name, report.name))
        return display.plot(ax, bar_kwargs=bar_kwargs)

    def plot(self, ax=None, *, name=None, bar_kwargs=None) -> Self:
        """Draw the differences, the first at the top, beside a line at zero.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            Title.
        bar_kwargs : dict, default=None
            Passed on to ``errorbar``.

        Returns
        -------
        self
        """
        names = list(check_kind("names", self.names, (list, tuple), "a list of names"))
        d, low, high = (check_numbers(n, getattr(self, n)) for n in ("differences", "low", "high"))
        check_as_many(names=names, differences=d, low=low, high=high)
        if (low > d).any() or (high < d).any():
            raise ValueError("low and high must be ends of intervals around the differences.")
        ax, places = self._axes(ax, title(name, self.name)), np.arange(len(d))
        options = {"fmt": "o", "capsize": 3} | keywords("bar_kwargs", bar_kwargs)
        self.bars_ = ax.errorbar(d, places, xerr=np.array([d - low, high - d]), **options)
        ax.axvline(0.0, color="grey", linewidth=0.8)
        ax.set_yticks(places, [str(each) for each in names])
        ax.invert_yaxis()
        ax.set_xlabel("model is ahead by")
        return self
