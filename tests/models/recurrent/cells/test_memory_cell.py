"""The memory cell against density matrices of Qiskit."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, partial_trace

from skqml import Exact, Shots
from skqml.circuits import one_qubit_paulis
from skqml.models.base.drawing import resolve_observables
from skqml.models.recurrent import MemoryCell, QRNNReservoirRegressor
from tests.models.recurrent.cells.cells import compiled, start


def qiskit_step(cell, rho, x, w):
    """Memory (a DensityMatrix) and features behind one step."""
    n = cell.n_memory + cell.n_inputs
    paulis = resolve_observables(cell.observables, n) + (one_qubit_paulis(n)[::3] if cell.observables is None else ())
    blocks = -(-len(x) // cell.n_inputs)
    pieces = w.reshape(blocks, cell.n_nodes, -1)
    x = np.resize(x, blocks * cell.n_inputs).reshape(blocks, -1)
    for block in range(blocks):
        encoding = QuantumCircuit(cell.n_inputs)
        for q, v in enumerate(x[block]):
            encoding.h(q)
            encoding.ry(np.arctan(v), q)
            encoding.rz(np.arctan(v**2), q)
        whole, out = DensityMatrix(encoding).tensor(rho), []
        for angles in pieces[block]:
            whole = whole.evolve(cell.circuit().assign_parameters(angles))
            out += [whole.expectation_value(o.to_operator()).real for o in paulis]
        rho = partial_trace(whole, range(cell.n_memory, n))
    return rho, np.array(out)


@pytest.mark.parametrize(
    ("cell", "n_channels"),
    [
        (MemoryCell(n_memory=2, n_layers=1), 1),
        (MemoryCell(n_memory=3, n_inputs=2, n_layers=1, n_nodes=2, observables=one_qubit_paulis), 1),
        (MemoryCell(n_memory=2, n_inputs=2, n_nodes=2), 3),
    ],
)
def test_is_qiskits_density_matrix(cell, n_channels):
    step, W = compiled(cell, n_channels, 2)
    X = np.random.default_rng(1).normal(size=(1, 4, n_channels))
    state, out = step.run(X, W, start(cell, 1, 2))
    for r, w in enumerate(W):
        rho = DensityMatrix.from_label("0" * cell.n_memory)
        for t in range(4):
            rho, expected = qiskit_step(cell, rho, X[0, t], w)
            np.testing.assert_allclose(out[0, t, r], expected, atol=1e-12)
        parts = state[0, r].reshape(2, *rho.data.shape)
        np.testing.assert_allclose(parts[0] + 1j * parts[1], rho.data, atol=1e-12)


def test_memory_fades():
    """Two different pasts are forgotten: states come together under the same inputs."""
    cell = MemoryCell(n_memory=3)
    step, W = compiled(cell, 1, 1)
    X = np.random.default_rng(3).normal(size=(2, 60, 1))
    X[1, 10:] = X[0, 10:]
    out = step.run(X, W, start(cell, 2, 1))[1]
    distance = np.abs(out[0] - out[1]).max(axis=(1, 2))
    assert distance[9] > 1e-2
    assert distance[-1] < 1e-3 * distance[9]


def test_remembers_inputs_in_a_regressor():
    X = np.random.default_rng(0).uniform(-1, 1, (1, 300, 1))
    y = X[:, :, 0] + np.roll(X[:, :, 0], 2, axis=1)
    model = QRNNReservoirRegressor(MemoryCell(n_memory=3), washout=10, n_reservoirs=2, input_scale=0.3, random_state=0)
    assert model.fit(X[:, :200], y[:, :200]).score(X[:, 200:], y[:, 200:]) > 0.9


def test_refusals():
    with pytest.raises(ValueError, match="Exact"):
        MemoryCell().compile(1, Shots(10))
    with pytest.raises(ValueError, match="n_memory"):
        MemoryCell(n_memory=9).compile(1, Exact())
    X = np.zeros((1, 20, 1))
    with pytest.raises(ValueError, match="leak"):
        QRNNReservoirRegressor(MemoryCell(), leak=0.5).fit(X, X[:, :, 0])
    with pytest.raises(TypeError, match="gradients"):
        QRNNReservoirRegressor(MemoryCell(n_memory=2), train_cell=True, max_iter=1).fit(X, X[:, :, 0])
