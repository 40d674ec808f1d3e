"""A fused noisy circuit as the arrays that the compiled sweeps read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..reading.angles import Tape
from ..reading.expressions import Polynomial
from .fusion import Block, Op, TurnElement, fuse
from .gates import Map, NoisyCircuit, Turn
from .transfer import strings

BLOCK, MAP, TURN = range(3)  # kinds of operations


class Maps(NamedTuple):
    """Fixed maps as sparse matrices; rows of the identity are left out.

    Attributes
    ----------
    shapes : int64 (n_maps, 5)
        Number of qubits; numbers of rows with one entry, with two, and with more; entries of each
        of the last, padded with zeros to a multiple of four.
    begins : int64 (n_maps, 4)
        Where the qubits, offsets, rows and entries of each map begin.
    qubits, offsets : int64 (...)
        The qubits of each map, ascending; what each local digit string adds to the index of a state.
    rows : int64 (...)
        The offsets of the rows.
    columns, values : (...)
        Local columns and entries, row by row.
    """

    shapes: np.ndarray
    begins: np.ndarray
    qubits: np.ndarray
    offsets: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


class Turns(NamedTuple):
    """Turns about strings of several qubits.

    Attributes
    ----------
    shapes : int64 (n_turns, 4)
        Number of qubits; where the qubits and the pairs begin; number of pairs.
    qubits : int64 (...)
        The qubits of each turn, ascending.
    pairs : int64 (..., 2)
        Offsets (a, b) with r_a -> cos r_a - sin r_b, r_b -> sin r_a + cos r_b.
    """

    shapes: np.ndarray
    qubits: np.ndarray
    pairs: np.ndarray


class Blocks(NamedTuple):
    """Elements of the blocks, those that all rows share first.

    Attributes
    ----------
    ends : int64 (n_blocks + 1,)
        Where the elements of each block end; the first entry is 0.
    elements : int64 (n_elements, 3)
        (a, b, slot) for a turn in the plane of digits a, b; (-1, k, 0) for the fixed matrix k.
    fixed : float64 (n_fixed, 12)
        Rows 1 to 3 of fixed matrices; row 0 is (1, 0, 0, 0), because channels preserve the trace.
    """

    ends: np.ndarray
    elements: np.ndarray
    fixed: np.ndarray


@dataclass(frozen=True)
class Tables:
    """Operations and angle tapes of a noisy circuit.

    Attributes
    ----------
    ops : int64 (n_ops, 3)
        (kind, number, qubit of a block or slot of a turn).
    maps, transposed : Maps
        The maps, and their transposes.
    n_shared : int
        Blocks that all rows share; they read the slots of the shared tape.
    """

    n_qubits: int
    n_features: int
    n_weights: int
    ops: np.ndarray
    blocks: Blocks
    n_shared: int
    maps: Maps
    transposed: Maps
    turns: Turns
    shared_tape: Tape
    row_tape: Tape

    @property
    def n_blocks(self) -> int:
        """Number of blocks."""
        return len(self.blocks.ends) - 1


def tabulate(circuit: NoisyCircuit) -> Tables:
    """Tables of a noisy circuit."""
    return _Builder(circuit).build(fuse(circuit.steps, circuit.n_qubits))


class _Builder:
    def __init__(self, circuit: NoisyCircuit):
        self.circuit = circuit
        self._slots: dict[bool, dict[tuple, int]] = {False: {}, True: {}}  # of rows or not: polynomial -> number

    def build(self, ops: Sequence[Op]) -> Tables:
        blocks = sorted((op for op in ops if isinstance(op, Block)), key=self._is_of_rows)
        turns = [op for op in ops if isinstance(op, Turn)]
        maps = list({_content(op): op for op in ops if isinstance(op, Map)}.values())  # each layer repeats them
        circuit, table = self.circuit, self._blocks(blocks)
        rows = self._rows(ops, blocks, maps, turns)
        return Tables(
            n_qubits=circuit.n_qubits,
            n_features=circuit.n_features,
            n_weights=circuit.n_weights,
            ops=_int_array(rows, 3),
            blocks=table,
            n_shared=sum(not self._is_of_rows(block) for block in blocks),
            maps=_maps(maps, [op.matrix for op in maps]),
            transposed=_maps(maps, [op.matrix.T for op in maps]),
            turns=_turn_arrays(turns),
            shared_tape=self._tape(False),
            row_tape=self._tape(True),
        )

    def _rows(self, ops: Sequence[Op], blocks, maps, turns) -> list[tuple[int, int, int]]:
        """Rows of `Tables.ops`."""
        numbers = {id(op): k for group in (blocks, turns) for k, op in enumerate(group)}
        of_maps = {_content(op): k for k, op in enumerate(maps)}
        rows = []
        for op in ops:
            if isinstance(op, Map):
                rows.append((MAP, of_maps[_content(op)], 0))
            elif isinstance(op, Block):
                rows.append((BLOCK, numbers[id(op)], op.qubit))
            else:
                rows.append((TURN, numbers[id(op)], self._slot(op.angle, True)))
        return rows

    def _is_of_rows(self, block: Block) -> bool:
        return any(self._of_rows(e.angle) for e in block.elements if isinstance(e, TurnElement))

    def _of_rows(self, angle: Polynomial) -> bool:
        atoms, n_features = self.circuit.atoms, self.circuit.n_features
        first = len(atoms.numbers)
        return any(
            a < n_features or (a >= first and self._of_rows(atoms.functions[a - first][2]))
            for monomial in angle
            for a in monomial
        )

    def _slot(self, angle: Polynomial, of_rows: bool) -> int:
        slots = self._slots[of_rows]
        return slots.setdefault(tuple(sorted(angle.items())), len(slots))

    def _tape(self, of_rows: bool) -> Tape:
        return Tape(self.circuit.atoms, [dict(angle) for angle in self._slots[of_rows]])

    def _blocks(self, blocks: Sequence[Block]) -> Blocks:
        ends, elements = [0], []
        fixed: dict[bytes, int] = {}
        for block in blocks:
            of_rows = self._is_of_rows(block)
            for e in block.elements:
                if isinstance(e, TurnElement):
                    elements.append((*e.plane, self._slot(e.angle, of_rows)))
                else:
                    elements.append((-1, fixed.setdefault(e[1:].tobytes(), len(fixed)), 0))
            ends.append(len(elements))
        matrices = np.frombuffer(b"".join(fixed)).reshape(-1, 12).copy()
        return Blocks(np.array(ends, dtype=np.int64), _int_array(elements, 3), matrices)


def _content(op: Map) -> tuple[tuple[int, ...], bytes]:
    return op.qubits, op.matrix.tobytes()


def _int_array(rows: Sequence, width: int) -> np.ndarray:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _offsets(qubits: Sequence[int]) -> np.ndarray:
    """Offsets of all digit strings of some qubits, the first the least digit."""
    offsets = np.zeros(1, dtype=np.int64)
    for q in qubits:
        offsets = (np.arange(4)[:, None] * 4**q + offsets).ravel()
    return offsets


def _maps(ops: Sequence[Map], matrices: Sequence[np.ndarray]) -> Maps:
    found = [_sparse(op.qubits, T) for op, T in zip(ops, matrices, strict=True)]
    lengths = [[len(array) for array in arrays[:4]] for _, arrays in found]
    begins = np.cumsum([[0] * 4, *lengths], axis=0)[:-1]
    parts = [np.concatenate([np.empty(0), *(arrays[k] for _, arrays in found)]) for k in range(5)]
    qubits, offsets, rows, columns = (part.astype(np.int64) for part in parts[:4])
    shapes = _int_array([shape for shape, _ in found], 5)
    return Maps(shapes, begins.astype(np.int64), qubits, offsets, rows, columns, parts[4])


def _sparse(qubits: Sequence[int], T: np.ndarray) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """Shape of a map, and its qubits, offsets, rows, columns and values."""
    offsets = _offsets(qubits)
    changed = np.flatnonzero((T != np.eye(len(T))).any(axis=1))
    counts = np.count_nonzero(T[changed], axis=1)
    width = -(-int(counts.max(initial=0)) // 4) * 4
    groups = [changed[counts <= 1], changed[counts == 2], changed[counts > 2]]
    columns, values = [], []
    for group, n_entries in zip(groups, (1, 2, width), strict=True):
        nonzero_first = np.argsort(T[group] == 0.0, axis=1, kind="stable")[:, :n_entries]
        columns.append(nonzero_first.ravel())
        values.append(np.take_along_axis(T[group], nonzero_first, axis=1).ravel())
    rows = offsets[np.concatenate(groups)]
    arrays = [np.array(qubits), offsets, rows, np.concatenate(columns), np.concatenate(values)]
    return (len(qubits), *map(len, groups), width), arrays


def _turn_arrays(ops: Sequence[Turn]) -> Turns:
    shapes: list[tuple[int, ...]] = []
    qubits: list[int] = []
    pairs: list[tuple[int, int]] = []
    for op in ops:
        ascending = sorted(zip(op.qubits, op.digits, strict=True))
        found = _pairs([digit for _, digit in ascending], _offsets([q for q, _ in ascending]))
        shapes.append((len(ascending), len(qubits), len(pairs), len(found)))
        qubits += [q for q, _ in ascending]
        pairs += found
    return Turns(_int_array(shapes, 4), np.array(qubits, dtype=np.int64), _int_array(pairs, 2))


def _pairs(digits: Sequence[int], offsets: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of offsets that a turn about the string of some digits mixes."""
    n = len(digits)
    P, R = strings(n), strings(n)[sum(d << 2 * k for k, d in enumerate(digits))]
    size = len(R)
    # The derivative of U Q U^dagger by the angle is [R, Q] / 2i: Q itself turns towards that string.
    pairs = []
    for a, Q in enumerate(P):
        towards = (R @ Q - Q @ R) / 2j
        overlap = np.einsum("pij,ji->p", P, towards).real / size
        b = int(np.abs(overlap).argmax())
        if overlap[b] > 0.5:
            pairs.append((int(offsets[a]), int(offsets[b])))
    return pairs
