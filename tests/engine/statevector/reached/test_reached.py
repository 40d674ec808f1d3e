"""Amplitudes of the basis states that a circuit reaches: the numbers of Qiskit, and of all amplitudes."""

from itertools import count, product
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.linalg import expm

from skqml import Exact, all_z
from skqml.backends.exact.program import StatevectorProgram, read
from skqml.backends.exact.reached import ReachedProgram, program_of
from skqml.circuits.ansatze.chemistry import UCCSD, Givens
from skqml.engine.statevector.reached import tables
from tests.engine.strategies import drawn_circuits, observables

OPTIONS = 1, 2**30, np.dtype(float)


@pytest.fixture
def always(monkeypatch):
    """However many states are reached, these are what is run."""
    monkeypatch.setattr(tables, "_PAYS", 1e-6)
    monkeypatch.setattr(tables, "_PREFIX", 0)


def sums_of(labels, seed):
    """Two observables that are sums of some strings, one of the first alone."""
    coefficients = np.random.default_rng(seed).normal(size=len(labels))
    return [SparsePauliOp([op.paulis.to_labels()[0] for op in labels], coefficients), labels[0]]


@pytest.mark.usefixtures("always")
@settings(max_examples=60)
@given(drawn_circuits(max_qubits=5, n_rows=9), st.data())
def test_values_and_derivatives_of_any_circuit_are_those_of_all_amplitudes(drawn, data):
    sums = sums_of(data.draw(observables(drawn.circuit.num_qubits)), 0)
    found = read(drawn.circuit, sums)
    assume(found.lowered.preparation is None)
    few, all_of_them = program_of(found, *OPTIONS), StatevectorProgram(found, *OPTIONS)
    assert isinstance(few, ReachedProgram)
    expected = [[state.expectation_value(o).real for o in sums] for state in drawn.states()]
    values, pullback = few.forward(drawn.X, drawn.w)
    np.testing.assert_allclose(values, expected, atol=1e-9)
    g = np.cos(np.arange(values.size)).reshape(values.shape)
    for ours, theirs in zip(pullback(g), all_of_them.pullback(drawn.X, drawn.w, g), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9 * (1 + np.abs(theirs).max(initial=0)))


def excitations(n_qubits, n_electrons, ansatz):
    """A circuit of weights as data, so that rows differ."""
    circuit, x = QuantumCircuit(n_qubits), iter(ParameterVector("x", 200))
    ansatz("1" * n_electrons + "0" * (n_qubits - n_electrons))(circuit, lambda: next(x))
    return circuit


@pytest.mark.parametrize("ansatz", [UCCSD, Givens])
def test_as_many_states_are_reached_as_electrons_of_each_spin_have_places(ansatz):
    program = Exact().compile(excitations(8, 4, ansatz), all_z(8))
    assert program.sweeps.tables.n_rows == comb(4, 2) ** 2


def test_each_excitation_is_one_turn_by_its_own_angle():
    circuit = excitations(8, 4, UCCSD)
    assert len(Exact().compile(circuit, all_z(8)).sweeps.tables.ops) == circuit.num_parameters


def test_a_product_of_excitations_is_that_of_matrix_exponentials():
    names = map(str, count())
    circuit = QuantumCircuit(4)
    UCCSD("1100")(circuit, lambda: Parameter(next(names)))
    w = np.array([0.3, -0.7, 0.5])
    lower = np.array([[0, 1], [0, 0]])
    letters = [np.diag([1, -1]), lower, np.eye(2)]
    a = [_kron([letters[0 if q < k else 1 if q == k else 2] for q in range(4)]) for k in range(4)]
    state = np.eye(16)[0b0011]
    for angle, T in zip(w, (a[2].T @ a[0], a[3].T @ a[1], a[2].T @ a[3].T @ a[1] @ a[0]), strict=True):
        state = expm(angle * (T - T.T)) @ state
    H = SparsePauliOp(["XXYY", "YXXY", "ZZII", "IZIZ", "IXZX"], [0.3, -0.2, 0.5, 1.1, 0.7])
    expected = state @ H.to_matrix().real @ state
    found = Exact().compile(circuit, [H])(np.empty((1, 0)), w)[0, 0]
    bound = Statevector(circuit.assign_parameters(w)).expectation_value(H).real
    np.testing.assert_allclose([found, bound], expected, atol=1e-12)


def _kron(factors):
    """Qubit 0 as the least bit."""
    total = np.eye(1)
    for factor in factors:
        total = np.kron(factor, total)
    return total


def test_complex_turns_of_pairs_are_grouped_too():
    """XX + YY between neighbours, drawn apart, moves one of two electrons: states of equal numbers alone."""
    circuit, x = QuantumCircuit(6), ParameterVector("x", 2)
    circuit.x([0, 3])
    for _ in range(3):
        for first, gate in product((0, 1), (circuit.rxx, circuit.ryy, circuit.rzz)):
            for q in range(first, 5, 2):
                gate(x[int(gate == circuit.rzz)], q, q + 1)
    H = SparsePauliOp(["XXIIII", "XYIIII", "IIZZII", "YZXIII"], [1.0, 0.3, 0.7, 0.9])
    program, X = Exact().compile(circuit, [H]), np.array([[0.4, -0.6], [1.1, 0.2]])
    assert program.sweeps.tables.n_rows == 2 * comb(6, 2)
    expected = [[Statevector(circuit.assign_parameters(row)).expectation_value(H).real] for row in X]
    np.testing.assert_allclose(program(X), expected, atol=1e-12)


def test_blocks_threads_and_single_precision_change_nothing_but_rounding():
    circuit, X = excitations(8, 4, UCCSD), np.random.default_rng(0).normal(size=(100, 26))
    X = np.pad(X, ((0, 0), (0, 200 - X.shape[1])))
    expected = Exact().compile(circuit, all_z(8)).forward(X)
    g = np.ones((100, 8))
    assert len(Exact(1, 2**16).compile(circuit, all_z(8)).sweeps.blocks.large(100)) > 1
    for backend, atol in ((Exact(1, 2**16), 0.0), (Exact(2), 0.0), (Exact(precision="single"), 1e-5)):
        values, pullback = backend.compile(circuit, all_z(8)).forward(X)
        np.testing.assert_allclose(values, expected[0], atol=atol, rtol=0)
        np.testing.assert_allclose(pullback(g)[0], expected[1](g)[0], atol=10 * atol, rtol=0)


@pytest.mark.parametrize("n_qubits", [3, 8])
def test_circuits_that_spread_over_all_states_are_run_on_all(n_qubits):
    circuit, x = QuantumCircuit(n_qubits), ParameterVector("x", n_qubits)
    for q in range(n_qubits):
        circuit.ry(x[q], q)
    circuit.cz(0, 1)
    assert not isinstance(Exact().compile(circuit, all_z(n_qubits)), ReachedProgram)
