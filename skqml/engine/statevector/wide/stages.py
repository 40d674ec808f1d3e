"""Operations in stages, so that each stage moves amplitudes inside tiles alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .basis import Basis

_LOOK_AHEAD = 128  # operations that wait while later ones that commute with them are taken


@dataclass(frozen=True)
class StageStep:
    """One operation on amplitudes: a rotation about a Pauli string, or a phase of several strings of Z.

    Attributes
    ----------
    x : int
        Which bits it turns over.
    strings : list of int
        Masks of Z.
    flat : bool
        Whether it needs tiles of whole bits.
    lines : tuple
        What it is made of, for the one who reads the stages.
    """

    x: int
    strings: Sequence[int]
    flat: bool = False
    lines: tuple = field(default=(), compare=False)

    def commutes_with(self, other: "StageStep") -> bool:
        """Whether all strings do."""
        if not self.x and not other.x:
            return True
        return all(
            ((self.x & b).bit_count() + (other.x & a).bit_count()) % 2 == 0 for a in self.strings for b in other.strings
        )


def stages(steps: Sequence[StageStep], n_lane_bits: int, n_inside: int) -> list[tuple[list[StageStep], Basis]]:
    """Steps in an order that means the same, in stages with the basis of their tiles.

    Each stage takes what it can from the steps that are left, looking past those that commute with what follows.
    """
    found: list[tuple[list[StageStep], Basis]] = []
    left = list(steps)
    while left or not found:
        basis = Basis(n_inside)
        taken: list[StageStep] = []
        skipped: list[StageStep] = []
        for number, step in enumerate(left):
            if len(skipped) == _LOOK_AHEAD:
                skipped += left[number:]
                break
            if all(step.commutes_with(other) for other in skipped) and _let_in(step, basis, n_lane_bits):
                taken.append(step)
            else:
                skipped.append(step)
        found.append((taken, basis.filled()))
        left = skipped
    return found


def _let_in(step: StageStep, basis: Basis, n_lane_bits: int) -> bool:
    return (not step.flat or basis.flatten()) and basis.take(step.x >> n_lane_bits)


def tile_numbers(bases: Sequence[Basis], n_bits: int) -> tuple[np.ndarray, np.ndarray, list[list[int]]]:
    """Arrays `combinations` and `tiles` of stages, and for each all bits, those inside a tile first.

    The latter where tiles have whole bits alone.
    """
    combinations, tiles, free = zip(*(basis.tiles(n_bits) for basis in bases), strict=True)
    inside = [[mask.bit_length() - 1 for mask in basis.masks] for basis in bases]
    return np.stack(combinations), np.stack(tiles), [a + b for a, b in zip(inside, free, strict=True)]
