"""A fused circuit as the arrays that the compiled sweeps read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from ..masks import bits_of
from ..preparation import Preparation
from ..reading.expressions import Atoms, Polynomial
from ..reading.lower import Lowered, Rotation
from ..reading.slots import Slot, Slots, Tapes
from .compiled.kinds import ROW_PHASE, SHARED_PHASE, TURN, TURN_BACK
from .fusion import Op, Phase, fuse, light_cone, start_from_product
from .passes import in_passes
from .phases import RowPhase, SharedPhases, row_phase, scaled, slot_arrays


@dataclass(frozen=True)
class Tables:
    """Operations of a circuit and the angles in its slots; see `statevector.forward` for the arrays.

    Slots are numbered shared ones first. The tape of the shared slots goes on with the angles of the shared phases.
    Qubits that a preparation is on are the first ones, and not in ``start``.
    """

    n_qubits: int
    parts: int
    ops: np.ndarray
    start: np.ndarray
    linear: np.ndarray
    quadratic: np.ndarray
    phases: SharedPhases
    tapes: Tapes
    preparation: Preparation | None = None

    @property
    def alone(self) -> Preparation | None:
        """The preparation where nothing else happens: it gives the states, which are real."""
        return None if len(self.ops) or len(self.start) else self.preparation

    @property
    def circuit(self) -> tuple:
        """What compiled sweeps read first: ``ops, start, linear, quadratic``, the last two None if they are empty.

        Operations are in passes here, see `in_passes`.
        """
        of_rows = (self.linear, self.quadratic) if len(self.linear) else (None, None)
        return in_passes(self.ops), self.start, *of_rows

    @property
    def cost(self) -> int:
        """Vector operations that one group of rows takes, roughly."""
        return (len(self.ops) + 2) * self.parts << self.n_qubits


Strings = list[tuple[int, int, int]]  # measured Pauli strings: masks of X and Z, sign
_Row = tuple[int, int, int, Slot | int]  # of `Tables.ops`, with two parts, and before slots have their final numbers


def tabulate(lowered: Lowered, paulis: Sequence[tuple[int, int]] | None) -> tuple[Tables, Strings]:
    """Tables of a circuit, and measured Pauli strings (x, z, sign) in the terms of the tables.

    Parameters
    ----------
    lowered : Lowered
    paulis : list of (x, z), or None
        Strings to measure; what does not matter for them is dropped. ``None`` keeps the whole
        state, up to a fixed Clifford unitary behind it.
    """
    ops, frame = fuse(lowered)
    strings = [frame.image(x, z) for x, z in paulis or ()]
    first = () if lowered.preparation is None else lowered.preparation.qubits
    start, ops = start_from_product(ops, sum(1 << q for q in first))
    if paulis is not None:
        ops = light_cone(ops, [(x, z) for x, z, _ in strings])
    used = _used_qubits(ops, strings, start if paulis is None else {})
    builder = _Builder(lowered.atoms, [*first, *(q for q in used if q not in first)])
    tables = builder.tables({q: angle for q, angle in start.items() if q in used}, ops, lowered.preparation)
    return tables, [(builder.pack(x), builder.pack(z), sign) for x, z, sign in strings]


def _used_qubits(ops: list[Op], strings: Strings, start: dict[int, Polynomial]) -> tuple[int, ...]:
    masks = [x | z for x, z, _ in strings] + [1 << q for q in start]
    masks += [m for op in ops for m in ((op.x, op.z) if isinstance(op, Rotation) else op.angles)]
    return bits_of(reduce(or_, masks, 0))


class _Builder:
    """Writes operations as rows, and collects the slots and the phases that they read.

    Parameters
    ----------
    atoms : Atoms
    used : list of int
        The qubits in use, in the order of the tables; no others are in these.
    """

    def __init__(self, atoms: Atoms, used: list[int]):
        self._atoms, self._used = atoms, used
        self._all_used = used == list(range(len(used)))
        self._slots = Slots(atoms)
        self._shared_phases: list[dict[int, Polynomial]] = []
        self._row_phases: list[RowPhase] = []

    def pack(self, mask: int) -> int:
        """Mask over the qubits in use."""
        return mask if self._all_used else sum(1 << k for k, q in enumerate(self._used) if mask >> q & 1)

    def tables(self, start: dict[int, Polynomial], ops: Sequence[Op], preparation: Preparation | None) -> Tables:
        """Tables of a product state, or of one behind a preparation, and of operations that follow."""
        first = {q: self._slots.add(scaled(angle, 0.5)) for q, angle in start.items()}
        rows = [r for op in ops for r in ([self._rotation(*op)] if isinstance(op, Rotation) else self._phases(op))]
        phases = SharedPhases.of(len(self._used), self._shared_phases)
        of_phases = [angle for angles in self._shared_phases for angle in angles.values()]
        has_real_gates = not any(kind == ROW_PHASE or x & 1 for kind, x, *_ in rows)
        parts = 1 if has_real_gates and phases.are_signs(np.array([a.get((), 0.0) for a in of_phases])) else 2
        index, shift = self._slots.index, 2 - parts
        n_prepared = 0 if preparation is None else len(preparation.qubits)
        numbered = [(k, x >> shift, z >> shift, index(at) if isinstance(at, Slot) else at) for k, x, z, at in rows]
        return Tables(
            len(self._used),
            parts,
            np.array(numbered, dtype=np.int64).reshape(-1, 4),
            np.array([index(first.get(q)) for q in self._used[n_prepared:]], dtype=np.int64),
            *slot_arrays(self._row_phases, len(self._used), self._slots),
            phases,
            self._slots.tapes(*of_phases),
            preparation,
        )

    def _rotation(self, x: int, z: int, angle: Polynomial) -> _Row:
        """A rotation about a string; one with an even number of Y turns real and imaginary parts into each other."""
        n_y = (x & z).bit_count()
        part = 1 - n_y % 2
        kind = TURN_BACK if part ^ n_y >> 1 & 1 else TURN
        return kind, self.pack(x) << 1 | part, self.pack(z) << 1 | part, self._slots.add(scaled(angle, 0.5))

    def _phases(self, op: Phase) -> list[_Row]:
        """Rotations about many Z with an angle of each row, then one phase of each row, then one that rows share."""
        shared: dict[int, Polynomial] = {}
        low: dict[int, Polynomial] = {}
        rows: list[_Row] = []
        for mask, angle in op.angles.items():
            if not self._atoms.is_of_rows(angle):
                shared[self.pack(mask)] = angle
            elif mask.bit_count() <= 2:
                low[self.pack(mask)] = angle
            else:
                rows.append(self._rotation(0, mask, angle))
        if low:
            phase = row_phase(low, self._slots)
            if phase not in self._row_phases:  # each layer repeats it
                self._row_phases.append(phase)
            rows.append((ROW_PHASE, 0, 0, self._row_phases.index(phase)))
        if shared:
            rows.append((SHARED_PHASE, 0, 0, len(self._shared_phases)))
            self._shared_phases.append(shared)
        return rows
