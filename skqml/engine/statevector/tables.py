"""A fused circuit as the arrays that the compiled sweeps read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..reading.angles import Tape
from ..reading.expressions import Atoms, Polynomial, add
from ..reading.lower import Lowered, Rotation
from .compiled.forward import DIAGONAL, IMAGINARY, REAL, ROW_PHASE, SHARED_PHASE
from .fusion import Op, fuse, light_cone, start_from_product, walsh

_MAX_SIGN_QUBITS = 16  # above, nobody looks whether a constant phase has signs only


@dataclass(frozen=True)
class Tables:
    """Operations and angle tapes of a circuit; see `statevector.forward` for the arrays.

    Slots are numbered shared ones first. The shared tape gives the angles of the shared slots,
    then those of all strings in shared phases (`phase_index`, `phase_mask`).
    """

    n_features: int
    n_weights: int
    n_qubits: int
    parts: int
    ops: np.ndarray
    start: np.ndarray
    linear: np.ndarray
    quadratic: np.ndarray
    n_shared: int
    n_rows: int
    shared_tape: Tape
    row_tape: Tape
    phase_index: np.ndarray
    phase_mask: np.ndarray
    tracked: np.ndarray

    @property
    def n_slots(self) -> int:
        """Number of rotation angles and phase coefficients."""
        return self.n_shared + self.n_rows

    @property
    def cost(self) -> int:
        """Vector operations that one group of rows takes, roughly."""
        return (len(self.ops) + 2) * self.parts << self.n_qubits


Strings = list[tuple[int, int, int]]


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
    strings = [frame.pullback(x, z) for x, z in paulis or ()]
    start, ops = start_from_product(ops)
    if paulis is not None:
        ops = light_cone(ops, [(x, z) for x, z, _ in strings])
    used = _used_qubits(ops, strings, start if paulis is None else {})
    builder = _Builder(lowered, {q: k for k, q in enumerate(used)})
    tables = builder.build(ops, {q: a for q, a in start.items() if q in used})
    return tables, [(builder.pack(x), builder.pack(z), sign) for x, z, sign in strings]


def _used_qubits(ops: list[Op], strings: Strings, start: dict[int, Polynomial]) -> list[int]:
    mask = sum(1 << q for q in start)
    for x, z, _ in strings:
        mask |= x | z
    for op in ops:
        for bits in [op.x, op.z] if isinstance(op, Rotation) else op.angles:
            mask |= bits
    return [q for q in range(mask.bit_length()) if mask >> q & 1]


class _Builder:
    def __init__(self, lowered: Lowered, places: dict[int, int]):
        self.lowered = lowered
        self.places = places
        self._data = _data_atoms(lowered.atoms, lowered.n_features)
        self._slots: dict[tuple, tuple[bool, int]] = {}  # polynomial -> (of rows, number)
        self._polynomials: dict[bool, list[Polynomial]] = {False: [], True: []}
        self._strings: list[tuple[int, int, Polynomial]] = []
        self._row_phases: list[tuple[dict, dict]] = []

    def pack(self, mask: int) -> int:
        """Mask over the qubits in use."""
        return sum(1 << k for q, k in self.places.items() if mask >> q & 1)

    def build(self, ops: list[Op], start: dict[int, Polynomial]) -> Tables:
        first = {self.places[q]: self._slot(a, 0.5) for q, a in start.items()}
        rows = [row for op in ops for row in self._op_rows(op)]
        n_shared, n = len(self._polynomials[False]), len(self.places)
        parts = 1 if self._is_real(rows) else 2
        strings = [p for _, _, p in self._strings]
        phase_index = np.array([k for k, _, _ in self._strings], dtype=np.int64)
        free = sorted({k for k, _, p in self._strings if any(p)})
        tracked = np.full(max(phase_index, default=-1) + 1, -1)
        tracked[free] = np.arange(len(free))
        atoms = self.lowered.atoms
        linear, quadratic = self._phase_slots(n, n_shared)
        return Tables(
            n_features=self.lowered.n_features,
            n_weights=self.lowered.n_weights,
            n_qubits=n,
            parts=parts,
            ops=_ops_array(rows, n_shared, parts),
            start=np.array([_number(first.get(q), n_shared) for q in range(n)], dtype=np.int64),
            linear=linear,
            quadratic=quadratic,
            n_shared=n_shared,
            n_rows=len(self._polynomials[True]),
            shared_tape=Tape(atoms, self._polynomials[False] + strings),
            row_tape=Tape(atoms, self._polynomials[True]),
            phase_index=phase_index,
            phase_mask=np.array([m for _, m, _ in self._strings], dtype=np.int64),
            tracked=tracked,
        )

    def _slot(self, angle: Polynomial, factor: float) -> tuple[bool, int]:
        angle = {m: factor * v for m, v in angle.items() if v}
        of_rows = self._of_rows(angle)
        polynomials = self._polynomials[of_rows]
        found = self._slots.setdefault(tuple(sorted(angle.items())), (of_rows, len(polynomials)))
        if found[1] == len(polynomials):
            polynomials.append(angle)
        return found

    def _of_rows(self, angle: Polynomial) -> bool:
        return any(a in self._data for monomial in angle for a in monomial)

    def _op_rows(self, op: Op) -> list[tuple]:
        """Rows (kind, x, z, slot) of an operation, with slots still as (of_rows, number)."""
        if isinstance(op, Rotation):
            n_y = (op.x & op.z).bit_count()
            kind = DIAGONAL if not op.x else REAL if n_y % 2 else IMAGINARY
            slot = self._slot(op.angle, 0.5 * (-1) ** (n_y >> 1))
            return [(kind, self.pack(op.x), self.pack(op.z), slot)]
        angles = {self.pack(m): a for m, a in op.angles.items()}
        shared = {m: a for m, a in angles.items() if not self._of_rows(a)}
        low = {m: a for m, a in angles.items() if m not in shared and m.bit_count() <= 2}
        high = {m: a for m, a in angles.items() if m not in shared and m not in low}
        rows = [(DIAGONAL, 0, m, self._slot(a, 0.5)) for m, a in high.items()]
        if low:
            rows.append((ROW_PHASE, 0, 0, (False, self._row_phase(low))))
        if shared:
            number = 1 + max((k for k, _, _ in self._strings), default=-1)
            self._strings += [(number, m, a) for m, a in shared.items()]
            rows.append((SHARED_PHASE, 0, 0, (False, number)))
        return rows

    def _row_phase(self, angles: dict[int, Polynomial]) -> int:
        """Number of the phase exp(i sum a_q b_q + i sum a_qj b_q b_j) that has these angles."""
        linear: dict[int, Polynomial] = {}
        quadratic = {}
        for mask, angle in angles.items():
            bits = [q for q in range(mask.bit_length()) if mask >> q & 1]
            for q in bits:  # Z_q Z_j = 1 - 2 b_q - 2 b_j + 4 b_q b_j
                linear[q] = add(linear.get(q, {}), angle)
            if len(bits) == 2:
                quadratic[bits[1], bits[0]] = self._slot(angle, -2.0)
        phase = ({q: self._slot(a, 1.0) for q, a in linear.items()}, quadratic)
        if phase not in self._row_phases:
            self._row_phases.append(phase)
        return self._row_phases.index(phase)

    def _phase_slots(self, n: int, n_shared: int) -> tuple[np.ndarray, np.ndarray]:
        linear = np.full((len(self._row_phases), n), -1, dtype=np.int64)
        quadratic = np.full((len(self._row_phases), n, n), -1, dtype=np.int64)
        for k, (lines, squares) in enumerate(self._row_phases):
            for q, slot in lines.items():
                linear[k, q] = _number(slot, n_shared)
            for pair, slot in squares.items():
                quadratic[(k, *pair)] = _number(slot, n_shared)
        return linear, quadratic

    def _is_real(self, rows: list[tuple]) -> bool:
        n = len(self.places)
        if any(kind not in (REAL, SHARED_PHASE) for kind, *_ in rows) or n > _MAX_SIGN_QUBITS:
            return False
        if any(any(p) for _, _, p in self._strings):
            return False
        phases = np.zeros((1 + max((k for k, _, _ in self._strings), default=-1), 1 << n))
        for k, mask, p in self._strings:
            phases[k, mask] += p.get((), 0.0)
        turns = walsh(phases) * -0.5
        return bool(np.all(np.abs(np.sin(turns - turns[:, :1])) < 1e-14))


def _data_atoms(atoms: Atoms, n_features: int) -> set[int]:
    data = set(range(n_features))
    for k, (_, _, argument) in enumerate(atoms.functions):
        if any(a in data for monomial in argument for a in monomial):
            data.add(len(atoms.numbers) + k)
    return data


def _number(slot: tuple[bool, int] | None, n_shared: int) -> int:
    if slot is None:
        return -1
    of_rows, number = slot
    return number + n_shared if of_rows else number


def _ops_array(rows: list[tuple], n_shared: int, parts: int) -> np.ndarray:
    shift = parts - 1
    table = [(kind, x << shift, z << shift, _number(s, n_shared)) for kind, x, z, s in rows]
    return np.array(table, dtype=np.int64).reshape(-1, 4)
