"""The weight of Pauli strings that a model needs, on models of which it is known."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from skqml import (
    CircuitEncoding,
    ProjectedKernel,
    QuantumKernelSVC,
    VariationalClassifier,
    VariationalRegressor,
    all_z,
    parity,
)
from skqml.inspection import pauli_weight_needed

N = 4
X = np.random.default_rng(0).choice([0.0, np.pi], size=(60, N))
SIGNS = np.cos(X).prod(axis=1)
RAW = {"standardize": False, "bandwidth": 1.0, "tol": None, "max_iter": 15, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def product():
    """RY of each feature, and weights that are no obstacle."""
    x, w, circuit = ParameterVector("x", N), ParameterVector("w", N), QuantumCircuit(N)
    for q in range(N):
        circuit.ry(x[q], q)
        circuit.rz(w[q], q)
    return CircuitEncoding(circuit)


def untrained(qc, weight):
    """No gates behind the encoding."""


def test_a_parity_needs_a_letter_on_each_qubit():
    """A string of fewer letters says nothing about it."""
    model = VariationalClassifier(product(), untrained, observables=[parity(N)], **RAW).fit(X, SIGNS > 0)
    found = pauli_weight_needed(model, X, SIGNS > 0)
    assert found.score == 1.0
    assert found.needed == N
    np.testing.assert_array_equal(found.weights, np.arange(1, N + 1))
    np.testing.assert_allclose(found.errors, [1.0] * (N - 1) + [0.0], atol=1e-12)
    assert (found.scores[:-1] < 0.75).all()
    assert found.changed[-1] == 0.0


def test_single_qubits_need_one_letter():
    model = VariationalRegressor(product(), untrained, observables=all_z(N), **RAW).fit(X, np.cos(X[:, 0]))
    found = pauli_weight_needed(make_pipeline(FunctionTransformer(), model), X, np.cos(X[:, 0]))
    assert found.needed == 1
    np.testing.assert_allclose(found.errors, 0.0)
    np.testing.assert_allclose(found.changed, 0.0, atol=1e-9)


def test_kernels_of_bloch_vectors():
    model = QuantumKernelSVC(ProjectedKernel(product()), standardize=False, bandwidth=1.0).fit(X, X[:, 0] > 1)
    found = pauli_weight_needed(model, X, X[:, 0] > 1, max_weight=2)
    assert found.needed == 1
    assert np.isnan(found.errors).all()


def test_what_no_weight_reaches_is_none():
    model = VariationalClassifier(product(), untrained, observables=[parity(N)], **RAW).fit(X, SIGNS > 0)
    assert pauli_weight_needed(model, X, SIGNS > 0, max_weight=2).needed is None


def test_models_without_a_circuit_are_refused():
    with pytest.raises(ValueError, match="must be a fitted model of a trained circuit"):
        pauli_weight_needed(SVC().fit(X, X[:, 0] > 1), X, X[:, 0] > 1)
