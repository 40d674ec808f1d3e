"""States of PyTorch against Qiskit's, and derivatives against compiled sweeps, in both precisions and in blocks."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, Torch, all_z, all_zz, one_qubit_paulis, parity, projectors
from tests.backends import prepared
from tests.engine.strategies import drawn_circuits, observables

BACKENDS = {"double": (Torch(), 1e-9), "single": (Torch(precision="single"), 1e-4)}
both_precisions = pytest.mark.parametrize(("backend", "bound"), BACKENDS.values(), ids=BACKENDS)


@both_precisions
@settings(max_examples=40)
@given(drawn=drawn_circuits(max_qubits=5), data=st.data())
def test_values_of_any_circuit_are_those_of_qiskit(backend, bound, drawn, data):
    """Over the whole gate library, with angles that are functions of data and weights; projectors too."""
    operators = data.draw(observables(drawn.circuit.num_qubits))
    expected = [[state.expectation_value(o).real for o in operators] for state in drawn.states()]
    found = backend.compile(drawn.circuit, operators)(drawn.X, drawn.w)
    np.testing.assert_allclose(found, expected, atol=bound * size(drawn))


def size(drawn):
    """Large angles have a large error in single precision."""
    return max(1.0, np.abs(drawn.X).max(initial=0.0) ** 2, np.abs(drawn.w).max(initial=0.0) ** 2)


def test_phases_of_rows_hold_angles_that_all_share():
    """The constant angle that turns RY into RX, and a weight, stand in the phase of the data behind them."""
    x, w, qc = ParameterVector("x", 2), ParameterVector("w", 1), QuantumCircuit(2)
    qc.rx(x[1], 1)
    qc.p(w[0], 1)
    qc.cp(x[0], 0, 1)
    X, v, g = np.array([[0.3, 1.0], [-0.7, 0.4]]), np.array([0.6]), np.ones((2, 6))
    found, expected = (b.compile(qc, one_qubit_paulis(2)) for b in (Torch(), Exact()))
    np.testing.assert_allclose(found(X, v), expected(X, v), atol=1e-12)
    same(found.pullback(X, v, g), expected.pullback(X, v, g), 1e-12)


@settings(max_examples=30)
@given(drawn_circuits(max_qubits=4, max_gates=6, n_rows=3), st.data())
def test_derivatives_of_any_circuit_are_those_of_compiled_sweeps(drawn, data):
    operators = data.draw(observables(drawn.circuit.num_qubits))
    found, expected = (b.compile(drawn.circuit, operators) for b in (Torch(), Exact()))
    g = np.cos(np.arange(3.0 * len(operators))).reshape(3, -1)
    same(found.pullback(drawn.X, drawn.w, g), expected.pullback(drawn.X, drawn.w, g), 1e-9)


@settings(max_examples=25)
@given(drawn_circuits(max_qubits=4, max_gates=6, n_rows=4))
def test_fidelities_of_any_circuit_are_those_of_compiled_sweeps(drawn):
    found, expected = (b.compile_overlaps(drawn.circuit) for b in (Torch(), Exact()))
    check_overlaps(found, expected, drawn.X, drawn.w, 1e-9)


def check_overlaps(found, expected, X, w, bound):
    rng = np.random.default_rng(0)
    A, dX, dw = rng.normal(size=(len(X), len(X))), rng.normal(size=X.shape), rng.normal(size=w.shape)
    for ask in (
        lambda o: o(X, None, w),
        lambda o: o(X, X[1:], w),
        lambda o: o.paired(X, X[::-1], w),
        lambda o: o.diagonal(X, w),
        lambda o: o.tangent(X, w, dX, dw),
        lambda o: o.pullback(X, w, A)[0],
        lambda o: o.pullback(X, w, A)[1],
        lambda o: o.pullback_rows(X, X[1:], w, A[:, 1:]),
    ):
        same([ask(found)], [ask(expected)], bound)
    K = found(X, None, w)
    np.testing.assert_array_equal(K, K.T)
    np.testing.assert_array_equal(K.diagonal(), 1.0)


def same(found, expected, bound):
    """Arrays that are equal up to a part of the largest entry."""
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape and a.dtype == np.float64
        np.testing.assert_allclose(a, b, atol=bound * max(1.0, np.abs(b).max(initial=0.0)))


def layers(n_qubits, *, real=False):
    """Data in all qubits, entangled by gates with angles of rows, of weights, and without."""
    x, w, qc = ParameterVector("x", n_qubits), ParameterVector("w", 2 * n_qubits), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        qc.h(q)
        qc.ry(x[q], q)
    for k in range(2):
        for q in range(n_qubits):
            qc.ry(w[n_qubits * k + q], q)
            qc.cx(q, (q + 1) % n_qubits)
            if not real:
                qc.rzz(x[q] * w[q], q, (q + 1) % n_qubits)
                qc.rx(w[n_qubits * k + q] + x[q], q)
        for q in range(0, n_qubits - 2, 3):
            qc.ccz(q, q + 1, q + 2)
    return qc


@both_precisions
@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("n_qubits", [3, 6])
def test_layers(backend, bound, real, n_qubits):
    """Many observables at once, diagonal or not, more of them than basis states of half the qubits."""
    circuit, rng = layers(n_qubits, real=real), np.random.default_rng(0)
    X, w = rng.normal(size=(7, n_qubits)), rng.normal(size=2 * n_qubits)
    strings = SparsePauliOp(["Y" * n_qubits, "X" * n_qubits], [0.5, 2.0])
    operators = [*all_z(n_qubits), *all_zz(n_qubits), parity(n_qubits), *one_qubit_paulis(n_qubits), strings]
    operators += projectors(n_qubits)[:3]
    found, expected = (b.compile(circuit, operators) for b in (backend, Exact()))
    assert (found.sweeps.tables.parts == 1) == real
    g = rng.normal(size=(7, len(operators)))
    same([found(X, w), *found.pullback(X, w, g)], [expected(X, w), *expected.pullback(X, w, g)], bound)
    check_overlaps(*(b.compile_overlaps(circuit) for b in (backend, Exact())), X, w, bound)
    P, other = (b.compile_probabilities(circuit, [2, 0]) for b in (backend, Exact()))
    np.testing.assert_array_equal(P.bits, other.bits)
    same([P(X, w)], [other(X, w)], bound)


@pytest.mark.parametrize("max_memory", [6200, 2**14, 2**16])
def test_rows_in_blocks_give_the_same(max_memory):
    """As few as one row at a time; the Gram matrix in tiles that do not divide it."""
    circuit, rng = layers(5), np.random.default_rng(0)
    X, w, g = rng.normal(size=(23, 5)), rng.normal(size=10), rng.normal(size=(23, 5))
    small, large = (b.compile(circuit, all_z(5)) for b in (Torch(max_memory=max_memory), Torch()))
    assert len(small.sweeps.blocks.large(23)) > len(large.sweeps.blocks.large(23)) == 1
    same([small(X, w), *small.pullback(X, w, g)], [large(X, w), *large.pullback(X, w, g)], 1e-12)
    check_overlaps(*(b.compile_overlaps(circuit) for b in (Torch(max_memory=max_memory), Exact())), X, w, 1e-10)


@both_precisions
@pytest.mark.parametrize("real", [False, True])
def test_prepared_rows(backend, bound, real):
    """Rows as amplitudes of some qubits, in any order, from which states start."""
    circuit, (X, w) = prepared.circuit(real=real), prepared.rows()
    found, expected = (b.compile(circuit, prepared.OBSERVABLES) for b in (backend, Exact()))
    g = np.random.default_rng(0).normal(size=(len(X), len(prepared.OBSERVABLES)))
    same([found(X, w), *found.pullback(X, w, g)], [expected(X, w), *expected.pullback(X, w, g)], bound)
    check_overlaps(*(b.compile_overlaps(circuit) for b in (backend, Exact())), X, w, bound)


@pytest.mark.parametrize("n_qubits", [2, 5, 12])
def test_memory_is_a_few_states_a_row_however_long_the_circuit(n_qubits):
    """Each row more takes at most as many bytes as are said: nothing is kept for the way back."""
    circuit, rng = layers(n_qubits), np.random.default_rng(0)
    program = Torch().compile(circuit.compose(circuit).compose(circuit), all_z(n_qubits))
    X, w = rng.normal(size=(8, n_qubits)), rng.normal(size=2 * n_qubits)
    few, many = (most_bytes(lambda X=x: program.pullback(X, w, np.ones(X.shape))) for x in (X[:4], X))
    assert many - few <= 4 * program.sweeps.row_bytes


def most_bytes(call):
    """Of all tensors of a call at one time."""
    call()  # tables are made
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        call()
    events = profile.profiler.kineto_results.events()
    return np.cumsum([event.nbytes() for event in events if event.name() == "[memory]"]).max()


def test_programs_are_small_when_they_travel():
    """Tensors stay behind."""
    circuit, rng = layers(6), np.random.default_rng(0)
    X, w = rng.normal(size=(3, 6)), rng.normal(size=12)
    for compiled in (Torch().compile(circuit, one_qubit_paulis(6)), Torch().compile_overlaps(circuit)):
        expected = compiled(X, None, w) if hasattr(compiled, "paired") else compiled(X, w)
        data = pickle.dumps(compiled)
        again = pickle.loads(data)
        np.testing.assert_array_equal(again(X, None, w) if hasattr(again, "paired") else again(X, w), expected)
        assert len(data) < 30_000
