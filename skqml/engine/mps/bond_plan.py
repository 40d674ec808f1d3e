"""When the bonds of a chain are cut back, which the circuit alone says."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .steps import Chain, Compress, Local, Step

_SLACK = 2  # times the bonds allowed, before they are cut back: one sweep a layer, and better cuts than gate by gate
_SMALL = 32  # bonds up to this may be larger than a state needs: derivatives do not go back through cuts


@dataclass(frozen=True)
class BondPlan:
    """Steps of a circuit, with cuts between them.

    Attributes
    ----------
    steps : list of Step
    bonds : list of int
        Dimensions of the bonds at the end.
    largest : int
        The largest bond that occurs.
    loses : bool
        Whether a cut can lose a part of the state.
    """

    steps: list[Step]
    bonds: list[int]
    largest: int
    loses: bool

    @property
    def operators(self) -> list[Local | Chain]:
        """All steps that are no cuts."""
        return [step for step in self.steps if not isinstance(step, Compress)]

    @property
    def linear(self) -> bool:
        """Whether there are no cuts."""
        return len(self.operators) == len(self.steps)


def planned(n_qubits: int, operators: Sequence[Local | Chain], bond_dimension: int | None) -> BondPlan:
    """Operators with cuts where a bond would else be twice as large as is allowed, and at the end."""
    whole = [1 << min(k, n_qubits - k) for k in range(n_qubits + 1)]
    most = sys.maxsize if bond_dimension is None else bond_dimension
    allowed = [min(b, most) for b in whole]
    enough = [max(b, min(most, _SMALL)) for b in allowed]
    bonds, largest, loses = [1] * (n_qubits + 1), 1, False
    steps: list[Step] = []

    def cut() -> None:
        nonlocal bonds, loses
        loses |= _cut_back(bonds, allowed) != _cut_back(bonds, whole)
        bonds = _cut_back(bonds, allowed)
        steps.append(Compress(bonds))

    for operator in operators:
        if isinstance(operator, Chain):
            if _exceeds(bonds, allowed) and _exceeds(_grown(bonds, operator), [_SLACK * b for b in enough]):
                cut()
            bonds = _grown(bonds, operator)
            largest = max(largest, *bonds)
        steps.append(operator)
    if _exceeds(bonds, enough):
        cut()
    return BondPlan(steps, bonds, largest, loses)


def _exceeds(bonds: list[int], limits: list[int]) -> bool:
    return any(b > limit for b, limit in zip(bonds, limits, strict=True))


def _grown(bonds: list[int], chain: Chain) -> list[int]:
    grown = list(bonds)
    for k, rank in enumerate(chain.ranks, start=chain.first + 1):
        grown[k] *= rank
    return grown


def _cut_back(bonds: list[int], allowed: list[int]) -> list[int]:
    """Dimensions behind a sweep: no bond is larger than its neighbour and a site, or than is allowed."""
    left = [1]
    for b in bonds[1:]:
        left.append(min(b, 2 * left[-1]))
    right = [1]
    for b, limit in zip(left[-2::-1], allowed[-2::-1], strict=True):
        right.append(min(b, limit, 2 * right[-1]))
    return right[::-1]
