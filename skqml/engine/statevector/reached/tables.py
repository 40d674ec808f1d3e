"""A circuit that reaches few basis states as the arrays that the compiled sweeps read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...reading.lower import Lowered
from ...reading.slots import Slots, Tapes
from ..fusion import in_order
from ..phases import scaled
from .forms import Forms
from .states import PairTurns
from .sum_rotations import SumRotation, grouped_rotations

_PAYS = 8  # times fewer pairs than all gates on all basis states turn
_MOST_PAIRS = 2**25
_PREFIX = 2  # gates a qubit, after which most circuits have reached too many


@dataclass(frozen=True)
class ReachedTables:
    """Turns of pairs of amplitudes, the angles in their slots, and what is measured.

    Attributes
    ----------
    n_qubits : int
    n_rows : int
        Real numbers of a state.
    ops : int64 (n_ops, 3)
        Slot, first pair and the one behind the last.
    pairs : int32 (n_pairs, 2)
    tapes : Tapes
    forms : Forms
    n_forms : int
    """

    n_qubits: int
    n_rows: int
    ops: np.ndarray
    pairs: np.ndarray
    tapes: Tapes
    forms: Forms
    n_forms: int


def reached_tables(lowered: Lowered, paulis: Sequence[tuple[int, int]], matrix: np.ndarray) -> ReachedTables | None:
    """Tables of sums of Pauli strings behind a circuit; None where it reaches so many states that they do not pay.

    Parameters
    ----------
    lowered : Lowered
    paulis : list of (x, z)
    matrix : ndarray (n_forms, n_strings)
        Coefficients of the strings in each sum.
    """
    if lowered.preparation is not None or lowered.n_qubits > 62 or _spreads(lowered):
        return None
    rotations, frame = in_order(lowered.gates, lowered.n_qubits)
    gates = grouped_rotations(rotations)
    turns = PairTurns.of(gates, _most_pairs(gates, lowered.n_qubits))
    if turns is None:
        return None
    forms = Forms.of(turns.reached, turns.complex, [frame.image(x, z) for x, z in paulis], matrix)
    return _tables(lowered, gates, turns, forms, len(matrix))


def _spreads(lowered: Lowered) -> bool:
    """Whether the first gates alone reach an eighth of all states: each that stands alone doubles what is reached."""
    first = lowered.gates[: _PREFIX * lowered.n_qubits]
    gates = grouped_rotations(in_order(first, lowered.n_qubits)[0])
    return _rank([gate.x for gate in gates if len(gate.z) == 1]) >= max(2, lowered.n_qubits - 3)


def _rank(masks: Sequence[int]) -> int:
    """How many masks are no sum (mod 2) of others."""
    basis: list[int] = []
    for mask in masks:
        for known in basis:
            mask = min(mask, mask ^ known)
        if mask:
            basis.append(mask)
    return len(basis)


def _most_pairs(gates: Sequence[SumRotation], n_qubits: int) -> float:
    """Most pairs with which sweeps over few states are the quicker ones."""
    n_rotations = sum(len(gate.z) if gate.x else 1 for gate in gates)
    of_all = n_rotations * 2.0 ** (n_qubits - all(gate.odd_y for gate in gates))  # complex numbers are two each
    return min(_MOST_PAIRS, of_all / _PAYS)


def _tables(
    lowered: Lowered, gates: Sequence[SumRotation], turns: PairTurns, forms: Forms, n_forms: int
) -> ReachedTables:
    slots = Slots(lowered.atoms)
    found = [slots.add(scaled(gates[turn.gate].angle, turn.size)) for turn in turns.found]
    ends = np.cumsum([0, *(len(turn.pairs) for turn in turns.found)])
    numbers = [slots.index(slot) for slot in found]
    pairs = np.concatenate([np.empty((0, 2), np.int64), *(turn.pairs for turn in turns.found)])
    return ReachedTables(
        lowered.n_qubits,
        len(turns.reached.states) << turns.complex,
        np.stack([numbers, ends[:-1], ends[1:]], axis=1).astype(np.int64),
        pairs.astype(np.int32),
        slots.tapes(),
        forms,
        n_forms,
    )
