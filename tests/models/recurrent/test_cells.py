"""Cells: one step against Qiskit, the compiled loop against single steps, gradients against finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import Exact, Shots
from skqml.models.recurrent import QGRUCell, QLSTMCell, QRNNCell, Step
from skqml.models.recurrent.measured import measured

CELLS = [QRNNCell, QLSTMCell, QGRUCell]


def compiled(cell, n_channels=1, n_reservoirs=2, seed=0, backend=None):
    """A step, and random weights for some reservoirs."""
    step = cell.compile(n_channels, Exact() if backend is None else backend)
    return step, step.draw(n_reservoirs, 1.5, np.random.default_rng(seed))


def start(cell, n_sequences, n_reservoirs):
    return cell.init_state(n_sequences * n_reservoirs).reshape(n_sequences, n_reservoirs, -1)


def qiskit_step(cell, state, x, w):
    """One step of a `QRNNCell` for one row, from Qiskit's simulator."""
    circuit, wires = cell.circuit(len(x)), max(len(x), cell.n_inputs)
    fed = np.concatenate([np.resize(x, wires), cell.hidden_scale * w[-1] * state])
    numbers = {f"x[{k}]": a for k, a in enumerate(np.stack([np.arctan(fed), np.arctan(fed**2)], axis=1).ravel())}
    numbers |= {f"w[{k}]": a for k, a in enumerate(w[:-1])}
    psi = Statevector(circuit.assign_parameters({p: numbers[p.name] for p in circuit.parameters}))
    out = [psi.expectation_value(SparsePauliOp(o.labels[0])).real for o in measured(cell.features, cell.n_qubits)]
    return state + cell.leak * (np.tanh(out[: cell.n_hidden]) - state), np.array(out)


@pytest.mark.parametrize(
    ("cell", "n_channels"),
    [
        (QRNNCell(n_qubits=4, n_inputs=1, n_layers=2, features=("Z", "ZZ", "X", "XY", "YY")), 1),
        (QRNNCell(n_qubits=5, n_inputs=2, n_layers=1, leak=1.0), 1),
        (QRNNCell(n_qubits=4, n_inputs=2, n_layers=1, features=("X",)), 5),
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


@pytest.mark.parametrize("cls", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=8, derandomize=True)
def test_compiled_loop_is_the_loop_of_steps(cls, data):
    n_qubits = data.draw(st.integers(2, 5))
    cell = cls(
        n_qubits=n_qubits,
        n_inputs=data.draw(st.integers(1, n_qubits - 1)),
        n_layers=data.draw(st.integers(1, 2)),
        features=data.draw(st.sampled_from([("Z",), ("Z", "ZZ"), ("ZZ", "X"), ("Y", "XX")])),
        hidden_scale=data.draw(st.sampled_from([0.5, 1.3])),
        leak=data.draw(st.sampled_from([0.4, 1.0])),
    )
    n_channels = data.draw(st.integers(1, 4))
    step, W = compiled(cell, n_channels)
    X = np.random.default_rng(n_qubits).normal(size=(3, 4, n_channels))
    state, out = step.run(X, W, start(cell, 3, 2))
    slow_state, slow_out = Step.run(step, X, W, start(cell, 3, 2))
    np.testing.assert_allclose(out, slow_out, atol=1e-10)
    np.testing.assert_allclose(state, slow_state, atol=1e-10)


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


@pytest.mark.parametrize("cls", CELLS)
def test_pullback_is_the_derivative(cls):
    cell = cls(n_qubits=3, n_inputs=1, n_layers=1, hidden_scale=0.8, leak=0.6)
    step, W = compiled(cell, 2)
    rng = np.random.default_rng(3)
    arguments = [0.3 * rng.normal(size=(2, cell.init_state(1).shape[1])), rng.normal(size=(2, 2)), W]
    state, out, pullback = step.forward(*arguments)
    cotangents = rng.normal(size=state.shape), rng.normal(size=out.shape)
    derivatives = pullback(*cotangents)
    for number, (argument, derivative) in enumerate(zip(arguments, derivatives, strict=True)):
        direction = rng.normal(size=argument.shape)

        def moved(width, number=number, direction=direction):
            shifted = [a + width * direction if k == number else a for k, a in enumerate(arguments)]
            return sum(np.sum(g * v) for g, v in zip(cotangents, step(*shifted), strict=True))

        assert (moved(1e-5) - moved(-1e-5)) / 2e-5 == pytest.approx(np.sum(derivative * direction), abs=1e-8)
    again = pullback(*cotangents)
    np.testing.assert_array_equal(again[2], derivatives[2])


def test_rows_do_not_see_each_other():
    cell = QRNNCell(n_qubits=4, n_inputs=1, n_layers=1)
    step, W = compiled(cell, n_reservoirs=3)
    X = np.random.default_rng(0).normal(size=(5, 6, 1))
    out = step.run(X, W, start(cell, 5, 3))[1]
    alone = step.run(X[2:3], W[1:2], start(cell, 1, 1))[1]
    np.testing.assert_allclose(alone[0, :, 0], out[2, :, 1], atol=1e-12)


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
        (QRNNCell(features=("Q",)), "features"),
        (QRNNCell(features="ZZ"), "features"),
    ],
)
def test_wrong_parameters_are_named(cell, message):
    with pytest.raises(ValueError, match=message):
        cell.compile(1, Exact())
