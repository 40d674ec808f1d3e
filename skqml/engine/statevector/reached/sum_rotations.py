"""Rotations about strings with the same X and Y, by the same angle: together they leave most basis states alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...reading.expressions import Polynomial
from ...reading.lower import Rotation

_LOOK_BACK = 64  # gates that a rotation may pass on its way to one that it belongs to


@dataclass
class SumRotation:
    """The gate exp(-i t G / 2) with G = sum_k c_k P_k, where the strings P_k = (x, z_k) commute.

    With P_k = i^(x.z_k) X^x Z^z_k, G takes basis state b to i^odd_y F(b) times state b ^ x.

    Attributes
    ----------
    x : int
        Which bits all strings turn over.
    angle : Polynomial
        t, with a leading coefficient of 1.
    z, factors : list of int, list of float
        Masks of Z, and c_k.
    """

    x: int
    angle: Polynomial
    z: list[int]
    factors: list[float]

    @property
    def odd_y(self) -> int:
        """1 for strings with an odd number of Y, which are imaginary, else 0."""
        return (self.x & self.z[0]).bit_count() & 1

    def commutes_with(self, x: int, z: int) -> bool:
        """Whether all strings commute with one."""
        return all(((self.x & z).bit_count() + (x & own).bit_count()) % 2 == 0 for own in self.z)

    def entries(self, states: np.ndarray) -> np.ndarray:
        """F (n_states,) of basis states, which are given as numbers."""
        n_y = np.array([(self.x & z).bit_count() for z in self.z])
        signed = np.array(self.factors) * (1 - 2 * (n_y >> 1 & 1))
        signs = 1.0 - 2.0 * (np.bitwise_count(states[:, None] & np.array(self.z, dtype=np.int64)) & 1)
        return signs @ signed


def grouped_rotations(rotations: Iterable[Rotation]) -> list[SumRotation]:
    """Rotations in an order that means the same, those that belong together as one gate."""
    gates: list[SumRotation] = []
    for x, z, angle in rotations:
        unit, factor = _unit(angle)
        if factor:
            gate = _home(gates, x, z, unit)
            gate.z.append(z)
            gate.factors.append(factor)
    return gates


def _unit(angle: Polynomial) -> tuple[Polynomial, float]:
    """An angle with a leading coefficient of 1, and what to multiply it with."""
    terms = {monomial: c for monomial, c in angle.items() if c}
    factor = terms[min(terms)] if terms else 0.0
    return {monomial: c / factor for monomial, c in terms.items()}, factor


def _home(gates: list[SumRotation], x: int, z: int, unit: Polynomial) -> SumRotation:
    """The gate that a rotation belongs to, a new one if it can reach none."""
    for gate in gates[: -_LOOK_BACK - 1 : -1]:
        if not gate.commutes_with(x, z):
            break
        if gate.x == x and _equal(gate.angle, unit):
            return gate
    gates.append(SumRotation(x, unit, [], []))
    return gates[-1]


def _equal(a: Polynomial, b: Polynomial) -> bool:
    return a.keys() == b.keys() and all(abs(c - b[monomial]) < 1e-12 for monomial, c in a.items())
