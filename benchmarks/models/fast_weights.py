"""Loss and gradient of a fast-weight regressor over all windows: the slow programmer's numbers behind a circuit."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group

N_QUBITS, N_LAYERS, N_MEASURED, LATENT = 8, 2, 4, 8


def cases(quick: bool) -> Iterator[Group]:
    """Yield windows of 4 steps, as many as in the paper, and longer ones."""
    sizes = [(4, 9)] if quick else [(4, 157), (64, 157)]
    for n_steps, n_samples in sizes:
        name = f"Loss and gradient, 8 qubits, 111 parameters, {n_samples} windows of {n_steps} steps"
        yield Group(name, list(_contenders(n_steps, n_samples)), reference="skqml")


def _contenders(n_steps: int, n_samples: int) -> Iterator[Contender]:
    """All compute the sum of squared errors, followed by its derivative (111,)."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n_samples, n_steps)), rng.normal(size=n_samples)
    v = 0.1 * rng.normal(size=111)
    few = min(8, n_samples)
    peers: list[tuple[str, Callable, int, str]] = [
        ("skqml", skqml, n_samples, "exact, double precision"),
        ("PennyLane, JAX", pennylane_jax, n_samples, "jit, vmap and scan, compiled before"),
        ("PennyLane lightning, adjoint", lightning, few, f"ran {few} of {n_samples} windows, scaled"),
    ]
    for label, make, n_rows, note in peers:
        try:
            compute = make(X[:n_rows], y[:n_rows])
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        whole = n_rows == n_samples
        yield Contender(
            label,
            lambda compute=compute: compute(v),
            share=n_rows / n_samples,
            note=note,
            part=(lambda r: r) if whole else lambda _, n=n_rows: skqml(X[:n], y[:n])(v),
        )


def skqml(X: np.ndarray, y: np.ndarray) -> Callable:
    """One circuit a window, whatever its length, as in training."""
    from skqml import FastWeightRegressor

    sizes = {"n_qubits": N_QUBITS, "n_layers": N_LAYERS, "n_measured": N_MEASURED, "n_latent": LATENT}
    network = FastWeightRegressor(**sizes, max_iter=1, tol=None).fit(X, y).network_
    rows = network.rows(X[:, :, None])

    def compute(v):
        scores, pullback = network.forward(rows, v)
        return np.append(np.sum((scores[:, 0] - y) ** 2), pullback(2 * (scores - y[:, None])))

    return compute


def _unpack(v):
    """The four affine maps of the model."""
    maps = []
    for n_rows, n_columns in ((LATENT, 2), (N_LAYERS, LATENT + 1), (N_QUBITS, LATENT + 1), (1, N_MEASURED + 1)):
        matrix, v = v[: n_rows * n_columns].reshape(n_rows, n_columns), v[n_rows * n_columns :]
        maps.append((matrix[:, :-1], matrix[:, -1]))
    return maps


def _pennylane_circuit(qml) -> Callable:
    def circuit(x, theta):
        for q in range(N_QUBITS):
            qml.Hadamard(q)
        qml.RY(x, 0)
        for layer in range(N_LAYERS):
            for first in (0, 1):
                for q in range(first, N_QUBITS - 1, 2):
                    qml.CNOT([q, q + 1])
            for q in range(N_QUBITS):
                qml.RY(theta[layer, q], q)
        return [qml.expval(qml.PauliZ(q)) for q in range(N_MEASURED)]

    return circuit


def pennylane_jax(X: np.ndarray, y: np.ndarray) -> Callable:
    """The recurrence as published, through all windows under one jit, in double precision."""
    import jax
    import pennylane as qml

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    device = qml.device("default.qubit", wires=N_QUBITS)
    node = qml.QNode(_pennylane_circuit(qml), device, interface="jax", diff_method="backprop")

    def predict(v, window):
        (E, e0), (A, a0), (B, b0), (R, r0) = _unpack(v)

        def update(theta, x):
            e = E @ x[None] + e0
            return theta + jnp.outer(A @ e + a0, B @ e + b0), None

        theta, _ = jax.lax.scan(update, jnp.zeros((N_LAYERS, N_QUBITS)), window)
        return (R @ jnp.stack(node(window[-1], theta)) + r0)[0]

    def loss(v):
        return jnp.sum((jax.vmap(predict, in_axes=(None, 0))(v, X) - y) ** 2)

    both = jax.jit(jax.value_and_grad(loss))

    def compute(v):
        value, gradient = both(v)
        return np.append(value, gradient)

    return compute


def lightning(X: np.ndarray, y: np.ndarray) -> Callable:
    """The C++ device's adjoint method, window by window."""
    import pennylane as qml

    device = qml.device("lightning.qubit", wires=N_QUBITS)
    node = qml.QNode(_pennylane_circuit(qml), device, diff_method="adjoint")
    np_ = qml.numpy

    def squared_error(v, window, target):
        (E, e0), (A, a0), (B, b0), (R, r0) = _unpack(v)
        theta = 0.0
        for x in window:
            e = E[:, 0] * x + e0
            theta = theta + np_.outer(A @ e + a0, B @ e + b0)
        z = np_.stack(node(window[-1], theta))
        return ((R @ z + r0)[0] - target) ** 2

    value_and_slope = qml.grad(squared_error, argnums=0)

    def compute(v):
        v, total = np_.array(v, requires_grad=True), np.zeros(len(v) + 1)
        for window, target in zip(X, y, strict=True):
            slope = value_and_slope(v, np_.array(window, requires_grad=False), target)
            total += np.append(value_and_slope.forward, slope)
        return total

    return compute
