"""Accuracy under attack over the distance that rows may be moved."""

from typing import Self

from .._checks import check_numbers, shown
from .axes import axes, keywords, title


class RobustnessCurveDisplay:
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

    def __init__(self, *, epsilons, scores, name=None):
        self.epsilons = epsilons
        self.scores = scores
        self.name = name

    @classmethod
    def from_result(cls, result, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot what `robustness_curve` returned.

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
        RobustnessCurveDisplay
        """
        if not hasattr(result, "epsilons") or not hasattr(result, "scores"):
            raise TypeError(f"Expected result to be what robustness_curve returns, got {shown(result)}.")
        return cls(epsilons=result.epsilons, scores=result.scores, name=name).plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw the scores over the distances.

        Parameters
        ----------
        ax, name, line_kwargs
            As in `from_result`.

        Returns
        -------
        self
        """
        label = title(name, self.name)
        epsilons, scores = check_numbers("epsilons", self.epsilons), check_numbers("scores", self.scores)
        if len(epsilons) != len(scores):
            raise ValueError(f"epsilons and scores must be as many, got {len(epsilons)} and {len(scores)}.")
        ax = axes(ax)
        options = {"marker": ".", "label": label or "accuracy"} | keywords("line_kwargs", line_kwargs)
        (self.line_,) = ax.plot(epsilons, scores, **options)
        ax.set(xlabel="distance epsilon", ylabel="accuracy under attack", ylim=(-0.02, 1.02))
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
