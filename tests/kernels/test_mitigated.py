"""Depolarizing noise taken out of kernel matrices."""

import pickle

import numpy as np
import pytest
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import clone
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
from sklearn.utils import get_tags

from skqml import (
    AngleEncoding,
    DepolarizingMitigatedKernel,
    Exact,
    FidelityKernel,
    Noisy,
    ProjectedKernel,
    QuantumKernelSVC,
    Shots,
    ZZEncoding,
)
from skqml.kernels.base import QuantumKernel

X = np.random.default_rng(0).normal(size=(9, 2))
Y = np.random.default_rng(1).normal(size=(5, 2))
LABELS = np.array([0, 1] * 4 + [0])


def noisy(p=0.05, p2=0.05, **options):
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "h", "p", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(p, 1), ["rx", "ry", "rz", "h", "p"])
    noise.add_all_qubit_quantum_error(depolarizing_error(p2, 2), ["cx"])
    return Noisy(noise, **options)


class Depolarized(QuantumKernel):
    """The exact kernel, of whose states a row's own part survives."""

    fidelities = True

    def __init__(self, scale=1.0):
        self.scale = scale

    def circuit(self, n_features):
        return AngleEncoding().build(n_features)

    def matrix(self, X, Y):
        survival = np.exp(-0.1 * np.abs(X[:, :1]) - 0.1 * np.abs(Y[:, 0]))
        return survival * FidelityKernel(AngleEncoding())(X, Y) + (1 - survival) / 4


@pytest.mark.parametrize("survival", [None, "mean"])
def test_one_qubit_under_depolarizing_noise_is_recovered_exactly(survival):
    """On one qubit the noise is global, and every circuit has as many gates."""
    kernel = DepolarizingMitigatedKernel(FidelityKernel(AngleEncoding(), backend=noisy()), survival)
    exact = FidelityKernel(AngleEncoding())
    for rows in (None, Y[:, :1]):
        np.testing.assert_allclose(kernel(X[:, :1], rows), exact(X[:, :1], rows), atol=1e-10)
    np.testing.assert_allclose(kernel.diag(X[:, :1]), 1.0, atol=1e-10)


def test_rows_with_survivals_of_their_own_are_recovered_exactly():
    exact, kernel = FidelityKernel(AngleEncoding()), DepolarizingMitigatedKernel(Depolarized())
    np.testing.assert_allclose(kernel(X), exact(X), atol=1e-12)
    np.testing.assert_allclose(kernel(X, Y), exact(X, Y), atol=1e-12)
    np.testing.assert_array_equal(kernel(X), kernel(X).T)
    np.testing.assert_allclose(kernel(X, Y)[3:4], kernel(X[3:4], Y), atol=1e-12)
    assert np.abs(DepolarizingMitigatedKernel(Depolarized(), "mean")(X) - exact(X)).max() > 1e-3


@pytest.mark.parametrize("survival", [None, "mean"])
def test_local_noise_is_taken_out_in_part(survival):
    exact = FidelityKernel(ZZEncoding())
    raw = FidelityKernel(ZZEncoding(), backend=noisy(0.01, 0.03))
    kernel = DepolarizingMitigatedKernel(raw, survival)
    for rows in (None, Y):
        assert np.abs(kernel(X, rows) - exact(X, rows)).mean() < np.abs(raw(X, rows) - exact(X, rows)).mean() / 3


def test_without_noise_nothing_changes():
    np.testing.assert_allclose(DepolarizingMitigatedKernel(FidelityKernel())(X, Y), FidelityKernel()(X, Y), atol=1e-12)


def test_a_mean_survival_is_learnt_from_the_training_rows():
    raw = FidelityKernel(ZZEncoding(), backend=noisy())
    kernel = DepolarizingMitigatedKernel(raw, "mean")
    kernel.adapt(X)
    assert kernel.survival == pytest.approx(np.mean((raw.diag(X) - 0.25) / 0.75))
    expected = (raw(X, Y) - (1 - kernel.survival) / 4) / kernel.survival
    np.testing.assert_allclose(kernel(X, Y), expected, atol=1e-12)
    np.testing.assert_allclose(kernel.diag(X), np.diag(kernel(X)), atol=1e-12)
    machine = QuantumKernelSVC(DepolarizingMitigatedKernel(raw, "mean")).fit(X, LABELS)
    assert 0 < machine.kernel_.survival < 1
    assert machine.kernel.survival == "mean"


@pytest.mark.parametrize("survival", [None, "mean", 0.7])
def test_estimators_take_it(survival):
    backend = noisy(0.01, 0.01, shots=500, random_state=0)
    kernel = DepolarizingMitigatedKernel(FidelityKernel(ZZEncoding(), backend=backend), survival)
    machine = QuantumKernelSVC(kernel).fit(X, LABELS)
    np.testing.assert_array_equal(machine.predict(Y), clone(machine).fit(X, LABELS).predict(Y))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(machine)).predict(Y), machine.predict(Y))
    grid = {"kernel__survival": [None, 0.9], "kernel__kernel__backend__shots": [100, 200]}
    assert len(GridSearchCV(machine, grid, cv=2).fit(X, LABELS).cv_results_["params"]) == 4
    assert SVC(kernel=kernel).fit(X, LABELS).predict(Y).shape == (5,)


def test_hyperparameters_are_those_of_the_kernel_inside():
    inner = FidelityKernel(AngleEncoding(), scale=0.5)
    kernel = DepolarizingMitigatedKernel(inner)
    np.testing.assert_array_equal(kernel.theta, inner.theta)
    np.testing.assert_array_equal(kernel.bounds, inner.bounds)
    moved = kernel.clone_with_theta(np.log([0.8]))
    assert (moved.kernel.scale, inner.scale) == (pytest.approx(0.8), 0.5)
    np.testing.assert_allclose(kernel(X, eval_gradient=True)[1], inner(X, eval_gradient=True)[1], atol=1e-7)
    process = GaussianProcessRegressor(kernel + WhiteKernel(), random_state=0).fit(X, np.cos(X[:, 0]))
    assert process.kernel_.k1.kernel.scale != 0.5
    assert kernel.hyperparameters[0].name == "kernel__scale"


def test_results_are_kept_where_those_inside_are():
    raw = FidelityKernel(AngleEncoding(), backend=Exact())
    keys = [DepolarizingMitigatedKernel(raw, s).cache_key(X, None) for s in (None, 0.5)]
    assert keys[0][:2] != keys[1][:2]
    assert DepolarizingMitigatedKernel(FidelityKernel(backend=Shots(10))).cache_key(X, None) is None
    for backend, random in ((Shots(10), True), (noisy(), False)):
        kernel = DepolarizingMitigatedKernel(FidelityKernel(backend=backend))
        assert (kernel.noisy, kernel.random) == (True, random)
        assert get_tags(QuantumKernelSVC(kernel)).non_deterministic == random


@pytest.mark.parametrize(
    ("kernel", "error", "words"),
    [
        (DepolarizingMitigatedKernel(RBF()), TypeError, "must be a QuantumKernel"),
        (
            DepolarizingMitigatedKernel(ProjectedKernel(AngleEncoding(), backend=noisy())),
            ValueError,
            "entries that are fidelities",
        ),
        (DepolarizingMitigatedKernel(FidelityKernel(), "median"), ValueError, "survival must be"),
        (DepolarizingMitigatedKernel(FidelityKernel(), 0.0), ValueError, "survival must be"),
        (DepolarizingMitigatedKernel(FidelityKernel(), 1.5), ValueError, "survival must be"),
        (DepolarizingMitigatedKernel(FidelityKernel(), True), ValueError, "survival must be"),
        (
            DepolarizingMitigatedKernel(FidelityKernel(AngleEncoding(), backend=noisy(1.0, 1.0))),
            ValueError,
            "diagonal above 0.25",
        ),
    ],
)
def test_what_cannot_be_mitigated_is_refused(kernel, error, words):
    for rows in (None, Y):
        with pytest.raises(error, match=words):
            kernel(X, rows)
