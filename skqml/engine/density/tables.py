"""A fused noisy circuit as the arrays that the compiled sweeps read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..masks import all_sums
from ..reading.expressions import Atoms
from ..reading.slots import Slots, Tapes
from .fusion import Block, Op, TurnElement, fuse
from .noisy_circuit import Map, NoisyCircuit, Turn
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

    @property
    def largest(self) -> int:
        """Rows of the largest map."""
        return int(4 ** self.shapes[:, 0].max(initial=0))


class TurnTable(NamedTuple):
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

    @property
    def longest(self) -> int:
        """Most elements of a block."""
        return int(np.diff(self.ends).max(initial=0))


@dataclass(frozen=True)
class NoisyTables:
    """Operations of a noisy circuit and the angles in its slots.

    Attributes
    ----------
    ops : int64 (n_ops, 3)
        (kind, number, qubit of a block or slot of a turn).
    n_shared : int
        Blocks that all rows share; they read the slots that rows share, and all others those of each row.
    maps, transposed : Maps
        The maps, and their transposes.
    """

    n_qubits: int
    ops: np.ndarray
    blocks: Blocks
    n_shared: int
    maps: Maps
    transposed: Maps
    turns: TurnTable
    tapes: Tapes


def tabulate(circuit: NoisyCircuit) -> NoisyTables:
    """Tables of a noisy circuit."""
    ops, atoms, slots = fuse(circuit.steps, circuit.n_qubits), circuit.atoms, Slots(circuit.atoms)
    maps = list({_content(op): op for op in ops if isinstance(op, Map)}.values())  # each layer repeats them
    turns = [op for op in ops if isinstance(op, Turn)]
    shared, own = (
        [op for op in ops if isinstance(op, Block) and _is_of_rows(op, atoms) == of_rows] for of_rows in (False, True)
    )
    blocks = _block_arrays(shared, own, slots)
    rows = _rows(ops, [*shared, *own], maps, turns, slots)
    return NoisyTables(
        circuit.n_qubits,
        _int_array(rows, 3),
        blocks,
        len(shared),
        _maps(maps, [op.matrix for op in maps]),
        _maps(maps, [op.matrix.T for op in maps]),
        _turn_arrays(turns),
        slots.tapes(),
    )


def _is_of_rows(block: Block, atoms: Atoms) -> bool:
    return any(atoms.is_of_rows(e.angle) for e in block.elements if isinstance(e, TurnElement))


def _rows(
    ops: Sequence[Op], blocks: Sequence[Block], maps: Sequence[Map], turns: Sequence[Turn], slots: Slots
) -> list[tuple[int, int, int]]:
    """Rows of `NoisyTables.ops`."""
    of_maps = {_content(op): k for k, op in enumerate(maps)}
    rows = {id(op): (MAP, of_maps[_content(op)], 0) for op in ops if isinstance(op, Map)}
    rows |= {id(op): (BLOCK, k, op.qubit) for k, op in enumerate(blocks)}
    rows |= {id(op): (TURN, k, slots.add(op.angle, of_rows=True).number) for k, op in enumerate(turns)}
    return [rows[id(op)] for op in ops]


def _block_arrays(shared: Sequence[Block], own: Sequence[Block], slots: Slots) -> Blocks:
    """Elements of blocks that rows share, and then of those that each row has of its own."""
    ends, elements = [0], []
    fixed: dict[bytes, int] = {}
    for block in [*shared, *own]:
        for e in block.elements:
            if isinstance(e, TurnElement):
                elements.append((*e.plane, slots.add(e.angle, of_rows=len(ends) > len(shared)).number))
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
    return all_sums([4**q * bit for q in qubits for bit in (1, 2)])


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


def _turn_arrays(ops: Sequence[Turn]) -> TurnTable:
    shapes: list[tuple[int, ...]] = []
    qubits: list[int] = []
    pairs: list[tuple[int, int]] = []
    for op in ops:
        ascending = sorted(zip(op.qubits, op.digits, strict=True))
        found = _pairs([digit for _, digit in ascending], _offsets([q for q, _ in ascending]))
        shapes.append((len(ascending), len(qubits), len(pairs), len(found)))
        qubits += [q for q, _ in ascending]
        pairs += found
    return TurnTable(_int_array(shapes, 4), np.array(qubits, dtype=np.int64), _int_array(pairs, 2))


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
