"""Cells of circuits: one step against Qiskit, any drawn circuit, formulas, gains; beside what holds for every cell."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import Exact, Shots
from skqml.circuits import Observable, all_z, one_qubit_paulis
from skqml.models.base.drawing import resolve_observables
from skqml.models.recurrent import CircuitCell, QGRUCell, QLSTMCell, QRNNCell, Step
from tests.models.recurrent.cells.cells import compiled, start


def qiskit_step(cell, state, x, w):
    """One step of a `QRNNCell` for one row, from Qiskit's simulator."""
    circuit, wires = cell.circuit(len(x)), max(len(x), cell.n_inputs)
    fed = np.concatenate([np.resize(x, wires), cell.hidden_scale * w[-1] * state])
    numbers = {f"x[{k}]": a for k, a in enumerate(fed[:wires])} | {f"h[{k}]": a for k, a in enumerate(fed[wires:])}
    numbers |= {f"w[{k}]": a for k, a in enumerate(w[:-1])}
    psi = Statevector(circuit.assign_parameters({p: numbers[p.name] for p in circuit.parameters}))
    z, out = (
        np.array([psi.expectation_value(o.to_operator()).real for o in resolve_observables(asked, cell.n_qubits)])
        for asked in (all_z, cell.observables)
    )
    return state + cell.leak * (np.tanh(z[: cell.n_hidden]) - state), out


@pytest.mark.parametrize(
    ("cell", "n_channels"),
    [
        (QRNNCell(n_qubits=4, n_inputs=1, n_layers=2, observables=one_qubit_paulis), 1),
        (QRNNCell(n_qubits=5, n_inputs=2, n_layers=1, leak=1.0), 1),
        (QRNNCell(n_qubits=4, n_inputs=2, n_layers=1, observables=[SparsePauliOp("XIYI")]), 5),
        (
            QRNNCell(
                n_qubits=3, n_inputs=1, n_layers=1, observables=(Observable(("XX1", "III"), (0.5, 2.0)), *all_z(3))
            ),
            1,
        ),
        (QRNNCell(n_qubits=2, n_inputs=1, n_layers=1), 2),
    ],
)
def test_steps_are_those_of_qiskit(cell, n_channels):
    step, W = compiled(cell, n_channels)
    X = np.random.default_rng(1).normal(size=(1, 3, n_channels))
    state, out = step.run(X, W, start(cell, 1, 2))
    for r, w in enumerate(W):
        expected = np.zeros(cell.n_hidden)
        for t in range(3):
            expected, values = qiskit_step(cell, expected, X[0, t], w)
            np.testing.assert_allclose(out[0, t, r], values, atol=1e-12)
        np.testing.assert_allclose(state[0, r], expected, atol=1e-12)


class Drawn(CircuitCell):
    """Any gates and angles that a user may draw, two circuits a step, and a state of two parts."""

    def __init__(self, seed=0, odd=False, n_qubits=3, n_inputs=1, *, observables=None, hidden_scale=1.0, leak=1.0):
        super().__init__(n_qubits, n_inputs, observables=observables, hidden_scale=hidden_scale, leak=leak)
        self.seed = seed
        self.odd = odd

    def draw(self, qc, x, h, weight):
        rng, values = np.random.default_rng(self.seed), [*x, *h]
        for q, v in enumerate(values[: self.n_qubits]):
            if rng.integers(2):
                qc.h(q)
            qc.ry(v.arctan(), q)
            qc.rz((v**2).arctan(), q)
        for _ in range(12):
            a, b = rng.permutation(self.n_qubits)[:2]
            v, w = values[rng.integers(len(values))], weight()
            gates = [qc.rx, qc.ry, qc.rz, qc.p]
            angles = [v, v.arctan(), (v**2).arctan(), w, 0.3, -0.5 * w + 0.2]
            gates[rng.integers(4)](angles[rng.integers(6)], a)
            [qc.cx, qc.cz, qc.swap, partial(qc.rzz, w), qc.iswap][rng.integers(5)](a, b)
            [qc.h, qc.s, qc.t, qc.sx, qc.x, qc.y][rng.integers(6)](a)
        if self.odd:  # nothing that the compiled loop knows
            qc.ry(values[0] * weight(), 0)
            qc.rxx(0.3, 0, 1)

    def state_sizes(self):
        return self.n_hidden, 2

    def update(self, measure, x, scale, h, c):
        z = measure(x, scale * h)
        new = measure(x * 0.5, scale * z[self.n_inputs :])[:2]
        return self._leaky(h, 0.5 * z[: self.n_hidden].tanh()), 1 - new * c.sigmoid()


@pytest.mark.parametrize("odd", [False, True])
@given(st.integers(0, 1000), st.integers(2, 4), st.integers(1, 4))
@settings(deadline=None, max_examples=15, derandomize=True)
def test_a_drawn_cell_runs_compiled_as_it_runs_step_by_step(odd, seed, n_qubits, n_channels):
    cell = Drawn(
        seed, odd, n_qubits=n_qubits, n_inputs=1 + seed % (n_qubits - 1), leak=0.7, observables=one_qubit_paulis
    )
    step, W = compiled(cell, n_channels)
    assert (step._loop is None) == odd
    X = np.random.default_rng(seed).normal(size=(2, 3, n_channels))
    quick, slow = step.run(X, W, start(cell, 2, 2)), Step.run(step, X, W, start(cell, 2, 2))
    for ours, theirs in zip(quick, slow, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_qlstm_is_its_formulas():
    cell = QLSTMCell(n_qubits=3, n_inputs=1, n_layers=1, hidden_scale=0.7, leak=0.8)
    step, (w,) = compiled(cell, n_reservoirs=1)
    blocks, read = w[:-1].reshape(6, -1), QRNNCell(n_qubits=3, n_inputs=1, n_layers=1, hidden_scale=1.0)

    def z(k, v):
        return qiskit_step(read, np.array(v[1:]), v[:1], np.append(blocks[k], 1.0))[1][:3]

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    h, c = np.array([0.3, -0.2]), np.array([0.1, 0.5, -0.4])
    v = np.array([0.6, *(0.7 * h)])
    c_new = sigma(z(0, v)) * c + sigma(z(1, v)) * np.tanh(z(2, v))
    m = sigma(z(3, v)) * np.tanh(c_new)
    state, out = step(np.array([[*h, *c]]), np.array([[0.6]]), w[None])
    np.testing.assert_allclose(state[0], [*(0.2 * h + 0.8 * z(4, m)[:2]), *c_new], atol=1e-12)
    np.testing.assert_allclose(out[0, :3], z(5, m), atol=1e-12)


def test_qgru_is_its_formulas():
    cell = QGRUCell(n_qubits=3, n_inputs=1, n_layers=1)
    step, (w,) = compiled(cell, n_reservoirs=1)
    blocks, read = w[:-1].reshape(3, -1), QRNNCell(n_qubits=3, n_inputs=1, n_layers=1, hidden_scale=1.0)

    def z(k, h):
        return qiskit_step(read, h, np.array([0.6]), np.append(blocks[k], 1.0))[1][:2]

    h = np.array([0.3, -0.2])
    reset, keep = (1 / (1 + np.exp(-z(k, h))) for k in (0, 1))
    state, _ = step(h[None], np.array([[0.6]]), w[None])
    np.testing.assert_allclose(state[0], keep * h + (1 - keep) * np.tanh(z(2, reset * h)), atol=1e-12)


def test_gain_gives_the_spectral_radius():
    """Linearised at zero, feedback has the radius hidden_scale, or less where the cell would not forget."""
    cell = QRNNCell(n_qubits=4, n_inputs=1, n_layers=2, hidden_scale=0.7, leak=1.0)
    step, W = compiled(cell, n_reservoirs=8)
    h, radii = 1e-5 * np.concatenate([np.eye(3), -np.eye(3)]), []
    for w in W:
        z = np.arctanh(step(h, np.zeros((6, 1)), np.tile(w, (6, 1)))[0])
        radii.append(np.abs(np.linalg.eigvals((z[:3] - z[3:]) / 2e-5)).max())
    assert max(radii) < 0.7 + 1e-6
    assert np.isclose(radii, 0.7, atol=1e-6).sum() >= 4


def test_cells_forget_their_state():
    """Two states come together under equal inputs, whatever the random angles."""
    cell = QRNNCell(n_qubits=5)
    step, W = compiled(cell, n_reservoirs=20)
    X = np.repeat(0.2 * np.random.default_rng(5).normal(size=(1, 300, 1)), 2, axis=0)
    state = start(cell, 2, 20)
    state[1] = 0.4
    first, second = step.run(X, W, state)[0]
    np.testing.assert_allclose(first, second, atol=1e-3)


def test_shots_scatter_around_the_exact_values_and_steps_differ():
    cell = QRNNCell(n_qubits=3, n_inputs=1, n_layers=1, hidden_scale=1e-9)
    exact, W = compiled(cell, n_reservoirs=1)
    noisy = cell.compile(1, Shots(10_000, random_state=0))
    X = np.full((1, 4, 1), 0.5)
    error = noisy.run(X, W, start(cell, 1, 1))[1] - exact.run(X, W, start(cell, 1, 1))[1]
    assert 0 < np.abs(error).max() < 0.06
    assert len(np.unique(error[0, :, 0, 0])) > 1


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (QRNNCell(n_qubits=1, n_inputs=1), "n_qubits"),
        (QRNNCell(n_qubits=30), "n_qubits"),
        (QRNNCell(n_qubits=3, n_inputs=3), "n_inputs"),
        (QGRUCell(n_layers=0), "n_layers"),
        (QLSTMCell(leak=1.5), "leak"),
        (QRNNCell(hidden_scale=-1.0), "hidden_scale"),
        (QRNNCell(observables=[]), "observables"),
        (QRNNCell(observables=all_z(3)), "8 qubits"),
    ],
)
def test_wrong_parameters_are_named(cell, message):
    with pytest.raises(ValueError, match=message):
        cell.compile(1, Exact())
