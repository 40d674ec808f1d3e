"""The fast-weight network: against the recurrence and Qiskit's statevectors, and its gradient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml.backends.exact.backend import Exact
from skqml.circuits import all_z
from skqml.models.fast_weights.circuit import fast_weight_circuit
from skqml.models.fast_weights.network import FastWeightNetwork

N_STEPS = 3


@st.composite
def networks(draw):
    """A network of random sizes, windows and parameters."""
    n_qubits = draw(st.integers(1, 4))
    n_channels, n_measured = draw(st.integers(1, n_qubits)), draw(st.integers(1, n_qubits))
    n_layers, n_latent, n_outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    circuit = fast_weight_circuit(n_channels, n_qubits, n_layers)
    program = Exact().compile(circuit, all_z(n_qubits)[:n_measured])
    network = FastWeightNetwork(program, n_channels, n_layers, n_qubits, n_latent, n_measured, n_outputs)
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return network, rng.normal(size=(2, N_STEPS, n_channels)), 0.5 * rng.normal(size=network.n_parameters)


def recurrence(network, window, v):
    """Angles after each step, as the paper writes them."""
    latent, layers, qubits, _ = network.unpack(v)
    theta = np.zeros((network.n_layers, network.n_qubits))
    for x in window:
        e = latent[:, :-1] @ x + latent[:, -1]
        a = layers[:, :-1] @ e + layers[:, -1]
        b = qubits[:, :-1] @ e + qubits[:, -1]
        theta = theta + np.outer(a, b)
        yield theta


def paper_circuit(n_qubits, x, theta):
    """Expectation values of all Z, gate by gate."""
    from qiskit import QuantumCircuit

    qc = QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        qc.h(q)
    for q, value in enumerate(x):
        qc.ry(value, q)
    for angles in theta:
        for q in list(range(0, n_qubits - 1, 2)) + list(range(1, n_qubits - 1, 2)):
            qc.cx(q, q + 1)
        for q, angle in enumerate(angles):
            qc.ry(angle, q)
    labels = ["".join("Z" if i == q else "I" for i in reversed(range(n_qubits))) for q in range(n_qubits)]
    return [Statevector(qc).expectation_value(SparsePauliOp(label)).real for label in labels]


@settings(max_examples=25)
@given(networks())
def test_scores_follow_the_recurrence(drawn):
    network, windows, v = drawn
    expected = [list(recurrence(network, window, v)) for window in windows]
    np.testing.assert_allclose(network.fast_weights(windows, v), expected, atol=1e-12)
    z = np.array([paper_circuit(network.n_qubits, w[-1], t[-1]) for w, t in zip(windows, expected, strict=True)])
    readout = network.unpack(v).readout
    scores = z[:, : network.n_measured] @ readout[:, :-1].T + readout[:, -1]
    np.testing.assert_allclose(network.scores(network.rows(windows), v), scores, atol=1e-10)


@settings(max_examples=15)
@given(networks())
def test_gradient_is_that_of_finite_differences(drawn):
    network, windows, v = drawn
    rows = network.rows(windows)
    g = np.random.default_rng(0).normal(size=(2, network.n_outputs))

    def total(v):
        return np.sum(g * network.scores(rows, v))

    scores, pullback = network.forward(rows, v)
    np.testing.assert_allclose(scores, network.scores(rows, v), atol=1e-12)
    differences = [(total(v + step) - total(v - step)) / 2e-5 for step in 1e-5 * np.eye(len(v))]
    np.testing.assert_allclose(pullback(g), differences, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("n_channels", "n_outputs", "expected"), [(1, 1, 111), (3, 1, 127), (1, 3, 121)])
def test_number_of_parameters(n_channels, n_outputs, expected):
    """(s + 1) 8 + 9 2 + 9 8 + 5 k: all classical."""
    network = FastWeightNetwork(None, n_channels, 2, 8, 8, 4, n_outputs)
    assert network.n_parameters == expected == 8 * (n_channels + 1) + 18 + 72 + 5 * n_outputs


def test_cost_of_training_does_not_grow_with_the_window():
    network = FastWeightNetwork(None, 2, 2, 8, 8, 4, 1)
    windows = np.random.default_rng(0).normal(size=(5, 1000, 2))
    rows = network.rows(windows)
    assert rows.shape == (5, 2 + 9)
    np.testing.assert_allclose(rows[:, 2 + 8], 1000.0)
    np.testing.assert_allclose(rows[:, [4, 7]], windows.sum(axis=1), atol=1e-10)


def test_circuit_draws():
    expected = """
     ┌───┐┌──────────┐     ┌──────────┐
q_0: ┤ H ├┤ Ry(x[0]) ├──■──┤ Ry(x[1]) ├────────────
     ├───┤└──────────┘┌─┴─┐└──────────┘┌──────────┐
q_1: ┤ H ├────────────┤ X ├─────■──────┤ Ry(x[2]) ├
     ├───┤            └───┘   ┌─┴─┐    ├──────────┤
q_2: ┤ H ├────────────────────┤ X ├────┤ Ry(x[3]) ├
     └───┘                    └───┘    └──────────┘"""
    drawn = [line.rstrip() for line in str(fast_weight_circuit(1, 3, 1).draw()).splitlines()]
    assert drawn == [line.rstrip() for line in expected.splitlines()[1:]]


def test_more_channels_than_qubits_are_refused():
    with pytest.raises(ValueError, match="n_channels=3 but n_qubits=2"):
        fast_weight_circuit(3, 2, 1)
