"""Rows as amplitudes: the gate against Qiskit's states, the kernel against its closed form."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Operator, Statevector
from sklearn.metrics.pairwise import cosine_similarity, polynomial_kernel
from sklearn.preprocessing import normalize

from skqml import Aer, AmplitudeEncoding, CircuitEncoding, Exact, FidelityKernel
from skqml._amplitudes import restored
from skqml.circuits import AmplitudePreparation
from skqml.files.qpy import CircuitPart

numbers = st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, -3.0, 1e-200, 1e150]), min_size=1, max_size=9)


def prepared(amplitudes):
    gate = AmplitudePreparation(amplitudes)
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, circuit.qubits)
    return circuit


@given(numbers.filter(any))
def test_numbers_become_amplitudes(amplitudes):
    """Whatever is zero among them, and whatever their size and signs."""
    circuit = prepared(amplitudes)
    expected = np.zeros(2**circuit.num_qubits)
    expected[: len(amplitudes)] = np.array(amplitudes) / np.max(np.abs(amplitudes))
    np.testing.assert_allclose(Statevector(circuit).data, expected / np.linalg.norm(expected), atol=1e-14)


def test_its_definition_is_unitary_on_any_state():
    circuit = prepared([0.3, -0.2, 0.0, 0.9, 0.1])
    np.testing.assert_allclose(Operator(circuit.compose(circuit.inverse())).data, np.eye(8), atol=1e-14)
    assert circuit.decompose().count_ops() == {"ry": 7, "cx": 6}


@pytest.mark.parametrize("backend", [Exact(), Aer()], ids=["Exact", "Aer"])
@pytest.mark.parametrize("n_features", [1, 2, 3, 8, 9])
def test_fidelities_are_squared_cosines(n_features, backend):
    X = np.random.default_rng(0).normal(size=(6, n_features))
    X[1, 1:] = 0.0
    K = FidelityKernel(AmplitudeEncoding(), backend=backend)(X)
    np.testing.assert_allclose(K, cosine_similarity(X) ** 2, atol=1e-12)


def test_an_offset_is_a_feature_more():
    X = np.random.default_rng(0).normal(size=(6, 4))
    X[2] = 0.0
    rows = normalize(np.column_stack([X, np.full(6, 0.5)]))
    K = FidelityKernel(AmplitudeEncoding(offset=0.5))(X)
    np.testing.assert_allclose(K, polynomial_kernel(rows, degree=2, gamma=1.0, coef0=0.0), atol=1e-12)
    assert [AmplitudeEncoding(c).build(4).num_qubits for c in (0.0, 0.5)] == [2, 3]


def test_a_row_of_zeros_is_refused():
    X = np.eye(3)
    X[1] = 0.0
    for backend in (None, Aer()):
        with pytest.raises(ValueError, match=r"row 1 has none.*offset"):
            FidelityKernel(AmplitudeEncoding(), backend=backend)(X)


@pytest.mark.parametrize("offset", [np.nan, "1", None, True])
def test_a_bad_offset_is_named(offset):
    with pytest.raises(ValueError, match="offset"):
        AmplitudeEncoding(offset).build(3)


@pytest.mark.parametrize("amplitudes", [[], [0.0, 0.0], [1j, 1.0], ["a"], [np.nan], 3, None], ids=repr)
def test_bad_amplitudes_are_named(amplitudes):
    with pytest.raises((TypeError, ValueError), match="amplitudes"):
        AmplitudePreparation(amplitudes)


def test_it_survives_copies_and_files():
    circuit = AmplitudeEncoding(0.5).build(5)
    kept = CircuitPart.read(CircuitPart.written(circuit))
    copies = [copy.deepcopy(circuit), pickle.loads(pickle.dumps(circuit)), kept]
    X = np.random.default_rng(0).normal(size=(4, 5))
    expected = FidelityKernel(AmplitudeEncoding(0.5))(X)
    for other in copies:
        np.testing.assert_array_equal(FidelityKernel(CircuitEncoding(other))(X), expected)
    assert restored(circuit) == circuit


@pytest.mark.parametrize("n_features", [3, 4])
def test_a_circuit_of_ones_own_may_prepare_rows_on_any_qubits(n_features):
    """Also inside of a sub-circuit, and behind gates on other qubits."""
    data = ParameterVector("data", n_features)
    inner, outer = QuantumCircuit(2), QuantumCircuit(3)
    inner.append(AmplitudePreparation(data), [1, 0])
    outer.h(0)
    outer.append(inner.to_instruction(), [2, 1])
    outer.cx(0, 1)
    X = np.random.default_rng(0).normal(size=(5, n_features))
    K = FidelityKernel(CircuitEncoding(outer, data="data"))(X)
    np.testing.assert_allclose(K, cosine_similarity(X) ** 2, atol=1e-12)
