"""Passes over gates that leave the circuit's meaning unchanged and make it cheap to run.

CX, SWAP and Pauli gates are never run: they change the Pauli strings of what follows, and in the
end of what is measured. Diagonal rotations gather in one phase vector. What acts on a fresh qubit
becomes part of the initial product state.
"""

from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from ..reading.expressions import Polynomial, add
from ..reading.lower import Fixed, Lowered, Rotation, affine_images

_EXACT = 1e-14  # angles this close to a multiple of pi are taken for it


@dataclass
class Phase:
    """Commuting rotations exp(-i t Z_m / 2), one angle for each mask m."""

    angles: dict[int, Polynomial] = field(default_factory=dict)


Op = Rotation | Phase


def _commute(x: int, z: int, other: Op) -> bool:
    if isinstance(other, Rotation):
        return ((x & other.z).bit_count() + (z & other.x).bit_count()) % 2 == 0
    return all((x & mask).bit_count() % 2 == 0 for mask in other.angles)


@dataclass
class Frame:
    """The Clifford F of a circuit F O: images F^-1 X_q F and F^-1 Z_q F, with their signs."""

    x: list[int]
    z: list[int]
    x_sign: list[int]
    z_sign: list[int]

    @classmethod
    def identity(cls, n_qubits: int) -> "Frame":
        """The frame of an empty circuit."""
        bits = [1 << q for q in range(n_qubits)]
        return cls(list(bits), list(bits), [0] * n_qubits, [0] * n_qubits)

    def pullback(self, x: int, z: int) -> tuple[int, int, int]:
        """Masks and sign (+1 or -1) of F^-1 P F for the Pauli string P = (x, z)."""
        new_x = new_z = flips = 0
        for q in range(max(x, z).bit_length()):
            if x >> q & 1:
                new_x ^= self.x[q]
                flips ^= self.x_sign[q]
            if z >> q & 1:
                new_z ^= self.z[q]
                flips ^= self.z_sign[q]
        turns = (x & z).bit_count() - (new_x & new_z).bit_count()  # powers of i, always even
        return new_x, new_z, 1 - 2 * ((flips + turns // 2) % 2)

    def append_pauli(self, x: int, z: int) -> None:
        """Put a Pauli string behind the frame."""
        for q in range(len(self.x)):
            self.x_sign[q] ^= z >> q & 1
            self.z_sign[q] ^= x >> q & 1

    def append_permutation(self, image: np.ndarray, qubits: tuple[int, ...]) -> None:
        """Put |b> -> |A b + c> on some qubits behind the frame."""
        shift = int(image[0])
        x, z, x_sign, z_sign = (list(a) for a in (self.x, self.z, self.x_sign, self.z_sign))
        for k, q in enumerate(qubits):
            row = [int(image[1 << j] ^ shift) >> k & 1 for j in range(len(qubits))]
            column = int(np.flatnonzero(image == shift ^ (1 << k))[0])
            z_from = list(compress(qubits, row))
            x_from = [p for j, p in enumerate(qubits) if column >> j & 1]
            self.z[q], self.x[q] = _xor(z, z_from), _xor(x, x_from)
            self.z_sign[q] = _xor(z_sign, z_from) ^ (shift >> k & 1)
            self.x_sign[q] = _xor(x_sign, x_from)


def _xor(values: list[int], places: list[int]) -> int:
    total = 0
    for place in places:
        total ^= values[place]
    return total


def fuse(lowered: Lowered) -> tuple[list[Op], Frame]:
    """Gates as a list of rotations and phases, and the frame left over behind them."""
    fuser = _Fuser(lowered.n_qubits)
    for gate in lowered.gates:
        fuser.append(gate)
    fuser.flush(range(lowered.n_qubits))
    return fuser.ops, fuser.frame


class _Fuser:
    def __init__(self, n_qubits: int):
        self.ops: list[Op] = []
        self.frame = Frame.identity(n_qubits)
        self._pending: dict[int, np.ndarray] = {}  # products of fixed one-qubit gates

    def append(self, gate: Rotation | Fixed) -> None:
        if isinstance(gate, Rotation):
            self.flush([q for q in self._pending if (gate.x | gate.z) >> q & 1])
            self._rotate(gate)
        elif len(gate.qubits) == 1:
            (q,) = gate.qubits
            self._pending[q] = gate.matrix @ self._pending.get(q, np.eye(2))
        else:
            self.flush(gate.qubits)
            self._affine(gate)

    def flush(self, qubits) -> None:
        for q in qubits:
            matrix = self._pending.pop(q, None)
            if matrix is not None:
                lam, theta, phi = _euler(matrix)
                for x, z, angle in ((0, 1, lam), (1, 1, theta), (0, 1, phi)):
                    self._rotate(Rotation(x << q, z << q, {(): angle}))

    def _affine(self, gate: Fixed) -> None:
        found = affine_images(gate.matrix)
        assert found is not None  # lowering lets no other gate through
        image, phases = found
        turns = walsh(np.angle(phases)) * (-2.0 / len(phases))
        for bits in np.flatnonzero(np.abs(turns) > _EXACT):
            mask = sum(1 << q for j, q in enumerate(gate.qubits) if bits >> j & 1)
            self._rotate(Rotation(0, mask, {(): float(turns[bits])}))
        self.frame.append_permutation(image, gate.qubits)

    def _rotate(self, gate: Rotation) -> None:
        if gate.x == gate.z == 0:
            return
        if not any(gate.angle):  # no monomial but the constant
            angle = gate.angle.get((), 0.0) % (2 * np.pi)
            if min(angle, 2 * np.pi - angle) < _EXACT:
                return
            if abs(angle - np.pi) < _EXACT:
                self.frame.append_pauli(gate.x, gate.z)
                return
        x, z, sign = self.frame.pullback(gate.x, gate.z)
        self._place(Rotation(x, z, add({}, gate.angle, sign)))

    def _place(self, gate: Rotation) -> None:
        """Merge a rotation with an equal one, or put it as early as it commutes."""
        position = len(self.ops)
        while position and _commute(gate.x, gate.z, self.ops[position - 1]):
            position -= 1
            op = self.ops[position]
            if isinstance(op, Phase) and gate.x == 0:
                op.angles[gate.z] = add(op.angles.get(gate.z, {}), gate.angle)
                return
            if isinstance(op, Rotation) and (op.x, op.z) == (gate.x, gate.z):
                self.ops[position] = Rotation(op.x, op.z, add(op.angle, gate.angle))
                return
        if gate.x:
            self.ops.insert(position, gate)
        else:
            self.ops.append(Phase({gate.z: gate.angle}))


def walsh(values: np.ndarray) -> np.ndarray:
    """Walsh-Hadamard transform along the last axis: sum over b of (-1)^(m.b) values[b]."""
    values = np.array(values, dtype=float)
    size, half = values.shape[-1], 1
    while half < size:
        pairs = values.reshape(*values.shape[:-1], size // (2 * half), 2, half)
        a, b = pairs[..., 0, :].copy(), pairs[..., 1, :]
        pairs[..., 0, :], pairs[..., 1, :] = a + b, a - b
        half *= 2
    return values


def _euler(u: np.ndarray) -> tuple[float, float, float]:
    """Angles (lam, theta, phi) with u = RZ(phi) RY(theta) RZ(lam), up to a global phase."""
    if abs(u[1, 0]) < _EXACT:
        return float(np.angle(u[1, 1] / u[0, 0])), 0.0, 0.0
    if abs(u[0, 0]) < _EXACT:
        return float(np.angle(-u[0, 1] / u[1, 0])), np.pi, 0.0
    theta, phi = 2.0 * np.arctan2(abs(u[1, 0]), abs(u[0, 0])), np.angle(u[1, 0] / u[0, 0])
    # Of phi alone small entries know little; what counts beside it comes from the larger ones.
    if abs(u[1, 0]) < abs(u[0, 0]):
        lam = np.angle(u[1, 1] / u[0, 0]) - phi
    else:
        lam = phi - np.angle(-u[1, 0] / u[0, 1])
    return float(lam), float(theta), float(phi)


def start_from_product(ops: list[Op]) -> tuple[dict[int, Polynomial], list[Op]]:
    """Turn the first rotation of each fresh qubit q into RY(t)|0>; return {q: t} and the rest."""
    start: dict[int, Polynomial] = {}
    rest: list[Op] = []
    touched = 0
    for op in ops:
        if isinstance(op, Phase):
            _append_phase(rest, {m & touched: a for m, a in _folded(op, touched)})
            continue
        q, z = op.x.bit_length() - 1, op.z & (touched | op.x)  # Z of a fresh qubit is 1
        if op.x == 1 << q and not op.x & touched and not z & ~op.x:
            start[q] = op.angle
            if not z:  # RX(t)|0> is RY(t)|0> with a phase of -i at |1>
                _append_phase(rest, {op.x: {(): -np.pi / 2}})
        else:
            rest.append(Rotation(op.x, z, op.angle))
        touched |= op.x
    return start, rest


def _folded(op: Phase, touched: int):
    """Angles of a phase by the part of their mask on touched qubits, equal ones added up."""
    folded: dict[int, Polynomial] = {}
    for mask, angle in op.angles.items():
        if mask & touched:
            folded[mask & touched] = add(folded.get(mask & touched, {}), angle)
    return folded.items()


def _append_phase(ops: list[Op], angles: dict[int, Polynomial]) -> None:
    if angles and ops and isinstance(ops[-1], Phase):
        for mask, angle in angles.items():
            ops[-1].angles[mask] = add(ops[-1].angles.get(mask, {}), angle)
    elif angles:
        ops.append(Phase(angles))


def light_cone(ops: list[Op], paulis: list[tuple[int, int]]) -> list[Op]:
    """Drop what commutes with the measured Pauli strings and with all that is kept behind it."""
    seen = np.array(paulis, dtype=np.int64).reshape(-1, 2)
    kept: list[Op] = []
    for op in reversed(ops):
        strings = [(op.x, op.z)] if isinstance(op, Rotation) else [(0, m) for m in op.angles]
        needed = [_anticommutes_with_any(x, z, seen) for x, z in strings]
        if not any(needed):
            continue
        if isinstance(op, Phase):
            op = Phase(dict(compress(op.angles.items(), needed)))
        seen = np.concatenate([seen, np.array(list(compress(strings, needed)))])
        kept.append(op)
    return kept[::-1]


def _anticommutes_with_any(x: int, z: int, seen: np.ndarray) -> bool:
    parity = np.bitwise_count(seen[:, 0] & z) + np.bitwise_count(seen[:, 1] & x)
    return bool((parity & 1).any())
