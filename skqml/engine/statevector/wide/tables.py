"""The tables of a circuit with the lowest qubits in lanes: one row becomes eight, of fewer qubits.

A Z on a qubit in lanes is a sign of an angle that differs from lane to lane, and a term of two bits, one of them in
lanes, is a term of one. All angles of lanes are linear in the angles of the rows, one sparse matrix for both ways.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from ...lanes import LANES
from ..compiled.kinds import ROW_PHASE, SHARED_PHASE, TURN
from ..phases import terms_of
from ..tables import Tables
from .basis import Basis
from .compiled.tiles import FLIP, PHASE, ROTATION, START, Circuit
from .passes import together
from .stages import StageStep, stages, tile_numbers

_Term = tuple[int, float | np.ndarray]  # an angle of rows, and its factor, which may differ from lane to lane


@dataclass
class _LaneSlots:
    """Angles of lanes, each a sum of terms."""

    lanes: int
    entries: list[tuple[np.ndarray, int, np.ndarray]] = field(default_factory=list)
    n: int = 0

    def add(self, terms: Sequence[_Term]) -> int:
        """The slot of a sum; -1 for none."""
        if not terms:
            return -1
        lines = self.n * self.lanes + np.arange(self.lanes)
        self.entries += [(lines, angle, np.broadcast_to(factor, self.lanes)) for angle, factor in terms]
        self.n += 1
        return self.n - 1

    def matrix(self, n_angles: int) -> csr_array:
        """From angles of rows to those of lanes."""
        rows = np.concatenate([line for line, _, _ in self.entries] or [np.empty(0, int)])
        columns = np.repeat([angle for _, angle, _ in self.entries], self.lanes)
        data = np.concatenate([factor for _, _, factor in self.entries] or [np.empty(0)])
        return csr_array((data, (rows, columns.astype(int))), shape=(self.n * self.lanes, n_angles))


# Terms of a phase exp(i sum_q a_q b_q + i sum_{j<q} a_qj b_q b_j), by the qubits.
_Form = dict[tuple[int, ...], list[_Term]]


class _TableReader:
    """Reads tables, step by step.

    Parameters
    ----------
    tables : Tables
    lanes : int
    """

    def __init__(self, tables: Tables, lanes: int):
        self.tables, self.n_lane_bits = tables, lanes.bit_length() - 1
        self.slots, self.bits = _LaneSlots(lanes), np.arange(lanes)
        self.n_bits = tables.n_qubits - self.n_lane_bits
        self._phases: dict[tuple[int, int], tuple] = {}

    def column(self, slot: int) -> int:
        """Number of the angle in a slot, where the angles of shared phases stand behind those of the shared slots."""
        n_shared = self.tables.tapes.n_shared
        return slot if slot < n_shared else slot + len(self.tables.phases.mask)

    def steps(self) -> list[StageStep]:
        """All operations, the first product state in front."""
        first = self.tables.start[self.n_lane_bits :]
        start = [self.slots.add([] if slot < 0 else [(self.column(slot), 1.0)]) for slot in first]
        found, shift = [StageStep(0, [], True, (START, start))], self.tables.parts - 1
        for kind, x, z, slot in self.tables.ops.tolist():
            if kind == SHARED_PHASE:
                found += self._shared(slot)
            elif kind == ROW_PHASE:
                found.append(self._phase(self._of_row(slot), (kind, slot)))
            else:
                term = self.column(slot), 1.0 if kind == TURN else -1.0
                found.append(self._rotation(x >> shift, z >> shift, x & shift, term))
        return found

    def _rotation(self, x: int, z: int, part: int, term: tuple[int, float]) -> StageStep:
        """A rotation; the part is 1 where it turns real and imaginary parts into each other."""
        signs = 1.0 - 2.0 * (np.bitwise_count(self.bits & z) & 1)  # lane by lane
        return StageStep(x, [z], False, (ROTATION, part, z, self.slots.add([(term[0], term[1] * signs)])))

    def _of_row(self, slot: int) -> _Form:
        t = self.tables
        slots: dict[tuple[int, ...], int] = {
            (q,): t.linear[slot, q] for q in np.flatnonzero(t.linear[slot] >= 0).tolist()
        }
        slots |= {(q, j): t.quadratic[slot, q, j] for q, j in np.argwhere(t.quadratic[slot] >= 0).tolist()}
        return {qubits: [(self.column(at), 1.0)] for qubits, at in slots.items()}

    def _shared(self, slot: int) -> list[StageStep]:
        """One phase of the strings with one or two Z, and rotations."""
        form: _Form = defaultdict(list)
        strings, found = self.tables.phases, []
        for k in np.flatnonzero(strings.index == slot).tolist():
            mask, angle = int(strings.mask[k]), self.tables.tapes.n_shared + k
            if mask.bit_count() > 2:
                found.append(self._rotation(0, mask, 1, (angle, -0.5)))
                continue
            for qubits, factor in terms_of(mask):
                form[qubits].append((angle, factor))
        return [*found, self._phase(form, (SHARED_PHASE, slot))] if form else found

    def _phase(self, form: _Form, key: tuple[int, int]) -> StageStep:
        if key not in self._phases:  # each layer may repeat it
            self._phases[key] = self._slots_of(form)
        return StageStep(0, [sum(1 << q for q in qubits) for qubits in form], True, (PHASE, self._phases[key]))

    def _slots_of(self, form: _Form) -> tuple[int, np.ndarray, np.ndarray]:
        """Slots of the factor, of a_q and of a_qj (symmetric), for the qubits that are not in lanes."""
        sums: _Form = defaultdict(list)
        for qubits, terms in form.items():
            outside = tuple(q - self.n_lane_bits for q in qubits if q >= self.n_lane_bits)
            mask = sum(1 << q for q in qubits if q < self.n_lane_bits)
            sums[outside] += [(a, factor * ((self.bits & mask) == mask)) for a, factor in terms]
        linear, quadratic = np.full(self.n_bits, -1), np.full((self.n_bits, self.n_bits), -1)
        for qubits, terms in sums.items():
            if len(qubits) == 1:
                linear[qubits] = self.slots.add(terms)
            elif qubits:
                quadratic[qubits] = quadratic[qubits[::-1]] = self.slots.add(terms)
        return self.slots.add(sums.get((), [(0, 0.0)])), linear, quadratic


class WideTables:
    """A circuit whose lowest qubits are in lanes, in stages.

    Parameters
    ----------
    tables : Tables
        Of a circuit that prepares no rows.
    dtype : dtype
    n_inside : int
        Most bits inside a tile.

    Attributes
    ----------
    n_bits : int
        Qubits that are not in lanes.
    circuit : Circuit
    matrix : sparse array (n_slots lanes, n_angles)
        Angles of lanes, from those that rows share, those of the shared phases and those of rows.
    lane_slots : list of int
        Slots of the first product state, of the qubits in lanes; -1 for none.
    """

    def __init__(self, tables: Tables, dtype: np.dtype, n_inside: int):
        reader = _TableReader(tables, LANES[dtype])
        self.n_bits, self.n_lane_bits = reader.n_bits, reader.n_lane_bits
        self.n_inside = min(n_inside, self.n_bits)
        self._shift = tables.parts - 1
        found = stages(reader.steps(), self.n_lane_bits, self.n_inside)
        in_lanes = [int(slot) for slot in tables.start[: self.n_lane_bits]]
        self.lane_slots = [reader.slots.add([] if slot < 0 else [(reader.column(slot), 1.0)]) for slot in in_lanes]
        self.n_slots = reader.slots.n
        self.matrix = reader.slots.matrix(tables.tapes.n_slots + len(tables.phases.mask))
        self.circuit = self._circuit(found)

    def _circuit(self, found: list[tuple[list[StageStep], Basis]]) -> Circuit:
        combinations, tiles, orders = tile_numbers([basis for _, basis in found], self.n_bits)
        start, n = found[0][0][0].lines[1], self.n_inside
        ops: list[tuple[int, ...]] = []
        phases: list[tuple[int, np.ndarray, np.ndarray, list]] = []
        for (steps, basis), order in zip(found, orders, strict=True):
            of_stage = [step.lines[1] for step in steps if step.lines[0] == PHASE]
            numbers = iter(range(len(phases), len(phases) + len(of_stage)))
            ops += together(steps, [self._op(step, basis, numbers) for step in steps])
            phases += [self._on_tiles(slots, order) for slots in of_stage]
        return Circuit(
            np.array(ops, dtype=np.int64),
            np.cumsum([0] + [len(steps) for steps, _ in found]),
            combinations,
            tiles,
            np.array([start[q] for q in orders[0]], dtype=np.int64),
            np.array([p[0] for p in phases], dtype=np.int64),
            np.array([p[1] for p in phases], dtype=np.int64).reshape(-1, n),
            np.array([p[2] for p in phases], dtype=np.int64).reshape(-1, n, n),
            np.array([term for p in phases for term in p[3]], dtype=np.int64).reshape(-1, 3),
            np.cumsum([0] + [len(p[3]) for p in phases]),
            self.n_slots,
        )

    def _on_tiles(
        self, slots: tuple[int, np.ndarray, np.ndarray], order: list[int]
    ) -> tuple[int, np.ndarray, np.ndarray, list[tuple[int, int, int]]]:
        """A phase of all bits as one of those inside a tile, and terms for those of its number; see `Circuit`."""
        seed, linear, quadratic = slots[0], slots[1][order], slots[2][np.ix_(order, order)]
        n, across = self.n_inside, quadratic[self.n_inside :, : self.n_inside] >= 0
        own = np.where(across.any(axis=0), self.n_slots + np.arange(n), linear[:n])
        terms = [(0, int(own[q]), int(linear[q])) for q in range(n) if across[:, q].any() and linear[q] >= 0]
        terms += [(1 << j - n, -1, int(linear[j])) for j in range(n, len(order)) if linear[j] >= 0]
        for j, q in np.argwhere(np.tril(quadratic >= 0)).tolist():
            if j >= n:
                mask, to = (1 << j - n, int(own[q])) if q < n else (1 << j - n | 1 << q - n, -1)
                terms.append((mask, to, int(quadratic[j, q])))
        return seed, own, quadratic[:n, :n], terms

    def _op(self, step: StageStep, basis: Basis, phases: Iterator[int]) -> tuple[int, ...]:
        """The line of an operation, with the next number for a phase."""
        if step.lines[0] != ROTATION:
            return step.lines[0], 0, 0, 0, 0, next(phases) if step.lines[0] == PHASE else 0
        _, part, z, slot = step.lines
        lanes, far, shift = step.x & ((1 << self.n_lane_bits) - 1), z >> self.n_lane_bits, self._shift
        local_x, local_z = basis.coordinates(step.x >> self.n_lane_bits), basis.parities(far)
        return FLIP if lanes else ROTATION, local_x << shift | part, local_z << shift | part, far, lanes, slot
