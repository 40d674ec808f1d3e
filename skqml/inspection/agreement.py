"""How often two models say the same."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted

from .._checks import shown


def agreement(model, other, X) -> float:
    """Return how far the predictions of a second model are those of the first.

    Parameters
    ----------
    model, other : fitted estimator
        Two classifiers or two regressors, such as a quantum model and its `surrogate`.
    X : array-like (n_samples, n_features)
        Rows that neither was fitted on, to say something about new ones.

    Returns
    -------
    float
        The share of rows with one label; of regressors R^2 of the second's values for the first's.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelSVC
    >>> from skqml.inspection import agreement
    >>> X, y = load_iris(return_X_y=True)
    >>> model = QuantumKernelSVC().fit(X[::2], y[::2])
    >>> agreement(model, model.surrogate().fit(X[::2], y[::2]), X[1::2]) > 0.95
    True
    """
    for name, each in (("model", model), ("other", other)):
        if not hasattr(each, "predict") or isinstance(each, type):
            raise TypeError(f"{name} must be a fitted estimator that predicts, got {shown(each)}.")
        check_is_fitted(each)
    if is_classifier(model) != is_classifier(other):
        raise TypeError("other must be a classifier where model is one, and a regressor where model is one.")
    first, second = model.predict(X), other.predict(X)
    return float(np.mean(first == second) if is_classifier(model) else r2_score(first, second))
