"""What is compiled more than once, because Numba's cache keeps a file's own functions, is the same linear algebra."""

from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pytest
from qiskit.quantum_info import Pauli
from scipy.linalg import hadamard

import skqml.models.recurrent as recurrent
from skqml.engine.density.compiled import forward, tangent
from skqml.engine.statevector.compiled import measure
from skqml.engine.statevector.sweeps import runs_of
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
