"""A circuit as rotations and Clifford gates on Pauli strings, behind a product state."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from qiskit.quantum_info import Pauli

from ..density.transfer import of_kraus
from ..masks import bits_of
from ..reading.affine import EXACT, affine
from ..reading.definitions import euler
from ..reading.expressions import Polynomial
from ..reading.lower import Fixed, Lowered, Rotation
from ..reading.slots import Slot, Slots, Tapes
from .compiled.strings import TURN, WORD

MAX_QUBITS = 2 * WORD  # bits of the two words of a mask

_AXES = {(1, 0): 0, (1, 1): 1, (0, 1): 2}  # X, Y, Z of one qubit: the components of a Bloch vector


@dataclass(frozen=True)
class Gates:
    """What compiled functions read of a circuit.

    Attributes
    ----------
    n_qubits : int
    start : ndarray of int (n_start, 3)
        Gates of single qubits in front of all others: the qubit, its axis or -1 for a Clifford gate, and the slot or
        the place in ``images``.
    rows, masks : ndarray of int (n_gates, 5), (n_gates, 4)
        All other gates. A rotation is ``TURN`` and its slot, and has the masks of X and Z of its Pauli string, two
        words each. A Clifford gate is its number of qubits, the qubits, and its place in ``images``.
    images, flips : ndarray of int
        Images of local Pauli strings under Clifford gates, and their signs; two bits a qubit, X and then Z.
    tapes : Tapes
        The angles in the slots.
    """

    n_qubits: int
    start: np.ndarray
    rows: np.ndarray
    masks: np.ndarray
    images: np.ndarray
    flips: np.ndarray
    tapes: Tapes


def read_gates(lowered: Lowered) -> Gates:
    """Gates of a circuit of up to ``MAX_QUBITS`` qubits."""
    reader = _GateReader(lowered)
    for gate in lowered.gates:
        reader.append(gate)
    return reader.gates()


class _GateReader:
    """Takes gate after gate; those of a qubit on which no other gate has acted make its start."""

    def __init__(self, lowered: Lowered):
        self._n_qubits = lowered.n_qubits
        self._slots = Slots(lowered.atoms)
        self._touched = 0
        self._start: list[tuple[int, int, Slot | int]] = []
        self._rows: list[tuple[int, Slot | None, tuple[int, ...]]] = []
        self._masks: list[tuple[int, int]] = []
        self._places: dict[bytes, int] = {}  # of each Clifford gate in `images`
        self._tables: list[np.ndarray] = []

    def append(self, gate: Rotation | Fixed) -> None:
        if isinstance(gate, Rotation):
            self._rotate(*gate)
            return
        table = clifford(gate.matrix)
        if table is not None:
            self._permute(table, gate.qubits)
        elif len(gate.qubits) == 1:
            (q,) = gate.qubits
            lam, theta, phi = euler(gate.matrix.tobytes())
            for x, z, angle in ((0, 1, lam), (1, 1, theta), (0, 1, phi)):
                self._rotate(x << q, z << q, {(): angle})
        else:
            found = affine(gate.matrix)
            assert found is not None  # lowering lets no other gate through
            for bits, angle in found.rotations:
                self._rotate(0, sum(1 << q for j, q in enumerate(gate.qubits) if bits >> j & 1), {(): angle})
            permutation = np.abs(gate.matrix).round().astype(complex)
            self.append(Fixed(permutation, gate.qubits))

    def _rotate(self, x: int, z: int, angle: Polynomial) -> None:
        qubits = bits_of(x | z)
        quarter = None if any(angle) else _quarter_turns(angle.get((), 0.0))
        if not qubits or quarter == 0:
            return
        if quarter is not None and len(qubits) <= _MAX_LOCAL:
            label = "".join("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in reversed(qubits))
            self.append(Fixed(_rotation(label, quarter), qubits))
            return
        slot = self._slots.add(angle)
        if len(qubits) == 1 and not self._touched >> qubits[0] & 1:
            self._start.append((qubits[0], _AXES[x >> qubits[0], z >> qubits[0]], slot))
            return
        self._touched |= x | z
        self._rows.append((TURN, slot, ()))
        self._masks.append((x, z))

    def _permute(self, table: np.ndarray, qubits: tuple[int, ...]) -> None:
        place = self._places.setdefault(table.tobytes(), sum(t.shape[1] for t in self._tables))
        if place == sum(t.shape[1] for t in self._tables):
            self._tables.append(table)
        if len(qubits) == 1 and not self._touched >> qubits[0] & 1:
            self._start.append((qubits[0], -1, place))
            return
        self._touched |= sum(1 << q for q in qubits)
        self._rows.append((len(qubits), None, (*qubits, *[0] * (_MAX_LOCAL - len(qubits)), place)))
        self._masks.append((0, 0))

    def gates(self) -> Gates:
        """All that was appended, as arrays."""
        index = self._slots.index
        start = [(q, axis, index(at) if isinstance(at, Slot) else at) for q, axis, at in self._start]
        rows = [(kind, index(slot), 0, 0, 0) if kind == TURN else (kind, *more) for kind, slot, more in self._rows]
        tables = np.concatenate([np.zeros((2, 0), dtype=np.int64), *self._tables], axis=1)
        return Gates(
            self._n_qubits,
            np.array(start, dtype=np.int64).reshape(-1, 3),
            np.array(rows, dtype=np.int64).reshape(-1, 5),
            words(self._masks),
            np.ascontiguousarray(tables[0]),
            np.ascontiguousarray(tables[1]),
            self._slots.tapes(),
        )


_MAX_LOCAL = 3  # qubits of the largest gate that is looked at as a matrix


def words(strings: list[tuple[int, int]]) -> np.ndarray:
    """Masks (n_strings, 4) of Pauli strings: two words of X, then two of Z."""
    low = (1 << WORD) - 1
    parts = [(x & low, x >> WORD, z & low, z >> WORD) for x, z in strings]
    return np.array(parts, dtype=np.uint64).reshape(-1, 4).view(np.int64)


def _quarter_turns(angle: float) -> int | None:
    """How many quarters of a turn an angle is, modulo 4; None for all others."""
    quarters = round(angle / (np.pi / 2))
    return quarters % 4 if abs(angle - quarters * np.pi / 2) < EXACT * max(1, abs(quarters)) else None


@lru_cache(maxsize=256)
def _rotation(label: str, quarters: int) -> np.ndarray:
    """Matrix of exp(-i t P / 2) for a Pauli string, its last letter the least bit, and some quarters of a turn t."""
    P, t = Pauli(label).to_matrix(), quarters * np.pi / 4
    return np.cos(t) * np.eye(len(P)) - 1j * np.sin(t) * P


def clifford(matrix: np.ndarray) -> np.ndarray | None:
    """Images and signs (2, 4**n) of Pauli strings P under U^-1 P U; None where U is no Clifford gate.

    Strings are numbers of two bits a qubit, X and then Z, the first qubit the least.
    """
    return _clifford(len(matrix), np.ascontiguousarray(matrix).tobytes())


@lru_cache(maxsize=256)  # a circuit asks for the same gates again and again
def _clifford(size: int, entries: bytes) -> np.ndarray | None:
    T = of_kraus([np.frombuffer(entries, dtype=complex).reshape(size, size)])
    images = np.abs(T).argmax(axis=1)
    signs = T[np.arange(len(T)), images]
    if np.abs(np.abs(signs) - 1.0).max() > EXACT:
        return None
    return np.stack([images, np.sign(signs).astype(np.int64)])
