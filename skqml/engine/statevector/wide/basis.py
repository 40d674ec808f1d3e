"""Which amplitudes lie in a tile: those whose numbers differ by sums (mod 2) of a few masks."""

from collections.abc import Sequence

import numpy as np

from ...masks import all_sums


class Basis:
    """Independent masks that span the numbers of a tile, no more than some of them.

    Parameters
    ----------
    size : int
        Most masks.
    masks : sequence of int
        The first ones.

    Attributes
    ----------
    masks : list of int
    flat : bool
        Whether masks of one bit alone are let in: then a phase of two bits a term is one on the tile, too.
    """

    def __init__(self, size: int, masks: Sequence[int] = ()):
        self.size, self.flat = size, False
        self.masks: list[int] = []
        self._reduced: dict[int, tuple[int, int]] = {}  # by the top bit: a sum of masks, and which these are
        for mask in masks:
            self.take(mask)

    def _reduce(self, mask: int) -> tuple[int, int]:
        which = 0
        while mask and mask.bit_length() in self._reduced:
            known, of_known = self._reduced[mask.bit_length()]
            mask, which = mask ^ known, which ^ of_known
        return mask, which

    def take(self, mask: int) -> bool:
        """Let a mask in, if there is room and need; whether it is in the span now."""
        rest, which = self._reduce(mask)
        if not rest:
            return True
        if len(self.masks) == self.size or (self.flat and mask.bit_count() > 1):
            return False
        self._reduced[rest.bit_length()] = rest, which | 1 << len(self.masks)
        self.masks.append(mask)
        return True

    def flatten(self) -> bool:
        """Let no more but masks of one bit in; False if others are in."""
        self.flat = self.flat or all(mask.bit_count() == 1 for mask in self.masks)
        return self.flat

    def filled(self) -> "Basis":
        """The basis with the lowest bits for what is missing, in ascending order: neighbours stay neighbours."""
        full, bit = Basis(self.size, self.masks), 0
        while len(full.masks) < self.size:
            full.take(1 << bit)
            bit += 1
        return Basis(self.size, sorted(full.masks))

    def coordinates(self, mask: int) -> int:
        """A mask of the span as a mask of what it is a sum of."""
        return self._reduce(mask)[1]

    def parities(self, mask: int) -> int:
        """The mask of Z on a tile's own numbers."""
        return sum(((m & mask).bit_count() & 1) << k for k, m in enumerate(self.masks))

    def tiles(self, n_bits: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
        """Numbers inside a tile, those of tiles, to be combined by XOR, and the bits of the latter."""
        free = [b for b in range(n_bits) if b + 1 not in self._reduced]
        return all_sums(self.masks), all_sums([1 << b for b in free]), free
