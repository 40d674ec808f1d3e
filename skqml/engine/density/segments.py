"""Which states a reverse sweep keeps: a channel cannot be undone, and memory may be short."""

from typing import NamedTuple

import numpy as np


class Segments(NamedTuple):
    """A circuit in segments: the states inside one are kept at a time, and those at the beginning of each.

    Attributes
    ----------
    ends : int64 (n_segments + 1,)
        Where the segments of the operations end; the first entry is 0.
    n_kept : int
        The most states that are kept inside a segment, one for each block and turn.
    """

    ends: np.ndarray
    n_kept: int

    @property
    def n_states(self) -> int:
        """States that are kept at one time."""
        return self.n_kept + len(self.ends)


def cut(keeping: np.ndarray, n_ops: int, state_bytes: int, max_memory: int, n_others: int) -> Segments:
    """The fewest segments of some operations that fit in memory.

    Parameters
    ----------
    keeping : ndarray of int
        Operations in front of which states are kept.
    n_ops, state_bytes, max_memory : int
    n_others : int
        States that the sweep holds beside these.

    Raises
    ------
    ValueError
        If none do.
    """
    n_states = max_memory // state_bytes - n_others
    for n_segments in range(1, len(keeping) + 1):
        n_kept = -(-len(keeping) // n_segments)
        if n_kept + n_segments <= n_states:
            return Segments(np.array([0, *keeping[n_kept::n_kept], n_ops], dtype=np.int64), n_kept)
    if not len(keeping):
        return Segments(np.array([0, n_ops]), 0)
    needed = int(2 * np.ceil(np.sqrt(len(keeping))) + n_others) * state_bytes
    raise ValueError(
        f"Expected a noisy circuit whose gradient fits in max_memory={max_memory} bytes, but the states that "
        f"have to be kept need {needed} bytes; use fewer qubits or a larger max_memory."
    )
