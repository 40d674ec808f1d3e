"""Values, probabilities and Gram matrices of any circuit against Qiskit's own simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, Observable, all_z, one_qubit_paulis, projectors
from tests.engine.strategies import STANDARD, Drawn, drawn_circuits, numbers, observables


def expected(drawn, ops):
    return np.array([[s.expectation_value(o).real for o in ops] for s in drawn.states()])


@settings(max_examples=120)
@given(st.data())
def test_expectation_values_are_those_of_qiskit(data):
    drawn = data.draw(drawn_circuits())
    ops = data.draw(observables(drawn.circuit.num_qubits))
    values = Exact().compile(drawn.circuit, ops)(drawn.X, drawn.w)
    np.testing.assert_allclose(values, expected(drawn, ops), atol=1e-10)


@settings(max_examples=40)
@given(drawn_circuits(max_qubits=5))
def test_projectors_give_the_probabilities(drawn):
    ops = projectors(drawn.circuit.num_qubits)
    values = Exact().compile(drawn.circuit, ops)(drawn.X, drawn.w)
    np.testing.assert_allclose(values, [s.probabilities() for s in drawn.states()], atol=1e-10)


@settings(max_examples=60)
@given(drawn_circuits(n_rows=4))
def test_gram_matrices_are_those_of_the_states(drawn):
    states = np.array([s.data for s in drawn.states()])
    overlaps = Exact().compile_overlaps(drawn.circuit)
    K = np.abs(states @ states.conj().T) ** 2
    np.testing.assert_allclose(overlaps(drawn.X, None, drawn.w), K, atol=1e-10)
    np.testing.assert_allclose(overlaps(drawn.X[:3], drawn.X[2:], drawn.w), K[:3, 2:], atol=1e-10)


@pytest.mark.parametrize("name", sorted(STANDARD))
def test_each_gate_of_the_library_alone(name):
    """Free parameters, then fixed ones, between rotations that make the state general."""
    gate = STANDARD[name]
    n = max(1, gate.num_qubits)
    x = ParameterVector("x", max(1, len(gate.params)))
    for params in (list(x)[: len(gate.params)], [0.7, -1.2, 2.1, 0.4][: len(gate.params)]):
        circuit = QuantumCircuit(n)
        for q in range(n):
            circuit.u(0.4 + q, 0.3, -0.8 * q, q)
        circuit.append(gate.base_class(*params) if params else gate, range(gate.num_qubits))
        circuit.sx(range(n))
        circuit.rx(x[0], 0)
        drawn = Drawn(circuit, np.array([[0.3, -1.1, 2.0, 0.9][: len(x)]]), np.zeros(0))
        ops = [o.to_operator() for o in one_qubit_paulis(n)] + [SparsePauliOp("Y" * n)]
        np.testing.assert_allclose(Exact().compile(circuit, ops)(drawn.X), expected(drawn, ops), atol=1e-10)


@settings(max_examples=25)
@given(st.data())
def test_an_idle_qubit_and_a_global_phase_change_nothing(data):
    drawn = data.draw(drawn_circuits(max_qubits=5))
    n = drawn.circuit.num_qubits
    ops = data.draw(observables(n))
    wider = QuantumCircuit(n + 1)
    wider.compose(drawn.circuit, range(n), inplace=True)
    wider.global_phase += 1.3
    wide_ops = [SparsePauliOp("I").tensor(op) for op in ops]
    a, b = Exact().compile(drawn.circuit, ops), Exact().compile(wider, wide_ops)
    np.testing.assert_allclose(a(drawn.X, drawn.w), b(drawn.X, drawn.w), atol=1e-12)
    a, b = Exact().compile_overlaps(drawn.circuit), Exact().compile_overlaps(wider)
    np.testing.assert_allclose(a(drawn.X, None, drawn.w), b(drawn.X, None, drawn.w), atol=1e-12)


@settings(max_examples=25)
@given(st.data())
def test_rows_at_once_equal_rows_one_by_one(data):
    drawn = data.draw(drawn_circuits(max_qubits=5, n_rows=11))
    program = Exact().compile(drawn.circuit, data.draw(observables(drawn.circuit.num_qubits)))
    values, pullback = program.forward(drawn.X, drawn.w)
    alone = np.concatenate([program(x[None], drawn.w) for x in drawn.X])
    np.testing.assert_allclose(values, alone, atol=1e-12)
    dX, dw = pullback(np.ones(values.shape))
    alone = [program.pullback(x[None], drawn.w, np.ones((1, values.shape[1]))) for x in drawn.X]
    scale = 1 + np.abs(dX).max(initial=0)
    np.testing.assert_allclose(dX, np.concatenate([a for a, _ in alone]), atol=1e-12 * scale)
    np.testing.assert_allclose(dw, sum(b for _, b in alone), atol=1e-11 * scale * len(drawn.X))


def layered(n=6, layers=3):
    """A model large enough for several chunks of rows."""
    x, w = ParameterVector("x", n), ParameterVector("w", 2 * layers * n)
    circuit, k = QuantumCircuit(n), iter(w)
    for _ in range(layers):
        for q in range(n):
            circuit.ry(next(k) * x[q], q)
            circuit.rz(next(k) + x[q], q)
        for q in range(n):
            circuit.cz(q, (q + 1) % n)
    return circuit


X = np.random.default_rng(0).normal(size=(700, 6))
W = np.random.default_rng(1).normal(size=36)


def everything(backend, circuit, ops):
    values, pullback = backend.compile(circuit, ops).forward(X, W)
    overlaps = backend.compile_overlaps(circuit)
    A = np.outer(X[:150, 0], X[:150, 1])
    return [
        values,
        *pullback(np.cos(values)),
        overlaps(X[:150], X[150:350], W),
        overlaps(X[:150], None, W),
        overlaps.tangent(X[:40], W, X[40:80], W[::-1]),
        *overlaps.pullback(X[:150], W, A),
    ]


def test_results_are_the_same_to_the_last_bit_for_any_number_of_threads():
    circuit, ops = layered(), one_qubit_paulis(6)
    one, two = (everything(Exact(threads=t), circuit, ops) for t in (1, 2))
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a, b)


def test_blocks_under_a_small_memory_limit_give_the_same():
    circuit, ops = layered(), one_qubit_paulis(6)
    usual, cut = (everything(Exact(max_memory=m), circuit, ops) for m in (4 * 2**30, 2**18))
    for a, b in zip(usual, cut, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_single_precision_is_close():
    circuit, ops = layered(), one_qubit_paulis(6)
    double, single = (everything(Exact(precision=p), circuit, ops) for p in ("double", "single"))
    for a, b in zip(double, single, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * (1 + np.abs(a).max()))


def test_projected_blocks_of_many_rows_agree():
    """More rows than a tile of the matrix product, a number that is no multiple of it."""
    circuit = zz_feature_map(4)
    rows = np.random.default_rng(3).uniform(-2, 2, (530, 4))
    overlaps = Exact().compile_overlaps(circuit)
    K = overlaps(rows)
    np.testing.assert_array_equal(K, K.T)
    np.testing.assert_allclose(K, overlaps(rows, rows), atol=1e-12)
    np.testing.assert_array_equal(np.diag(K), 1.0)


@given(numbers, numbers)
def test_products_of_letters_are_sums_of_pauli_strings(a, b):
    circuit = QuantumCircuit(3)
    circuit.u(a, b, 0.2, 0)
    circuit.cx(0, 1)
    circuit.rxx(b, 0, 2)
    observable = Observable(("0X1", "ZIY", "III"), (0.7, a, b))
    values = Exact().compile(circuit, [observable, observable.to_operator()])(np.zeros((1, 0)))
    np.testing.assert_allclose(values[:, 0], values[:, 1], atol=1e-12)


def test_no_rows_and_no_observables_give_empty_arrays():
    program = Exact().compile(layered(), all_z(6))
    assert program(np.zeros((0, 6)), W).shape == (0, 6)
    assert program.pullback(np.zeros((0, 6)), W, np.zeros((0, 6)))[0].shape == (0, 6)
    assert Exact().compile_overlaps(layered())(np.zeros((0, 6)), X[:2], W).shape == (0, 2)
    assert Exact().compile(layered(), [])(X, W).shape == (700, 0)
