"""Derivatives of a model by the features that reach it through affine steps, such as scalers and PCA."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from ..models.base.input_gradients import Slopes
from ..models.base.inside import best_of_search

Pullback = Callable[[np.ndarray], tuple[np.ndarray, Slopes]]  # as `InputGradients.input_pullback`

_N_RANDOM = 30  # rows at which a map has to be what an affine one is
_SAME = 1e-8  # relative


def find_pullback(model, X) -> Pullback | None:
    """``input_pullback`` of a classifier, also behind affine steps of pipelines and in searches; None if it has none.

    Steps are ``x -> x A + b`` if they are at the rows X (n_samples, n_features), and at random ones of their size. So
    ``dL/dx = dL/dz A^T``, z being what reaches the classifier.
    """
    own = classifier_inside(model)
    if own is model or not hasattr(own, "input_pullback"):
        return getattr(model, "input_pullback", None)
    A = _matrix(model, X)
    if A is None:
        return None

    def through(Z):
        S, pullback = own.input_pullback(_reaching(model, Z))
        return S, lambda g: pullback(g) @ A.T

    return through


def classifier_inside(model) -> Any:
    """The last step of the best of a search of a pipeline ..., the classifier itself."""
    model = best_of_search(model)
    return classifier_inside(model[-1]) if isinstance(model, Pipeline) else model


def _reaching(model, Z):
    """Rows as they reach the classifier."""
    model = best_of_search(model)
    if not isinstance(model, Pipeline):
        return Z
    return _reaching(model[-1], model[:-1].transform(Z) if len(model) > 1 else Z)


def _matrix(model, X) -> np.ndarray | None:
    """The matrix A (n_features, n_inputs) of what stands before the classifier; None where that is not affine."""
    d, size = X.shape[1], 1.0 + np.abs(X).max(axis=0)
    points = np.concatenate([X, size * np.random.default_rng(0).normal(size=(_N_RANDOM, d))])
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            read = np.asarray(_reaching(model, np.concatenate([np.zeros((1, d)), np.eye(d), points])), dtype=float)
    except Exception:  # steps may refuse rows that nobody gave, in any way
        return None
    if not np.isfinite(read).all():
        return None
    b, A, values = read[0], read[1 : d + 1] - read[0], read[d + 1 :]
    errors, scale = np.abs(values - (points @ A + b)), np.abs(points) @ np.abs(A) + np.abs(b)
    return A if (errors <= _SAME * scale).all() else None
