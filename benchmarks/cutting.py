"""Circuits in parts: a ladder of 8 qubits on 5 and 4, beside the whole and qiskit-addon-cutting; 20 qubits on 5."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks.frame.contest import Contender, Group


def cases(quick: bool) -> Iterator[Group]:
    """Yield values and all gradients of two ladders, and the values of a few rows."""
    n_samples = 8 if quick else 200
    yield Group(f"Values and gradients, 8 qubits, {n_samples} rows", list(_ladders(n_samples)), "parts of 5 and 4")
    yield Group(f"Values, 8 qubits, {n_samples} rows", list(_beside_qiskit(n_samples, 1 if quick else 4)), "skqml")
    n_qubits = 10 if quick else 20
    name = f"Values and gradients, {n_qubits} qubits on 5, {n_samples} rows"
    yield Group(name, list(_wide(n_qubits, n_samples)), "skqml")


def _ladders(n_samples: int) -> Iterator[Contender]:
    """Values, and derivatives of their sum by data and weights."""
    from skqml import Cut, Exact

    cuts = [(4, 5)]
    for label, backend in {
        "parts of 5 and 4": Cut(cuts=cuts),
        "parts, outcomes sent": Cut(cuts=cuts, communication=True),
        "whole": Exact(),
    }.items():
        yield Contender(label, _both(backend, 8, n_samples), read=np.concatenate)


def _beside_qiskit(n_samples: int, few: int) -> Iterator[Contender]:
    """Z of all qubits."""
    from skqml import Cut, all_z

    circuit, X, w = ladder(8), *_arguments(8, n_samples)
    program = Cut(cuts=[(4, 5)]).compile(circuit, all_z(8))
    yield Contender("skqml", lambda: program(X, w), note="compiled before")
    try:
        from benchmarks.peers.cutting import values
    except ModuleNotFoundError as error:
        yield Contender("qiskit-addon-cutting", None, note=str(error))
        return

    def addon():
        names = {p: w[p.index] for p in circuit.parameters if p.name[0] == "w"}
        bound = (circuit.assign_parameters(names | dict(zip(_data(circuit), x, strict=True))) for x in X[:few])
        return np.array([values(row, [(4, 5)], [z.labels[0] for z in all_z(8)]) for row in bound])

    share = few / n_samples
    note = f"ran {few} of {n_samples} rows, scaled"
    yield Contender("qiskit-addon-cutting", addon, part=lambda found: found[:few], share=share, note=note)


def _wide(n_qubits: int, n_samples: int) -> Iterator[Contender]:
    """Parts of five qubits; the matrix product state is the other way to a circuit of this kind."""
    from skqml import MPS, Cut

    yield Contender("skqml", _both(Cut(max_qubits=5), n_qubits, n_samples), read=np.concatenate, note="parts of 5")
    yield Contender("matrix product state", _both(MPS(4), n_qubits, n_samples), read=np.concatenate)


def _both(backend, n_qubits: int, n_samples: int) -> Callable[[], Sequence[np.ndarray]]:
    from skqml import all_z

    program = backend.compile(ladder(n_qubits), all_z(n_qubits))
    X, w = _arguments(n_qubits, n_samples)

    def compute():
        found, pullback = program.forward(X, w)
        dX, dw = pullback(np.ones_like(found))
        return found.ravel(), dX.ravel(), dw

    return compute


def ladder(n_qubits: int):
    """H and RY of a feature on each qubit, then blocks of four weights on neighbours down a ladder."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 4 * (n_qubits - 1)))
    circuit = QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.h(q)
        circuit.ry(x[q], q)
    for a in range(n_qubits - 1):
        for q in (a, a + 1):
            circuit.ry(next(w), q)
        circuit.cx(a, a + 1)
        for q in (a, a + 1):
            circuit.ry(next(w), q)
    return circuit


def _arguments(n_qubits: int, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_samples, n_qubits)), rng.normal(size=4 * (n_qubits - 1))


def _data(circuit) -> list:
    return sorted((p for p in circuit.parameters if p.name[0] == "x"), key=lambda p: p.index)
