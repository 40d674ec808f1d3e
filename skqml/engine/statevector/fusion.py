"""Passes over gates that leave the circuit's meaning unchanged and make it cheap to run.

CX, SWAP and Pauli gates are never run: they change the Pauli strings of what follows, and in the
end of what is measured. Diagonal rotations gather in one phase vector. What acts on a fresh qubit
becomes part of the initial product state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from ..reading.affine import EXACT, affine
from ..reading.definitions import euler
from ..reading.expressions import Polynomial, add
from ..reading.lower import Fixed, Lowered, Rotation
from .frame import Frame


@dataclass
class Phase:
    """Commuting rotations exp(-i t Z_m / 2), one angle for each mask m."""

    angles: dict[int, Polynomial] = field(default_factory=dict)

    def add(self, mask: int, angle: Polynomial) -> None:
        """Let one more rotation act."""
        self.angles[mask] = add(self.angles.get(mask, {}), angle)


Op = Rotation | Phase


def _commute(x: int, z: int, other: Op) -> bool:
    if isinstance(other, Rotation):
        return ((x & other.z).bit_count() + (z & other.x).bit_count()) % 2 == 0
    return not x or all((x & mask).bit_count() % 2 == 0 for mask in other.angles)


def fuse(lowered: Lowered) -> tuple[list[Op], Frame]:
    """Gates as a list of rotations and phases, and the frame left over behind them."""
    fuser = _Fuser(lowered.n_qubits)
    fuser.read(lowered.gates)
    return fuser.ops, fuser.frame


def in_order(gates: Iterable[Rotation | Fixed], n_qubits: int) -> tuple[list[Rotation], Frame]:
    """Gates as rotations in the order in which they come, and the frame left over behind them."""
    reader = _InOrder(n_qubits)
    reader.read(gates)
    return reader.rotations, reader.frame


class _Fuser:
    """Takes gate after gate and keeps rotations and phases, the frame behind them, and fixed gates of one qubit."""

    def __init__(self, n_qubits: int):
        self.ops: list[Op] = []
        self.frame = Frame.identity(n_qubits)
        self._pending: dict[int, np.ndarray] = {}  # products of fixed one-qubit gates

    def read(self, gates: Iterable[Rotation | Fixed]) -> None:
        """Take all gates of a circuit."""
        for gate in gates:
            self.append(gate)
        self.flush(range(len(self.frame.x)))

    def append(self, gate: Rotation | Fixed) -> None:
        if isinstance(gate, Rotation):
            self.flush([q for q in self._pending if (gate.x | gate.z) >> q & 1])
            self._rotate(gate)
        elif len(gate.qubits) == 1:
            (q,) = gate.qubits
            self._pending[q] = gate.matrix @ self._pending[q] if q in self._pending else gate.matrix
        else:
            self.flush(gate.qubits)
            self._permute(gate)

    def flush(self, qubits: Iterable[int]) -> None:
        """Let the fixed gates that wait on some qubits act."""
        for q in qubits:
            if q in self._pending:
                lam, theta, phi = euler(self._pending.pop(q).tobytes())
                for x, z, angle in ((0, 1, lam), (1, 1, theta), (0, 1, phi)):
                    self._rotate(Rotation(x << q, z << q, {(): angle}))

    def _permute(self, gate: Fixed) -> None:
        found = affine(gate.matrix)
        assert found is not None  # lowering lets no other gate through
        for bits, angle in found.rotations:
            mask = sum(1 << q for j, q in enumerate(gate.qubits) if bits >> j & 1)
            self._rotate(Rotation(0, mask, {(): angle}))
        self.frame.append_permutation(found, gate.qubits)

    def _rotate(self, gate: Rotation) -> None:
        x, z, angle = gate
        if not any(angle):  # no monomial but the constant
            turn = angle.get((), 0.0) % (2 * np.pi)
            if not x | z or min(turn, 2 * np.pi - turn) < EXACT:
                return
            if abs(turn - np.pi) < EXACT:
                self.frame.append_pauli(x, z)
                return
        x, z, sign = self.frame.image(x, z)
        self._place(x, z, angle if sign > 0 else add({}, angle, -1.0))

    def _place(self, x: int, z: int, angle: Polynomial) -> None:
        """Merge a rotation with an equal one, or put it as early as it commutes: fewer phases, if it is diagonal."""
        position, phase = len(self.ops), None
        while position and _commute(x, z, self.ops[position - 1]):
            position -= 1
            op = self.ops[position]
            if isinstance(op, Phase):
                phase = op
            elif op.x == x and op.z == z:
                self.ops[position] = Rotation(x, z, add(op.angle, angle))
                return
        if x:
            self.ops.insert(position, Rotation(x, z, angle))
        elif phase is not None:
            phase.add(z, angle)
        else:
            self.ops.append(Phase({z: angle}))


class _InOrder(_Fuser):
    """Keeps rotations as they come."""

    def __init__(self, n_qubits: int):
        super().__init__(n_qubits)
        self.rotations: list[Rotation] = []

    def _place(self, x: int, z: int, angle: Polynomial) -> None:
        self.rotations.append(Rotation(x, z, angle))


def start_from_product(ops: list[Op], touched: int = 0) -> tuple[dict[int, Polynomial], list[Op]]:
    """Turn the first rotation of each fresh qubit q into RY(t)|0>; return {q: t} and the rest.

    Qubits in the mask ``touched`` are not fresh.
    """
    start: dict[int, Polynomial] = {}
    rest: list[Op] = []
    for op in ops:
        if isinstance(op, Phase):
            _append_phase(rest, {m: angle for m, angle in op.angles.items() if m & touched}, touched)
            continue
        q, z = op.x.bit_length() - 1, op.z & (touched | op.x)  # Z of a fresh qubit is 1
        if op.x == 1 << q and not op.x & touched and not z & ~op.x:
            start[q] = op.angle
            if not z:  # RX(t)|0> is RY(t)|0> with a phase of -i at |1>
                _append_phase(rest, {op.x: {(): -np.pi / 2}}, op.x)
        else:
            rest.append(Rotation(op.x, z, op.angle))
        touched |= op.x
    return start, rest


def _append_phase(ops: list[Op], angles: dict[int, Polynomial], touched: int) -> None:
    """Let a phase follow on the touched qubits, merged with one before it."""
    last = ops[-1] if ops else None
    phase = last if isinstance(last, Phase) else Phase()
    for mask, angle in angles.items():
        phase.add(mask & touched, angle)
    if angles and phase is not last:
        ops.append(phase)


def light_cone(ops: list[Op], paulis: list[tuple[int, int]]) -> list[Op]:
    """Drop what commutes with the measured Pauli strings and with all that is kept behind it."""
    seen = _Span()
    seen.add(paulis)
    kept: list[Op] = []
    for op in reversed(ops):
        strings = [(op.x, op.z)] if isinstance(op, Rotation) else [(0, m) for m in op.angles]
        needed = [seen.anticommutes_with(x, z) for x, z in strings]
        if not any(needed):
            continue
        kept.append(op if isinstance(op, Rotation) else Phase(dict(compress(op.angles.items(), needed))))
        seen.add(compress(strings, needed))
    return kept[::-1]


class _Span:
    """All products of some Pauli strings: what commutes with a basis of them commutes with all."""

    def __init__(self) -> None:
        self._basis: dict[tuple[int, int], tuple[int, int]] = {}  # by the highest bits of X, or else of Z

    def anticommutes_with(self, x: int, z: int) -> bool:
        return any(((x & b).bit_count() + (z & a).bit_count()) & 1 for a, b in self._basis.values())

    def add(self, strings: Iterable[tuple[int, int]]) -> None:
        for x, z in strings:
            while x or z:
                a, b = self._basis.setdefault((x.bit_length(), 0) if x else (0, z.bit_length()), (x, z))
                x, z = x ^ a, z ^ b  # nothing is left of a new one
