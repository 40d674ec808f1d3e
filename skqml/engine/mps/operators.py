"""A circuit as steps on a chain of sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..reading.lower import Fixed, Lowered, Rotation
from ..reading.slots import Slot, Slots, Tapes
from .steps import Chain, Constant, Local, QubitRotation

PAULIS = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1.0 + 0j, -1.0]),
    "0": np.diag([1.0 + 0j, 0.0]),
    "1": np.diag([0.0 + 0j, 1.0]),
}
_ROUNDING = 1e-14  # singular values of an operator this small are none


@dataclass(frozen=True)
class Operators:
    """A circuit as operators, the first acting first, and the angles in their slots."""

    n_qubits: int
    steps: list[Local | Chain]
    tapes: Tapes


def read_operators(lowered: Lowered) -> Operators:
    """Operators of a circuit; neighbouring gates of one qubit are one."""
    reader = _OperatorReader(lowered)
    for gate in lowered.gates:
        reader.append(gate)
    return reader.operators()


class _OperatorReader:
    """Takes gate after gate; those of one qubit wait for the next of more qubits."""

    def __init__(self, lowered: Lowered):
        self._n_qubits = lowered.n_qubits
        self._slots = Slots(lowered.atoms)
        self._waiting: dict[int, list[tuple[np.ndarray, Slot | None]]] = {}
        self._steps: list = []

    def append(self, gate: Rotation | Fixed) -> None:
        slot = self._slots.add(gate.angle) if isinstance(gate, Rotation) else None
        qubits = gate.qubits
        if len(qubits) == 1:
            matrix = gate.matrix if isinstance(gate, Fixed) else _letter(gate, qubits[0])
            self._waiting.setdefault(qubits[0], []).append((matrix, slot))
        elif qubits:
            self._flush(qubits)
            tensors = _operator(gate) if isinstance(gate, Fixed) else _sum_with_identity(gate)
            self._steps.append((min(qubits), tensors, slot))

    def _flush(self, qubits: Iterable[int]) -> None:
        self._steps += [(q, self._waiting.pop(q)) for q in qubits if q in self._waiting]

    def operators(self) -> Operators:
        """All that was appended."""
        self._flush(sorted(self._waiting))
        return Operators(self._n_qubits, [self._step(*step) for step in self._steps], self._slots.tapes())

    def _step(self, first: int, what, *slot: Slot | None) -> Local | Chain:
        index = self._slots.index  # known only when all slots are
        if slot:
            return Chain(first, what, None if slot[0] is None else index(slot[0]))
        return Local(first, tuple(Constant(m) if at is None else QubitRotation(m, index(at)) for m, at in what))


def _letter(gate: Rotation, qubit: int) -> np.ndarray:
    return PAULIS["IXZY"[(gate.x >> qubit & 1) + 2 * (gate.z >> qubit & 1)]]


def _sum_with_identity(gate: Rotation) -> tuple[np.ndarray, ...]:
    """Tensors of I + P over the sites from the first of a string to its last."""
    qubits = gate.qubits
    parts = [np.stack([PAULIS["I"], _letter(gate, q)]) for q in range(qubits[0], qubits[-1] + 1)]
    middle = [np.einsum("lts,lr->ltsr", part, np.eye(2)) for part in parts[1:-1]]
    return (parts[0].transpose(1, 2, 0)[None], *middle, parts[-1][..., None])


def _operator(gate: Fixed) -> tuple[np.ndarray, ...]:
    """Tensors of a matrix over the sites from its first qubit to its last."""
    tensors = iter(_split(np.ascontiguousarray(gate.matrix).tobytes(), tuple(map(int, np.argsort(gate.qubits)))))
    found: list[np.ndarray] = []
    for q in range(min(gate.qubits), max(gate.qubits) + 1):
        found.append(next(tensors) if q in gate.qubits else _passing(found[-1].shape[3]))
    return tuple(found)


def _passing(rank: int) -> np.ndarray:
    """Tensor of a site on which an operator does not act."""
    return np.einsum("ts,lr->ltsr", PAULIS["I"], np.eye(rank))


@lru_cache(maxsize=256)  # a circuit asks for the same gates again and again
def _split(entries: bytes, order: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """A matrix, the first qubit the least bit, as tensors (left, out, in, right) of its qubits in another order."""
    n = len(order)
    axes = [n - 1 - k for k in order]  # the last axis is the first qubit
    U = np.frombuffer(entries, dtype=complex).reshape((2,) * (2 * n))
    rest = U.transpose([a for k in axes for a in (k, n + k)]).reshape(1, -1)
    tensors = []
    for _ in range(n - 1):
        left = len(rest)
        u, s, v = np.linalg.svd(rest.reshape(4 * left, -1), full_matrices=False)
        rank = int((s > _ROUNDING * s[0]).sum())
        root = np.sqrt(s[:rank])
        tensors.append((u[:, :rank] * root).reshape(left, 2, 2, rank))
        rest = root[:, None] * v[:rank]
    return (*tensors, rest.reshape(-1, 2, 2, 1))
