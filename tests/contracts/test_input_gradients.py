"""Derivatives by rows, of all fidelities, kernels and estimators that have them, against central differences."""

import numpy as np
import pytest
from qiskit_aer.noise import NoiseModel, amplitude_damping_error
from sklearn.base import is_classifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

import skqml
from skqml import AngleEncoding, FidelityKernel, Noisy, ProjectedKernel, QuantumKernelSVC
from skqml.kernels import FourierKernel, GaussianKernel
from tests.contracts.backends import backends, gain, name
from tests.contracts.estimators import IRIS_Y, estimator_classes, fitted, quick, rows
from tests.contracts.running.test_backends import W, X, is_random, model
from tests.rooms import classes

KERNELS = [
    FidelityKernel(AngleEncoding()),
    FidelityKernel(group_size=1, scale=0.7),
    FidelityKernel(AngleEncoding(), backend=Noisy()),
    ProjectedKernel(group_size=1, scale=0.7),
    ProjectedKernel(AngleEncoding(), gamma=0.5),
    GaussianKernel(0.7),
    FourierKernel(FidelityKernel(AngleEncoding()), 5),
    skqml.DepolarizingMitigatedKernel(FidelityKernel(AngleEncoding()), 0.9),
]
MODELS = [quick(cls) for cls in estimator_classes("input_gradient")]
MODELS += [QuantumKernelSVC(kernel) for kernel in (ProjectedKernel(), RBF() * ConstantKernel(2.0))]
TWO = IRIS_Y > 0


def differences(function, Z, step):
    """Derivatives (n_samples, n_features) of one value a row."""
    steps = np.eye(Z.shape[1]) * step
    return np.stack([(function(Z + e) - function(Z - e)) / (2 * step) for e in steps], axis=1)


@pytest.mark.parametrize("backend", backends(), ids=name)
def test_fidelities(backend):
    A = np.random.default_rng(1).normal(size=(5, 3))
    exact = skqml.Exact().compile_overlaps(model())
    expected = differences(lambda Z: np.sum(A * exact(Z, X[:3] + 0.5, W), axis=1), X, 1e-5)
    found = backend.compile_overlaps(model()).pullback_rows(X, X[:3] + 0.5, W, A, np.random.default_rng(0))
    np.testing.assert_allclose(found, expected, atol=0.3 * gain(backend) if is_random(backend) else 1e-7)


def test_noisy_fidelities_keep_the_order_of_rows():
    """Under noise that is not unital they are those of X with Y, not of Y with X."""
    noise = NoiseModel(["ry", "rx", "cx"])
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.2), ["ry", "rx"])
    overlaps, A = Noisy(noise).compile_overlaps(model()), np.random.default_rng(1).normal(size=(5, 3))
    expected = differences(lambda Z: np.sum(A * overlaps(Z, X[:3] + 0.5, W), axis=1), X, 1e-5)
    np.testing.assert_allclose(overlaps.pullback_rows(X, X[:3] + 0.5, W, A), expected, atol=1e-8)


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_kernels(kernel):
    A = np.random.default_rng(1).normal(size=(5, 3))
    expected = differences(lambda Z: np.sum(A * kernel(Z, X[:3] + 0.5), axis=1), X, 1e-5)
    np.testing.assert_allclose(kernel.pullback_rows(X, X[:3] + 0.5, A), expected, atol=1e-7)


def test_every_kernel_is_here():
    assert set(classes(skqml.QuantumKernel)) <= {type(kernel) for kernel in KERNELS}


@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("estimator", MODELS, ids=str)
def test_estimators(estimator, two):
    """By the features as given, not the standardised ones; scores are those of the decision function or `predict`."""
    points, targets = (part[TWO] if two else part for part in rows(estimator))
    fit = fitted(estimator, points, targets)
    Z, y = points[::9] + 0.01, targets[::9]
    if not (two or is_classifier(estimator) or hasattr(estimator, "C")):
        fit = fitted(estimator, points, np.column_stack([targets, targets**2]))
        y = np.column_stack([y, y**2])

    def losses(Z):
        return fit._loss(fit.input_pullback(Z)[0], fit._known(y))[0]

    slopes = differences(losses, Z, 1e-4)
    np.testing.assert_allclose(fit.input_gradient(Z, y), slopes, atol=1e-5 * (1 + np.abs(slopes).max()))
    S = fit.input_pullback(Z)[0]
    if is_classifier(estimator):
        found = S[:, 1] - S[:, 0] if S.shape[1] == 2 else S
        np.testing.assert_allclose(found, fit.decision_function(Z), atol=1e-12)
