"""Matrix product states against exact simulation, other wide backends, and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from skqml import MPS, Aer, Exact, PauliPropagation, all_z, all_zz, one_qubit_paulis, parity, projectors
from skqml.backends.defaults import PairOverlaps
from tests.backends.pauli_propagation.test_values import arguments, layers
from tests.engine.strategies import drawn_circuits, observables

N = 6
OPERATORS = [*one_qubit_paulis(N), *all_zz(N), parity(N), SparsePauliOp(["XIYIZI", "IIIIII"], [0.3, -0.4])]


def line(n_qubits, n_layers):
    """As `layers`, in a line instead of a ring."""
    whole = layers(n_qubits, n_layers)
    circuit = QuantumCircuit(n_qubits)
    for instruction in whole.data:
        if instruction.operation.name != "cz" or abs(np.subtract(*map(whole.qubits.index, instruction.qubits))) == 1:
            circuit.append(instruction.operation, [whole.qubits.index(q) for q in instruction.qubits])
    return circuit


@settings(max_examples=40)
@given(drawn_circuits(max_qubits=5), st.data())
def test_any_circuit(drawn, data):
    """Over the whole gate library, with angles that are functions of data and weights; projectors too."""
    operators = data.draw(observables(drawn.circuit.num_qubits))
    expected = [[state.expectation_value(o).real for o in operators] for state in drawn.states()]
    program = MPS(None).compile(drawn.circuit, operators)
    np.testing.assert_allclose(program(drawn.X, drawn.w), expected, atol=1e-9)
    np.testing.assert_allclose(program.truncation_error(drawn.X, drawn.w), 0.0, atol=1e-9)


@pytest.mark.parametrize("n_layers", [1, 2, 3, 5])
@pytest.mark.parametrize("operators", [OPERATORS, [*OPERATORS[:2], *projectors(N)[:3]]])
def test_values_and_gradients(n_layers, operators):
    """With bonds that are larger than need be, and with bonds cut to what need be."""
    circuit = layers(N, n_layers)
    X, w = arguments(circuit, 5)
    found, expected = (b.compile(circuit, operators) for b in (MPS(), Exact()))
    np.testing.assert_allclose(found(X, w), expected(X, w), atol=1e-10)
    g = np.cos(np.arange(5.0 * len(operators))).reshape(5, -1)
    for slopes in zip(*(p.pullback(X, w, g) for p in (found, expected)), strict=True):
        np.testing.assert_allclose(*slopes, atol=1e-9)


@settings(max_examples=15)
@given(drawn_circuits(max_qubits=4, max_gates=4), st.data())
def test_gradients_of_any_circuit(drawn, data):
    operators = data.draw(observables(drawn.circuit.num_qubits))
    found, expected = (b.compile(drawn.circuit, operators) for b in (MPS(), PauliPropagation()))
    g = np.cos(np.arange(2.0 * len(operators))).reshape(2, -1)
    for slopes in zip(*(p.pullback(drawn.X, drawn.w, g) for p in (found, expected)), strict=True):
        np.testing.assert_allclose(*slopes, atol=1e-7 * max(1.0, *(np.abs(s).max(initial=0.0) for s in slopes)))


@settings(max_examples=25)
@given(drawn_circuits(max_qubits=4, n_rows=4))
def test_fidelities_of_any_circuit(drawn):
    """Gates behind all data are not run: they cancel."""
    found, expected = (b.compile_overlaps(drawn.circuit) for b in (MPS(None), Exact()))
    for Y in (None, drawn.X[1:]):
        np.testing.assert_allclose(found(drawn.X, Y, drawn.w), expected(drawn.X, Y, drawn.w), atol=1e-9)
    np.testing.assert_allclose(
        found.paired(drawn.X, drawn.X[::-1], drawn.w), found(drawn.X, None, drawn.w)[:, ::-1].diagonal()
    )


@pytest.mark.filterwarnings("ignore:States lost")
@settings(max_examples=25)
@given(st.integers(1, 7), st.integers(2, 4), st.integers(0, 2**31))
def test_truncated_states_are_as_near_as_they_say(bond_dimension, n_layers, seed):
    """The norm that is left is an estimate of the fidelity, which bounds the error of each value."""
    circuit = line(N, n_layers)
    X, w = arguments(circuit, seed=seed)
    program, whole = (b.compile(circuit, OPERATORS) for b in (MPS(bond_dimension), Exact()))
    values, bounds = program.estimate(X, w)
    assert (np.abs(values - whole(X, w)) <= 1.5 * bounds + 1e-9).all()
    lost = program.truncation_error(X, w)
    assert ((lost >= -1e-12) & (lost <= 1)).all()


def test_much_that_is_cut_off_is_said():
    circuit = line(N, 4)
    X, w = arguments(circuit)
    with pytest.warns(UserWarning, match="States lost up to 0.* use a larger bond_dimension"):
        MPS(2).compile(circuit, OPERATORS)(X, w)
    with pytest.warns(UserWarning, match="States lost up to 0"):
        K = MPS(1).overlaps(circuit, X, None, w)
    np.testing.assert_array_equal(K.diagonal(), 1.0)
    assert (K <= 1 + 1e-12).all()


@pytest.mark.filterwarnings("ignore:States lost")
def test_gradients_of_truncated_values_are_near_finite_differences():
    """Parameter shifts are exact for circuits; truncated values are not quite those of one."""
    circuit = line(8, 6)
    X, w = arguments(circuit, 2)
    program, h = MPS(4).compile(circuit, all_z(8)), 1e-5
    lost, dw = program.truncation_error(X, w).max(), np.random.default_rng(1).normal(size=w.shape)
    assert 1e-5 < lost < 0.05
    slope = program.pullback(X, w, np.ones((2, 8)))[1] @ dw
    expected = np.sum(program(X, w + h * dw) - program(X, w - h * dw)) / (2 * h)
    np.testing.assert_allclose(slope, expected, atol=10 * lost * np.abs(dw).sum())


@pytest.mark.parametrize("circuit", [layers(40, 2), line(100, 3)])
def test_wide_circuits(circuit):
    n = circuit.num_qubits
    X, w = arguments(circuit, 2)
    operators = [one_qubit_paulis(n)[k] for k in (0, 1, 3 * n // 2, 3 * n - 1)]
    found, other = (b.compile(circuit, operators) for b in (MPS(), PauliPropagation()))
    np.testing.assert_allclose(found(X, w), other(X, w), atol=1e-9)
    np.testing.assert_allclose(
        found(X, w), Aer(method="matrix_product_state").compile(circuit, operators)(X, w), atol=1e-8
    )
    g = np.ones((2, 4))
    for slopes in zip(*(p.pullback(X, w, g) for p in (found, other)), strict=True):
        np.testing.assert_allclose(*slopes, atol=1e-9)


def test_fidelities_of_40_qubits():
    """The oracle is the mean of a projector in the circuit of a pair; only rows that are near have much in common."""
    circuit = line(40, 2)
    X, w = arguments(circuit, 4)
    X = X[:1] + 0.4 * X
    K = MPS().overlaps(circuit, X, None, w)
    np.testing.assert_allclose(K, PairOverlaps(MPS(), circuit)(X, None, w), atol=1e-10)
    assert 1e-3 < K.min() < 0.5


def test_what_does_not_fit_is_refused():
    """By the circuit alone, before anything is run."""
    with pytest.raises(ValueError, match=r"max_memory=1000 bytes, but 6 qubits need \d+ bytes; use a smaller bond_dim"):
        MPS(max_memory=1000).compile(layers(6, 2), all_z(6))
    with pytest.raises(ValueError, match="40 qubits need"):
        MPS(None).compile(layers(40, 12), all_z(40))
    with pytest.raises(ValueError, match="bond_dimension must be"):
        MPS(0).compile(layers(6, 2), all_z(6))
