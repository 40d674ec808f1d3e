"""Values and the full gradient of a batch of rows: RY of the features, layers of RY, RZ and a CZ ring, Z of qubit 0."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group


def cases(quick: bool) -> Iterator[Group]:
    """Yield 200 rows at 8, 4 and 12 qubits with 6 layers, or small ones."""
    sizes = [(4, 2, 20), (3, 1, 9)] if quick else [(8, 6, 200), (4, 6, 200), (12, 6, 200)]
    for n_qubits, n_layers, n_samples in sizes:
        name = f"Value and gradient, {n_qubits} qubits, {n_layers} layers, {n_samples} rows"
        yield Group(name, list(_contenders(n_qubits, n_layers, n_samples)), reference="skqml")


def _contenders(n_qubits: int, n_layers: int, n_samples: int) -> Iterator[Contender]:
    """All compute the values (n_samples,) and the derivative (2 n_qubits n_layers,) of their sum by the weights."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0, np.pi, (n_samples, n_qubits))
    w = rng.uniform(0, np.pi, 2 * n_qubits * n_layers)
    few = min(8, n_samples)
    peers: list[tuple[str, Callable, int, str]] = [
        ("skqml", skqml, n_samples, "exact, double precision"),
        ("PennyLane, JAX", pennylane_jax, n_samples, "jit and vmap, compiled before"),
        ("qulacs backprop", qulacs, n_samples, "a circuit for all rows, its parameters set for each"),
        ("PennyLane lightning, adjoint", lightning, few, f"ran {few} of {n_samples} rows, scaled"),
    ]
    for label, make, n_rows, note in peers:
        try:
            compute = make(n_qubits, n_layers)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        yield _contender(label, compute, X[:n_rows], w, n_rows / n_samples, note)


def _contender(label: str, compute: Callable, X: np.ndarray, w: np.ndarray, share: float, note: str) -> Contender:
    def part(expected):
        if share == 1.0:
            return expected
        return np.concatenate(skqml(X.shape[1], len(w) // (2 * X.shape[1]))(X, w))

    return Contender(label, lambda: compute(X, w), read=np.concatenate, part=part, share=share, note=note)


def ring_circuit(n_qubits: int, n_layers: int):
    """RY of the features, then layers of RY, RZ and a ring of CZ."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    x, w = ParameterVector("x", n_qubits), ParameterVector("w", 2 * n_qubits * n_layers)
    circuit = QuantumCircuit(n_qubits)
    weights = iter(w)
    for q in range(n_qubits):
        circuit.ry(x[q], q)
    for _ in range(n_layers):
        for gate in (circuit.ry, circuit.rz):
            for q in range(n_qubits):
                gate(next(weights), q)
        for q in range(n_qubits):
            circuit.cz(q, (q + 1) % n_qubits)
    return circuit


def compiled(n_qubits: int, n_layers: int, backend=None):
    """The program of `ring_circuit` and Z of qubit 0."""
    from skqml import Exact, Observable

    return (backend or Exact()).compile(ring_circuit(n_qubits, n_layers), [Observable("I" * (n_qubits - 1) + "Z")])


def skqml(n_qubits: int, n_layers: int, backend=None) -> Callable:
    """One forward and one reverse sweep of a program compiled before."""
    program = compiled(n_qubits, n_layers, backend)

    def compute(X, w):
        values, pullback = program.forward(X, w)
        return values[:, 0], pullback(np.ones_like(values))[1]

    return compute


def pennylane_layers(qml, n_qubits: int, n_layers: int) -> Callable:
    """The gates of `ring_circuit`."""

    def draw(x, w) -> None:
        for q in range(n_qubits):
            qml.RY(x[q], q)
        for layer in range(n_layers):
            at = 2 * n_qubits * layer
            for q in range(n_qubits):
                qml.RY(w[at + q], q)
            for q in range(n_qubits):
                qml.RZ(w[at + n_qubits + q], q)
            for q in range(n_qubits):
                qml.CZ([q, (q + 1) % n_qubits])

    return draw


def pennylane_gates(qml, n_qubits: int, n_layers: int, x, w) -> None:
    """The gates of `ring_circuit`."""
    for q in range(n_qubits):
        qml.RY(x[q], q)
    for layer in range(n_layers):
        at = 2 * n_qubits * layer
        for q in range(n_qubits):
            qml.RY(w[at + q], q)
        for q in range(n_qubits):
            qml.RZ(w[at + n_qubits + q], q)
        for q in range(n_qubits):
            qml.CZ([q, (q + 1) % n_qubits])


def _pennylane_circuit(qml, n_qubits: int, n_layers: int) -> Callable:
    def circuit(x, w):
        pennylane_gates(qml, n_qubits, n_layers, x, w)
        return qml.expval(qml.PauliZ(0))

    return circuit


def pennylane_jax(n_qubits: int, n_layers: int) -> Callable:
    """Backpropagation through all rows under one jit, in double precision."""
    import jax
    import pennylane as qml

    jax.config.update("jax_enable_x64", True)
    device = qml.device("default.qubit", wires=n_qubits)
    node = qml.QNode(_pennylane_circuit(qml, n_qubits, n_layers), device, interface="jax", diff_method="backprop")

    def total(w, X):
        values = jax.vmap(node, in_axes=(0, None))(X, w)
        return values.sum(), values

    both = jax.jit(jax.value_and_grad(total, has_aux=True))

    def compute(X, w):
        (_, values), gradient = both(w, X)
        return np.asarray(values), np.asarray(gradient)

    return compute


def qulacs(n_qubits: int, n_layers: int) -> Callable:
    """Backpropagation row by row; qulacs turns by minus the angle."""
    from qulacs import Observable, QuantumState

    circuit = qulacs_circuit(n_qubits, n_layers)
    observable, state = Observable(n_qubits), QuantumState(n_qubits)
    observable.add_operator(1.0, "Z 0")

    def compute(X, w):
        for k, angle in enumerate(w):
            circuit.set_parameter(n_qubits + k, -angle)
        values, gradient = np.empty(len(X)), np.zeros(len(w))
        for i, x in enumerate(X):
            for k, angle in enumerate(x):
                circuit.set_parameter(k, -angle)
            state.set_zero_state()
            circuit.update_quantum_state(state)
            values[i] = observable.get_expectation_value(state)
            gradient -= circuit.backprop(observable)[n_qubits:]
        return values, gradient

    return compute


def qulacs_circuit(n_qubits: int, n_layers: int):
    """`ring_circuit` for qulacs."""
    from qulacs import ParametricQuantumCircuit

    circuit = ParametricQuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.add_parametric_RY_gate(q, 0.0)
    for _ in range(n_layers):
        for add in (circuit.add_parametric_RY_gate, circuit.add_parametric_RZ_gate):
            for q in range(n_qubits):
                add(q, 0.0)
        for q in range(n_qubits):
            circuit.add_CZ_gate(q, (q + 1) % n_qubits)
    return circuit


def lightning(n_qubits: int, n_layers: int, name: str = "lightning.qubit") -> Callable:
    """The C++ device's adjoint method, row by row."""
    import pennylane as qml

    device = qml.device(name, wires=n_qubits)
    node = qml.QNode(_pennylane_circuit(qml, n_qubits, n_layers), device, diff_method="adjoint")
    value_and_slope = qml.grad(node, argnums=1)

    def compute(X, w):
        w = qml.numpy.array(w, requires_grad=True)
        values, gradient = np.empty(len(X)), np.zeros(len(w))
        for i, x in enumerate(X):
            gradient += value_and_slope(x, w)
            values[i] = value_and_slope.forward
        return values, gradient

    return compute
