"""An attack of a user's own: a function, beside those of the package on a quantum model."""

import numpy as np
from sklearn.datasets import load_iris

from skqml import QuantumKernelSVC
from skqml.attacks import fgsm, robust_score, robustness_curve


def towards_others(model, X, y, epsilon, *, norm="inf", clip=None, random_state=None):
    """Each row moves towards the mean of the next class."""
    means = np.array([X[y == k].mean(axis=0) if (y == k).any() else np.zeros(X.shape[1]) for k in model.classes_])
    step = means[(np.searchsorted(model.classes_, y) + 1) % len(means)] - X
    length = np.linalg.norm(step, np.inf if norm == "inf" else 2, axis=1, keepdims=True)
    return np.clip(X + step * np.minimum(1.0, epsilon / length), *(clip or (None, None)))


def test_attack():
    X, y = load_iris(return_X_y=True)
    model = QuantumKernelSVC().fit(X, y)
    options = {"norm": 2, "clip": (X.min(axis=0), X.max(axis=0))}
    alone, both = (
        robust_score(model, X, y, 0.4, attacks=a, **options) for a in ([towards_others], [fgsm, towards_others])
    )
    assert both <= alone < model.score(X, y)
    curve = robustness_curve(model, X, y, [0.0, 0.4], attacks=[towards_others], **options)
    assert curve.scores.tolist() == [model.score(X, y), alone]
