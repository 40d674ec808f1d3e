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
def _compiled(n_qubits: int):
    @qml.qnode(qml.device("default.qubit", wires=n_qubits), interface="jax")
    def state(x):
        _feature_map(x)
        return qml.state()

    @jax.jit
    def gram_of(X):
        S = jax.vmap(state)(X)
        return jax.numpy.abs(S @ S.conj().T) ** 2

    return gram_of


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples); the first call for a shape compiles."""
    return np.asarray(_compiled(X.shape[1])(X))


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
