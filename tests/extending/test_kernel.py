"""A kernel of a user's own, without a circuit: one method, then kernel machines, features and Gaussian processes."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.model_selection import cross_val_score

from skqml import QuantumKernel, QuantumKernelRidge, QuantumKernelSVC, QuantumNystroem

X, Y = (array[::5] for array in load_iris(return_X_y=True))


class Cosine(QuantumKernel):
    """``prod_i cos^2((x_i - y_i) s / 2)``."""

    def __init__(self, s=1.0):
        self.s = s

    def matrix(self, X, Y):
        return np.prod(np.cos(self.s * (X[:, None] - Y[None]) / 2) ** 2, axis=2)


def test_kernel():
    kernel = Cosine()
    assert cross_val_score(QuantumKernelSVC(kernel), X, Y).mean() > 0.8
    assert QuantumKernelRidge(kernel).fit(X, Y).score(X, Y) > 0.8
    assert QuantumNystroem(kernel, n_components=7).fit_transform(X).shape == (30, 7)
    assert GaussianProcessClassifier(kernel).fit(X, Y).score(X, Y) > 0.8
    np.testing.assert_allclose(kernel.diag(X), 1.0)
    assert clone(kernel).get_params() == kernel.get_params() == {"s": 1.0}
    svc = QuantumKernelSVC(kernel).fit(X, Y)
    assert svc.circuit_ is None
    with pytest.raises(ValueError, match="no circuit"):
        svc.draw()
