"""Numbers as sets of bits: of the qubits on which a gate acts, of the places in a state."""

from collections.abc import Sequence

import numpy as np


def bits_of(mask: int) -> tuple[int, ...]:
    """Places of the bits that are set, ascending."""
    return tuple(q for q in range(mask.bit_length()) if mask >> q & 1)


def all_sums(masks: Sequence[int]) -> np.ndarray:
    """All sums modulo 2 of some masks: in the place with bit k those with the mask number k."""
    sums = np.zeros(1, dtype=np.int64)
    for mask in masks:
        sums = np.concatenate([sums, sums ^ mask])
    return sums
