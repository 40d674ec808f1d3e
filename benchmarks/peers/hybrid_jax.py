"""The network of `hybrid` in JAX, its circuit in PennyLane."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pennylane as qml

from benchmarks.gradients import pennylane_layers
from benchmarks.peers.hybrid import RATE, Task

jax.config.update("jax_enable_x64", True)


def epoch_of(task: Task) -> Callable[[], np.ndarray]:
    """A function that trains from the start, and returns all parameters as one vector."""
    n_qubits = len(task.start[0])

    @qml.qnode(qml.device("default.qubit", wires=n_qubits), interface="jax", diff_method="backprop")
    def circuit(x, w):
        pennylane_layers(qml, n_qubits, task.n_layers)(x, w)
        return [qml.expval(qml.PauliZ(q)) for q in range(n_qubits)]

    def loss(parameters, X, y):
        first, w, last = parameters
        values = jnp.stack(jax.vmap(circuit, in_axes=(0, None))(jnp.tanh(X @ first.T), w), axis=1)
        scores = values @ last.T
        return (jax.nn.logsumexp(scores, axis=1) - scores[jnp.arange(len(y)), y]).mean()

    @jax.jit
    def step(parameters, X, y):
        slopes = jax.grad(loss)(parameters, X, y)
        return [p - RATE * slope for p, slope in zip(parameters, slopes, strict=True)]

    X, y, start = jnp.asarray(task.X), jnp.asarray(task.y), [jnp.asarray(values) for values in task.start]

    def run() -> np.ndarray:
        parameters = start
        for rows in task.batches():
            parameters = step(parameters, X[rows], y[rows])
        return np.concatenate([np.asarray(p).ravel() for p in parameters])

    return run
