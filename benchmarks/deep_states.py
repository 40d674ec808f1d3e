"""States of 16 qubits and more: Z of all qubits and all derivatives, few rows, four layers of RY, RZ and a CZ ring."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.gradients import qulacs_circuit, ring_circuit
from skqml import Exact, all_z

_LAYERS, _ROUNDS = 4, 5
_SWEEPS = 3  # forwards the state, backwards the state and its cotangent


def cases(quick: bool) -> Iterator[Group]:
    """Yield 16 qubits with 8 rows to 22 qubits with one, or small ones."""
    for n_qubits, n_rows in [(10, 2), (11, 1)] if quick else [(16, 8), (18, 4), (20, 2), (22, 1)]:
        name = f"All Z and all derivatives, {n_qubits} qubits, {_LAYERS} layers, {n_rows} rows"
        yield Group(name, list(_contenders(n_qubits, n_rows)), reference="skqml", rounds=_ROUNDS)


def _contenders(n_qubits: int, n_rows: int) -> Iterator[Contender]:
    """All compute the values (n_rows, n_qubits) and the gradient (2 n_qubits n_layers,) of their sum by the weights."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0, np.pi, (n_rows, n_qubits))
    w = rng.uniform(0, np.pi, 2 * n_qubits * _LAYERS)
    yield Contender("skqml", partial(skqml(n_qubits), X, w))
    for label, make in (("qulacs backprop", qulacs), ("PennyLane lightning, adjoint", lightning)):
        try:
            compute = make(n_qubits)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        part = partial(_first_row, n_qubits, X, w) if n_rows > 1 else None
        yield _of_one_row(label, partial(compute, X[:1], w), part, n_rows)
    yield _limit(n_qubits, n_rows)


def _of_one_row(label: str, call: Callable, part: Callable | None, n_rows: int) -> Contender:
    if part is None:
        return Contender(label, call, tolerance=1e-9)
    return Contender(label, call, part=part, share=1 / n_rows, tolerance=1e-9, note=f"ran 1 of {n_rows} rows, scaled")


def _first_row(n_qubits: int, X: np.ndarray, w: np.ndarray, _) -> np.ndarray:
    return skqml(n_qubits)(X[:1], w)


def _limit(n_qubits: int, n_rows: int) -> Contender:
    """What reading and writing each state once a layer and sweep takes on one thread: two passes of a copy."""
    a, b = np.ones((n_rows, 2 << n_qubits)), np.empty((n_rows, 2 << n_qubits))

    def call() -> None:
        for _ in range(_LAYERS * _SWEEPS):
            np.copyto(b, a)

    nothing = np.zeros(())
    note = f"{_LAYERS * _SWEEPS * 2 * a.nbytes / 2**20:.0f} MiB"
    return Contender(
        "moving states, a layer at a time", call, read=lambda _: nothing, part=lambda _: nothing, note=note
    )


def skqml(n_qubits: int) -> Callable:
    """One forward and one reverse sweep of a program compiled before."""
    program = Exact().compile(ring_circuit(n_qubits, _LAYERS), all_z(n_qubits))

    def compute(X, w):
        values, pullback = program.forward(X, w)
        return np.concatenate([values.ravel(), pullback(np.ones_like(values))[1]])

    return compute


def qulacs(n_qubits: int) -> Callable:
    """Backpropagation row by row; qulacs turns by minus the angle."""
    from qulacs import Observable, QuantumState

    circuit, state, total = qulacs_circuit(n_qubits, _LAYERS), QuantumState(n_qubits), Observable(n_qubits)
    single = [Observable(n_qubits) for _ in range(n_qubits)]
    for q, observable in enumerate(single):
        observable.add_operator(1.0, f"Z {q}")
        total.add_operator(1.0, f"Z {q}")

    def compute(X, w):
        values, gradient = np.empty(X.shape), np.zeros(len(w))
        for i, x in enumerate(X):
            for k, angle in enumerate([*x, *w]):
                circuit.set_parameter(k, -angle)
            state.set_zero_state()
            circuit.update_quantum_state(state)
            values[i] = [observable.get_expectation_value(state) for observable in single]
            gradient -= circuit.backprop(total)[n_qubits:]
        return np.concatenate([values.ravel(), gradient])

    return compute


def lightning(n_qubits: int) -> Callable:
    """The C++ device's adjoint method, row by row."""
    import pennylane as qml

    from benchmarks.gradients import pennylane_gates

    device = qml.device("lightning.qubit", wires=n_qubits)

    def values_of(x, w):
        pennylane_gates(qml, n_qubits, _LAYERS, x, w)
        return [qml.expval(qml.PauliZ(q)) for q in range(n_qubits)]

    def total_of(x, w):
        pennylane_gates(qml, n_qubits, _LAYERS, x, w)
        return qml.expval(qml.Hamiltonian([1.0] * n_qubits, [qml.PauliZ(q) for q in range(n_qubits)]))

    values_node = qml.QNode(values_of, device)
    slope = qml.grad(qml.QNode(total_of, device, diff_method="adjoint"), argnums=1)

    def compute(X, w):
        trainable = qml.numpy.array(w, requires_grad=True)
        values = np.array([values_node(x, w) for x in X], dtype=float)
        return np.concatenate([values.ravel(), sum(slope(x, trainable) for x in X)])

    return compute
