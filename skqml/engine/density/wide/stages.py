"""A noisy circuit in stages: each acts inside tiles of a state, whose lanes are digits that it leaves alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...masks import all_sums
from ..tables import BLOCK, MAP, Maps, NoisyTables, TurnTable

_INSIDE = 5  # qubits of a tile: the states that a stage keeps of it fit in the processor's cache
_OUTSIDE = 2  # qubits, of which lanes are one and a half


class Stage(NamedTuple):
    """Some operations on some qubits, the number of a qubit being its place among these.

    Attributes
    ----------
    ops, maps, transposed, turns
        As in `NoisyTables`.
    inside : int64 (tile,)
        Offsets of the Pauli strings of a tile in the state.
    lanes : int64 (lanes,)
        Offsets of the lanes: digits of the lowest qubits on which nothing acts.
    tiles : int64 (n_tiles,)
        Offsets of the tiles.
    """

    ops: np.ndarray
    maps: Maps
    transposed: Maps
    turns: TurnTable
    inside: np.ndarray
    lanes: np.ndarray
    tiles: np.ndarray


def most_inside(n_qubits: int) -> int:
    """Qubits of a tile."""
    return min(_INSIDE, n_qubits - _OUTSIDE)


def qubits_of(tables: NoisyTables) -> list[set[int]]:
    """The qubits of each operation."""
    maps, turns = tables.maps, tables.turns
    found = []
    for kind, number, qubit in tables.ops.tolist():
        if kind == BLOCK:
            found.append({qubit})
            continue
        places, first = (maps.qubits, maps.begins) if kind == MAP else (turns.qubits, turns.shapes[:, 1:])
        n_qubits = (maps if kind == MAP else turns).shapes[number, 0]
        found.append(set(places[first[number, 0] :][:n_qubits].tolist()))
    return found


def stages(tables: NoisyTables, n_inside: int) -> list[Stage]:
    """The circuit in an order that means the same, in stages of so many qubits.

    Each takes what it can from the operations that are left, looking past those on other qubits.
    """
    places, found = qubits_of(tables), []
    left = list(range(len(places)))
    while left:
        inside: set[int] = set()
        waiting: set[int] = set()
        taken, skipped = [], []
        for k in left:
            if waiting.isdisjoint(places[k]) and len(inside | places[k]) <= n_inside:
                inside |= places[k]
                taken.append(k)
            else:
                waiting |= places[k]
                skipped.append(k)
        found.append(_stage(tables, taken, _filled(inside, n_inside, tables.n_qubits)))
        left = skipped
    return found


def _filled(inside: set[int], n_inside: int, n_qubits: int) -> list[int]:
    """So many qubits, others from the highest down: lanes that are neighbours in memory stay these."""
    rest = [q for q in range(n_qubits) if q not in inside]
    return sorted(inside.union(rest[len(rest) - (n_inside - len(inside)) :]))


def _stage(tables: NoisyTables, taken: Sequence[int], inside: list[int]) -> Stage:
    places = np.zeros(tables.n_qubits, dtype=np.int64)
    places[inside] = range(len(inside))
    ops = tables.ops[taken]
    ops[:, 2] = np.where(ops[:, 0] == BLOCK, places[ops[:, 2] % tables.n_qubits], ops[:, 2])
    maps, transposed = (
        m._replace(qubits=places[m.qubits], offsets=_moved(m.offsets, places), rows=_moved(m.rows, places))
        for m in (tables.maps, tables.transposed)
    )
    turns = tables.turns
    turns = turns._replace(qubits=places[turns.qubits], pairs=_moved(turns.pairs, places))
    low, high, *others = (4**q for q in range(tables.n_qubits) if q not in inside)
    lanes = all_sums([low, 2 * low, high])
    tiles = all_sums([2 * high, *(step * bit for step in others for bit in (1, 2))])
    return Stage(ops, maps, transposed, turns, all_sums([4**q * bit for q in inside for bit in (1, 2)]), lanes, tiles)


def _moved(offsets: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Offsets whose digits have moved to other places."""
    return sum(((offsets >> 2 * q & 3) << 2 * place for q, place in enumerate(places)), np.zeros_like(offsets))
