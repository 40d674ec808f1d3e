"""What is inside pipelines and searches."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ...backends import Backend


def best_of_search(estimator) -> BaseEstimator:
    """The best estimator of a fitted search, the given one of an unfitted search, any other estimator as it is."""
    if hasattr(estimator, "get_params") and {"estimator", "refit"} <= estimator.get_params(deep=False).keys():
        return getattr(estimator, "best_estimator_", estimator.estimator)
    return estimator


def find_fitted(estimator, attribute: str, X=None) -> tuple[BaseEstimator, Any]:
    """The fitted model with an attribute in a pipeline or search, and X as it reaches the model.

    Parameters
    ----------
    estimator : fitted estimator
        Of several steps with the attribute the last counts; where none has it, the estimator itself.
    attribute : str
    X : array-like, default=None
        Rows for the estimator.

    Returns
    -------
    estimator, X
    """
    check_is_fitted(estimator)
    model = best_of_search(estimator)
    if not isinstance(model, Pipeline):
        return model, X
    for k in reversed(range(len(model))):
        step, _ = find_fitted(model[k], attribute) if hasattr(model[k], "fit") else (model[k], None)
        if hasattr(step, attribute):
            return find_fitted(model[k], attribute, X if X is None or k == 0 else model[:k].transform(X))
    return model, X


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


def outer_backends(estimator) -> dict[str, Any]:
    """The backends among the parameters of an estimator or kernel by their names, without those inside others."""
    params = estimator.get_params()
    names = [name for name in params if name.rpartition("__")[2] == "backend"]
    return {name: params[name] for name in names if not isinstance(params.get(name.rpartition("__")[0]), Backend)}
