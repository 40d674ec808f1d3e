"""What is compiled more than once, because Numba's cache keeps a file's own functions, is the same linear algebra."""

from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Pauli, SparsePauliOp
from scipy.linalg import hadamard

import skqml.models.recurrent as recurrent
from skqml.engine.density import tables as noisy
from skqml.engine.density.compiled import forward, tangent
from skqml.engine.density.noisy_circuit import read_circuit
from skqml.engine.density.wide import compiled as noisy_tiles
from skqml.engine.density.wide import stages as noisy_stages
from skqml.engine.reading.lower import lower
from skqml.engine.statevector.compiled import measure
from skqml.engine.statevector.group_sweeps import GroupSweeps
from skqml.engine.statevector.measured import runs_of
from skqml.engine.statevector.tables import tabulate
from skqml.engine.statevector.wide.basis import Basis
from skqml.engine.statevector.wide.compiled import tiles
from skqml.engine.statevector.wide.sweeps import WideSweeps
from skqml.engine.walsh import walsh

RNG = np.random.default_rng(0)
FOUND = walk_packages(recurrent.__path__, recurrent.__name__ + ".")
circuit_loop = import_module(next(module.name for module in FOUND if module.name.endswith(".circuit_loop")))


def in_lanes(function, *arrays):
    """The last of some arrays as a compiled function leaves it, which takes each with eight equal lanes."""
    lines = [np.repeat(a[:, None], 8, axis=1) if isinstance(a, np.ndarray) else a for a in arrays]
    function(*lines)
    changed = next(a for a in reversed(lines) if isinstance(a, np.ndarray) and len(a) != 12)
    assert (changed == changed[:, :1]).all()
    return changed[:, 0]


def in_place(function, vector):
    vector = vector.copy()
    function(vector)
    return vector


TRANSFORMS = {
    "NumPy": walsh,
    "lanes": lambda v: in_lanes(measure.walsh, v),
    "recurrent": lambda v: in_place(circuit_loop._walsh, v),
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("n_qubits", [1, 3, 5])
def test_walsh_hadamard_transforms(transform, n_qubits):
    v = RNG.normal(size=2**n_qubits)
    np.testing.assert_allclose(transform(v), hadamard(2**n_qubits) @ v, atol=1e-12)


def by_lanes(psi, x, z, n_y):
    states = np.repeat(np.stack([psi.real, psi.imag], axis=1).reshape(1, -1, 1), 8, axis=2)
    values, work = np.empty((8, 1)), np.empty((len(psi) + 3, 8))
    strings = np.array([[x, z, n_y]])
    measure.off_diagonal_means(states, len(psi).bit_length() - 1, strings, runs_of(strings), values, work)
    return values[0, 0]


EXPECTATIONS = {
    "lanes": by_lanes,
    "recurrent": lambda psi, x, z, n_y: circuit_loop._off_diagonal(np.stack([psi.real, psi.imag]), x, z, n_y),
}


@pytest.mark.parametrize("expectation", EXPECTATIONS.values(), ids=EXPECTATIONS)
@pytest.mark.parametrize("label", ["IXI", "XZY", "YYI", "ZYZ", "YYY", "XXX"])
def test_expectations_of_strings_with_x_or_y(expectation, label):
    psi = RNG.normal(size=8) + 1j * RNG.normal(size=8)
    x, z = (sum((letter in pair) << q for q, letter in enumerate(reversed(label))) for pair in ("XY", "YZ"))
    expected = np.vdot(psi, Pauli(label).to_matrix() @ psi).real
    np.testing.assert_allclose(expectation(psi, x, z, (x & z).bit_count()), expected, atol=1e-12)


def on_qubit(block, q, n_qubits=3):
    """A 4 x 4 matrix on one qubit, as a matrix on all of them."""
    return np.kron(np.kron(np.eye(4 ** (n_qubits - 1 - q)), block), np.eye(4**q))


FULL = np.vstack([[1.0, 0.0, 0.0, 0.0], RNG.normal(size=(3, 4))])
ROWS = np.vstack([np.zeros(4), FULL[1:]])
BLOCKS = {
    "apply": (FULL, lambda s, q, m: in_lanes(forward.apply_block, s, np.empty_like(s), q, m)),
    "pull": (FULL.T, lambda s, q, m: in_lanes(forward.pull_block, s, q, m)),
    "add": (ROWS, lambda s, q, m: in_lanes(tangent._add_block, s, np.zeros_like(s), q, m)),
    "add pulled": (ROWS.T, lambda s, q, m: in_lanes(tangent._add_pulled_block, s, np.zeros_like(s), q, m)),
}


@pytest.mark.parametrize(("matrix", "act"), BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("q", range(3))
def test_blocks_of_one_qubit(matrix, act, q):
    s = RNG.normal(size=64)
    np.testing.assert_allclose(act(s, q, FULL[1:].ravel()), on_qubit(matrix, q) @ s, atol=1e-12)


def tiles_of_a_state(shift):
    """The ways in and out of each tile of one state, and the places (lines, lanes) of its numbers; 16 lines, or 32."""
    basis = Basis(2, [0b0110, 0b0011])
    combination, numbers, _ = basis.tiles(4)
    for tile in numbers:
        lines = ((tile ^ combination)[:, None] << shift) + np.arange(1 + shift)
        places = 8 * lines.reshape(-1, 1) + np.arange(8)
        yield (
            lambda s, t, tile=tile: tiles.gather(s.reshape(-1, 8), t, combination, tile, shift),
            lambda s, t, tile=tile: tiles.scatter(s.reshape(-1, 8), t, combination, tile, shift, 1.0),
            places,
        )


def tiles_of_a_noisy_state(*inside):
    """The same of a noisy one of four qubits; a stage acts on two of them."""
    circuit = QuantumCircuit(4)
    circuit.rzz(ParameterVector("w", 1)[0], *inside)
    (stage,) = noisy_stages.stages(noisy.tabulate(read_circuit(circuit, None)), 2)
    for number, tile in enumerate(stage.tiles):
        yield (
            lambda s, t, number=number: noisy_tiles._gather(s, t, stage, number),
            lambda s, t, number=number: noisy_tiles._scatter(s, t, stage, number),
            tile + stage.inside[:, None] + stage.lanes,
        )


TILES = {
    "real state": list(tiles_of_a_state(0)),
    "state": list(tiles_of_a_state(1)),
    "noisy state, lanes are neighbours": list(tiles_of_a_noisy_state(2, 3)),
    "noisy state, neighbours in a tile": list(tiles_of_a_noisy_state(0, 1)),
    "noisy state, no neighbours": list(tiles_of_a_noisy_state(1, 3)),
}


@pytest.mark.parametrize("ways", TILES.values(), ids=TILES)
def test_tiles_are_copied_out_and_back(ways):
    state = RNG.normal(size=sum(places.size for *_, places in ways))
    np.testing.assert_array_equal(np.sort(np.concatenate([p.ravel() for *_, p in ways])), np.arange(state.size))
    for gather, scatter, places in ways:
        tile, other, expected = np.empty(places.shape), RNG.normal(size=places.shape), state.copy()
        gather(state, tile)
        np.testing.assert_array_equal(tile, state[places])
        expected[places] = other
        scatter(state, other)
        np.testing.assert_array_equal(state, expected)


N_QUBITS, N_ROWS = 6, 3
LAYER = [("y", 0), ("x", 1), ("y", 5), ("zz", 0, 1), ("z", 2), ("zz", 3, 5), ("x", 2), ("yy", 1, 4), ("xx", 0, 3)]
TURNS = 2 * [*LAYER, ("z", 0), ("y", 3)]
STRINGS = np.array([(0b000000, 0b000101, 0), (0b000000, 0b100000, 0), (0b010010, 0b000000, 0), (0b000101, 0b001100, 1)])
X, W = RNG.normal(size=(N_ROWS, len(TURNS) // 2)), RNG.normal(size=len(TURNS) // 2)


def interleaved(X, w):
    """Angles (n_rows, n_turns): each turn by a weight is followed by one by a feature."""
    return np.stack([np.tile(w, (len(X), 1)), X], axis=2).reshape(len(X), -1)


def states_and_derivatives(angles):
    """The state (2**n_qubits,) behind the turns, and its derivatives (n_turns, 2**n_qubits), from dense matrices."""
    psi, slopes = np.eye(2**N_QUBITS)[0] + 0j, np.zeros((len(TURNS), 2**N_QUBITS), dtype=complex)
    for k, ((letters, *qubits), a) in enumerate(zip(TURNS, angles, strict=True)):
        P = SparsePauliOp.from_sparse_list([(letters.upper(), qubits, 1.0)], N_QUBITS).to_matrix()
        psi = np.cos(a / 2) * psi - 1j * np.sin(a / 2) * P @ psi
        slopes = np.cos(a / 2) * slopes - 1j * np.sin(a / 2) * slopes @ P.T
        slopes[k] = -0.5j * P @ psi
    return psi, slopes


def turning():
    """The tables of the turns."""
    circuit, x, w = QuantumCircuit(N_QUBITS), ParameterVector("x", len(W)), ParameterVector("w", len(W))
    for (letters, *qubits), angle in zip(TURNS, [a for pair in zip(w, x, strict=True) for a in pair], strict=True):
        getattr(circuit, f"r{letters}")(angle, *qubits)
    return tabulate(lower(circuit), None)[0]


SWEEPS = {
    "rows in lanes": lambda: GroupSweeps(turning(), 1, 2**30, np.dtype(float), STRINGS),
    "amplitudes in lanes": lambda: WideSweeps(turning(), 1, 2**30, np.dtype(float), STRINGS, 2),
}


@pytest.mark.parametrize("make", SWEEPS.values(), ids=SWEEPS)
def test_derivatives_of_states(make):
    """Those of density matrices, which no phase changes."""
    dX, dw = RNG.normal(size=X.shape), RNG.normal(size=W.shape)
    found = (A[:, 0] + 1j * A[:, 1] for A in make().tangents(X, W, dX, dw))
    for s, d, angles, rates in zip(*found, interleaved(X, W), interleaved(dX, dw), strict=True):
        psi, slopes = states_and_derivatives(angles)
        ours, expected = np.outer(d, s.conj()), np.outer(rates @ slopes, psi.conj())
        np.testing.assert_allclose(ours + ours.conj().T, expected + expected.conj().T, atol=1e-12)


@pytest.mark.parametrize("make", SWEEPS.values(), ids=SWEEPS)
def test_reverse_sweeps(make):
    sweeps, g, expected = make(), RNG.normal(size=(N_ROWS, len(STRINGS))), []
    bits = np.arange(N_QUBITS)
    paulis = [Pauli((z >> bits & 1 == 1, x >> bits & 1 == 1)).to_matrix() for x, z, _ in STRINGS]
    for angles, factors in zip(interleaved(X, W), g, strict=True):
        psi, slopes = states_and_derivatives(angles)
        expected.append(2 * (slopes.conj() @ np.tensordot(factors, paulis, 1) @ psi).real)
    run = sweeps.run(X, W)
    dX, dw = sweeps.pullback(run, sweeps.pullback_means(run.states, g))
    np.testing.assert_allclose(dX, np.array(expected)[:, 1::2], atol=1e-12)
    np.testing.assert_allclose(dw, np.sum(expected, axis=0)[::2], atol=1e-12)
