"""Accuracy under attack over the distance that rows may be moved."""

from typing import ClassVar

from .curve import CurveDisplay


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

    def __init__(self, *, epsilons, scores, name=None):
        super().__init__(epsilons=epsilons, scores=scores, name=name)

    def _label(self, name, y):
        return name or "accuracy"
