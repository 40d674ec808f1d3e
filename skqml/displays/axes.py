"""What displays share: whose model is shown, where it is drawn, and how."""

from collections.abc import Mapping
from typing import Any

from sklearn.base import BaseEstimator

from .._checks import check_kind
from ..models.base.inside import find_fitted


def model_with(attribute: str, what: str, estimator, X=None) -> tuple[BaseEstimator, Any]:
    """The fitted model with an attribute in a pipeline or search, and X as it reaches the model.

    Raises
    ------
    ValueError
        If there is no such model; ``what`` says what it should have.
    """
    model, X = find_fitted(estimator, attribute, X)
    if not hasattr(model, attribute):
        raise ValueError(f"Expected an estimator with {what}, got {type(model).__name__} without {attribute}.")
    return model, X


def axes(ax=None) -> Any:
    """The axes given, or those of a new figure."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else check_kind("ax", ax, plt.Axes, "None or matplotlib Axes")


def title(*names) -> str | None:
    """The first name that is not None, or None."""
    given = [check_kind("name", name, str, "None or text") for name in names if name is not None]
    return given[0] if given else None


def keywords(name, value) -> dict:
    """Return the keyword arguments for a function of matplotlib; none where None is given."""
    return {} if value is None else dict(check_kind(name, value, Mapping, "None or a dict"))
