"""Diagonal unitaries of a circuit: phases that all rows share, and phases of each row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..masks import bits_of
from ..reading.expressions import Polynomial, add
from ..reading.slots import Slot, Slots
from ..walsh import walsh

# The phase exp(i sum_q a_q b_q + i sum_{j<q} a_qj b_q b_j) of bits b: slots of a_q at (q,) and of a_qj at (q, j).
RowPhase = dict[tuple[int, ...], Slot]

_MAX_SIGN_QUBITS = 16  # above, nobody looks whether a constant phase has signs only


@dataclass(frozen=True)
class SharedPhases:
    """Phases exp(-i sum_m t_m Z_m / 2) that all rows share, each of some Pauli strings Z_m.

    Attributes
    ----------
    n_qubits : int
    index, mask : int64 (n_strings,)
        The phase that a string belongs to, and the qubits on which it has a Z.
    tracked : int64 (n_phases,)
        A number for each phase whose angles depend on weights, so that their derivatives are wanted; -1 for others.
    places : int64 (n_strings,)
        Of each string among all of the tracked phases, phase by phase; -1 for those of others.
    """

    n_qubits: int
    index: np.ndarray
    mask: np.ndarray
    tracked: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, n_qubits: int, phases: Sequence[dict[int, Polynomial]]) -> "SharedPhases":
        """Those with these angles {mask: t}, one dictionary for each phase."""
        tracked = np.full(len(phases), -1)
        depend = [k for k, angles in enumerate(phases) if any(any(t) for t in angles.values())]
        tracked[depend] = np.arange(len(depend))
        strings = np.array([(k, m) for k, angles in enumerate(phases) for m in angles], dtype=np.int64).reshape(-1, 2)
        index, mask = strings.T.copy()
        places = np.where(tracked[index] >= 0, (tracked[index] << n_qubits) + mask, -1)
        return cls(n_qubits, index, mask, tracked, places)

    @property
    def n_tracked(self) -> int:
        """Phases whose derivatives are wanted."""
        return 1 + max(self.tracked, default=-1)

    @property
    def size(self) -> int:
        """Multiplications that the exponents take as a product with a matrix."""
        return len(self.tracked) << 2 * self.n_qubits

    def exponents(self, angles: np.ndarray) -> np.ndarray:
        """Exponents (n_phases, 2**n_qubits) of the phase factors, from the angles t (n_strings,)."""
        of_masks = np.zeros((len(self.tracked), 1 << self.n_qubits))
        of_masks[self.index, self.mask] = angles
        return walsh(of_masks) * -0.5

    def pullback(self, total: np.ndarray) -> np.ndarray:
        """Cotangents (n_strings,) of the angles t from those (n_tracked, 2**n_qubits) of minus the exponents."""
        if not len(total):
            return np.zeros(len(self.places))
        return np.where(self.places >= 0, walsh(total).ravel()[self.places] * 0.5, 0.0)

    def are_signs(self, angles: np.ndarray) -> bool:
        """Whether all phases are constant and, up to one factor each, have the values 1 and -1 alone."""
        if self.n_tracked or self.n_qubits > _MAX_SIGN_QUBITS:
            return False
        exponents = self.exponents(angles)
        return bool(np.all(np.abs(np.sin(exponents - exponents[:, :1])) < 1e-14))


def terms_of(mask: int) -> list[tuple[tuple[int, ...], float]]:
    """Terms of the phase that a rotation about one or two Z is: their qubits, and their factors of the angle."""
    bits = bits_of(mask)
    pair = [((bits[1], bits[0]), -2.0)] if len(bits) == 2 else []
    return [*pair, *(((q,), 1.0) for q in bits)]  # Z_q Z_j = 1 - 2 b_q - 2 b_j + 4 b_q b_j


def row_phase(angles: dict[int, Polynomial], slots: Slots) -> RowPhase:
    """The phase of rotations about Pauli strings of one or two Z, given as {mask: angle}."""
    sums: dict[tuple[int, ...], Polynomial] = {}
    for mask, angle in angles.items():
        for qubits, factor in terms_of(mask):
            sums[qubits] = add(sums.get(qubits, {}), angle, factor)
    return {qubits: slots.add(scaled(angle, 1.0)) for qubits, angle in sums.items()}


def scaled(angle: Polynomial, factor: float) -> Polynomial:
    """An angle times a number, without what is zero."""
    return {monomial: factor * c for monomial, c in angle.items() if c}


def slot_arrays(phases: Sequence[RowPhase], n_qubits: int, slots: Slots) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the slots of a_q (n_phases, n_qubits) and a_qj (n_phases, n_qubits, n_qubits); -1 for none."""
    linear = np.full((len(phases), n_qubits), -1, dtype=np.int64)
    quadratic = np.full((len(phases), n_qubits, n_qubits), -1, dtype=np.int64)
    for k, phase in enumerate(phases):
        for qubits, slot in phase.items():
            (linear if len(qubits) == 1 else quadratic)[(k, *qubits)] = slots.index(slot)
    return linear, quadratic
