"""Pauli propagation against exact simulation, and what it says of its own errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml import Aer, Exact, PauliPropagation, all_z, one_qubit_paulis, parity
from tests.engine.strategies import drawn_circuits, observables


def layers(n_qubits, n_layers):
    """RY with data and weights, RZ, and a ring of CZ."""
    x, w = ParameterVector("x", n_qubits), ParameterVector("w", 2 * n_qubits * n_layers)
    circuit, k = QuantumCircuit(n_qubits), 0
    for layer in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(w[k] + x[q] if layer == 1 else w[k], q)
            circuit.rz(w[k + 1], q)
            k += 2
        for q in range(n_qubits):
            circuit.cz(q, (q + 1) % n_qubits)
    return circuit


def arguments(circuit, n_samples=3, seed=0):
    """Random rows and weights of a circuit."""
    program, rng = PauliPropagation().compile(circuit, []), np.random.default_rng(seed)
    return rng.normal(size=(n_samples, program.n_features)), rng.uniform(-np.pi, np.pi, size=program.n_weights)


@settings(max_examples=40)
@given(drawn_circuits(max_qubits=6), st.data())
def test_any_circuit(drawn, data):
    """Over the whole gate library, with angles that are functions of data and weights."""
    operators = data.draw(observables(drawn.circuit.num_qubits))
    expected = [[state.expectation_value(o).real for o in operators] for state in drawn.states()]
    program = PauliPropagation().compile(drawn.circuit, operators)
    np.testing.assert_allclose(program(drawn.X, drawn.w), expected, atol=1e-10)
    assert not program.dropped(drawn.X, drawn.w).bound.any()


@settings(max_examples=15)
@given(drawn_circuits(max_qubits=4, max_gates=6), st.data())
def test_gradients_of_any_circuit(drawn, data):
    operators = data.draw(observables(drawn.circuit.num_qubits))
    found, expected = (b.compile(drawn.circuit, operators) for b in (PauliPropagation(), Exact()))
    g = np.cos(np.arange(2.0 * len(operators))).reshape(2, -1)
    for slopes in zip(*(p.pullback(drawn.X, drawn.w, g) for p in (found, expected)), strict=True):
        np.testing.assert_allclose(*slopes, atol=1e-8 * max(1.0, *(np.abs(s).max(initial=0.0) for s in slopes)))


@settings(max_examples=40)
@given(st.integers(1, 5), st.sampled_from([0.0, 1e-3, 0.03, 0.2]), st.integers(1, 3), st.integers(0, 2**31))
def test_errors_are_within_their_bound(max_weight, min_coefficient, n_layers, seed):
    """And squares of coefficients are kept or dropped, but never lost."""
    circuit = layers(5, n_layers)
    X, w = arguments(circuit, seed=seed)
    operators = [*one_qubit_paulis(5), parity(5)]
    program = PauliPropagation(max_weight, min_coefficient).compile(circuit, operators)
    dropped = program.dropped(X, w)
    errors = np.abs(program(X, w) - Exact().compile(circuit, operators)(X, w))
    assert (errors <= dropped.bound + 1e-12).all()
    assert (dropped.weight <= 1 + 1e-12).all()
    np.testing.assert_array_equal(program.estimate(X, w)[1], np.sqrt(dropped.weight))


@pytest.mark.parametrize(
    "params", [{"max_weight": 3}, {"min_coefficient": 0.02}, {"max_weight": 4, "min_coefficient": 0.01}]
)
def test_derivatives_are_those_of_the_truncated_values(params):
    circuit = layers(6, 3)
    X, w = arguments(circuit, 9)
    program = PauliPropagation(**params).compile(circuit, one_qubit_paulis(6))
    assert program.dropped(X, w).weight.max() > 1e-4
    rng, h = np.random.default_rng(1), 1e-6
    g, dX, dw = rng.normal(size=(9, 18)), rng.normal(size=X.shape), rng.normal(size=w.shape)
    of_X, of_w = program.pullback(X, w, g)
    expected = np.sum(g * (program(X + h * dX, w + h * dw) - program(X - h * dX, w - h * dw))) / (2 * h)
    np.testing.assert_allclose(np.sum(of_X * dX) + of_w @ dw, expected, rtol=1e-6)


@pytest.mark.parametrize("params", [{"max_weight": 3}, {"min_coefficient": 0.02}])
def test_rows_do_not_know_of_each_other(params):
    circuit = layers(5, 3)
    X, w = arguments(circuit, 11)
    program = PauliPropagation(**params).compile(circuit, all_z(5))
    np.testing.assert_array_equal(program(X, w)[7:8], program(X[7:8], w))


def test_threads_change_nothing():
    circuit = layers(6, 3)
    X, w = arguments(circuit, 20)
    one, two = (PauliPropagation(4, threads=t).compile(circuit, one_qubit_paulis(6)) for t in (1, 2))
    for a, b in zip(one.pullback(X, w, np.ones((20, 18))), two.pullback(X, w, np.ones((20, 18))), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n_qubits", [40, 65, 128])
def test_wide_circuits(n_qubits):
    """Both words of the masks are in use; the oracle is a matrix product state, exact at so little entanglement."""
    circuit = layers(n_qubits, 2)
    X, w = arguments(circuit, 1)
    operators = [all_z(n_qubits)[q] for q in (0, n_qubits // 2, n_qubits - 1)]
    program = PauliPropagation().compile(circuit, operators)
    expected = Aer(method="matrix_product_state").compile(circuit, operators)(X, w)
    np.testing.assert_allclose(program(X, w), expected, atol=1e-9)


def test_clifford_circuits():
    """Of any width and depth they keep one string for each string; the oracle is Aer's stabilizer method."""
    rng, n = np.random.default_rng(0), 100
    circuit = QuantumCircuit(n)
    for _ in range(300):
        circuit.cx(*rng.choice(n, 2, replace=False))
        getattr(circuit, rng.choice(["h", "s", "sdg", "sx", "x"]))(int(rng.integers(n)))
    operators = [*all_z(n), *one_qubit_paulis(n)[:3]]
    program = PauliPropagation().compile(circuit, operators)
    # Outcomes of a stabilizer state are certain or even: 200 shots tell them apart.
    expected = Aer(method="stabilizer", shots=200, random_state=0).compile(circuit, operators)(np.zeros((1, 0)))
    values = program(np.zeros((1, 0)))
    np.testing.assert_allclose(values, np.where(np.abs(expected) > 0.9, np.sign(expected), 0.0), atol=1e-12)
    assert program.cost(1).bytes == 256 * len(operators)
