"""PennyLane on JAX: states by vmap, then one product, all under one jit, in double precision."""

from functools import cache
from itertools import combinations

import jax
import numpy as np
import pennylane as qml

jax.config.update("jax_enable_x64", True)


def _feature_map(x) -> None:
    """The ZZ feature map of two repetitions."""
    for _ in range(2):
        for i in range(len(x)):
            qml.Hadamard(i)
            qml.PhaseShift(2 * x[i], i)
        for i, j in combinations(range(len(x)), 2):
            qml.CNOT([i, j])
            qml.PhaseShift(2 * (np.pi - x[i]) * (np.pi - x[j]), j)
            qml.CNOT([i, j])


@cache
def _states_and_tile(n_qubits: int):
    @qml.qnode(qml.device("default.qubit", wires=n_qubits), interface="jax")
    def state(x):
        _feature_map(x)
        return qml.state()

    return jax.jit(jax.vmap(state)), jax.jit(lambda S, T: jax.numpy.abs(S @ T.conj().T) ** 2)


@cache
def _compiled(n_qubits: int):
    states, tile = _states_and_tile(n_qubits)
    return jax.jit(lambda X: tile(*2 * [states(X)]))


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples); the first call for a shape compiles."""
    return np.asarray(_compiled(X.shape[1])(X))


def gram_in_tiles(X: np.ndarray, step: int = 4000) -> np.ndarray:
    """The same as `gram` for more rows than fit at once: tiles on and above the diagonal, and their mirror images."""
    states, tile = _states_and_tile(X.shape[1])
    blocks = [slice(a, min(a + step, len(X))) for a in range(0, len(X), step)]
    S = [states(X[block]) for block in blocks]
    K = np.empty((len(X), len(X)))
    for i, rows in enumerate(blocks):
        for j, columns in enumerate(blocks[i:], start=i):
            K[rows, columns] = tile(S[i], S[j])
            K[columns, rows] = K[rows, columns].T
    return K


def loss_and_gradient(X: np.ndarray, targets: np.ndarray):
    """Return ``w -> [loss, gradient]``: squared error of Z of the first qubit; ZZ map, then real amplitudes."""
    n_qubits = X.shape[1]

    @qml.qnode(qml.device("default.qubit", wires=n_qubits), interface="jax", diff_method="backprop")
    def value(x, w):
        _feature_map(x)
        for k, layer in enumerate(w.reshape(-1, n_qubits)):
            for i in reversed(range(n_qubits - 1) if k else ()):  # a chain of CX, the last pair first
                qml.CNOT([i, i + 1])
            for i in range(n_qubits):
                qml.RY(layer[i], i)
        return qml.expval(qml.Z(0))

    def loss(w):
        return jax.numpy.mean((jax.vmap(value, in_axes=(0, None))(X, w) - targets) ** 2)

    both = jax.jit(jax.value_and_grad(loss))

    def compute(w):
        found, gradient = both(w)
        return np.hstack([np.asarray(found), np.asarray(gradient)])

    return compute
