"""Kernels that write `matrix` alone: their gradients by differences, and the repair of what is indefinite."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Hyperparameter, WhiteKernel

from skqml import AngleEncoding, FidelityKernel, QuantumKernel, QuantumKernelSVC

X, Y = (array[::5] for array in load_iris(return_X_y=True))


class TunableCosine(QuantumKernel):
    """``prod_i cos^2((x_i - y_i) s / 2)``: `FidelityKernel` of `AngleEncoding`, without a circuit."""

    def __init__(self, s=1.0):
        self.s = s

    @property
    def hyperparameter_s(self):
        return Hyperparameter("s", "numeric", (1e-2, 1e2))

    def matrix(self, X, Y):
        return np.prod(np.cos(self.s * (X[:, None] - Y[None]) / 2) ** 2, axis=2)


class Sigmoid(QuantumKernel):
    """``tanh(x . y - 1)``, which is indefinite."""

    def matrix(self, X, Y):
        return np.tanh(X @ Y.T - 1)


def test_gradient_of_a_kernel_that_has_none_of_its_own():
    kernel, same = TunableCosine(0.8), FidelityKernel(AngleEncoding(), scale=0.8)
    gradients = [k(X, eval_gradient=True)[1] for k in (kernel, same)]
    np.testing.assert_allclose(*gradients, atol=1e-8)
    gp, expected = (
        GaussianProcessRegressor(k + WhiteKernel(0.1, "fixed")).fit(X, np.sin(X).sum(axis=1)) for k in (kernel, same)
    )
    np.testing.assert_allclose(gp.kernel_.k1.s, expected.kernel_.k1.scale, rtol=1e-3)


def test_indefinite_kernel_is_repaired():
    assert np.linalg.eigvalsh(Sigmoid()(X - X.mean(axis=0))).min() < -0.1
    assert QuantumKernelSVC(Sigmoid()).fit(X, Y).score(X, Y) >= 0.8
