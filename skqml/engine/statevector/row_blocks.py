"""How many rows are swept at one time, and which circuits do not fit at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from ..checks import check_memory
from ..groups import chunks_of
from ..lanes import LANES
from .wide.choice import FEWEST_QUBITS

_ARRAYS = 4  # as large as the states: these, cotangents and work arrays
# Bytes of states: the kernel clears each page that a process asks for anew, which takes as long as three sweeps.
_SMALL, _KEPT = 2**24, 2**27
_FEWEST = 16  # groups of a block


def check_sweeps(n_qubits: int, max_memory: int, dtype: DTypeLike, parts: int = 1, lanes: int | None = None) -> None:
    """Refuse circuits of which one group of rows does not fit, or one row, if that is enough.

    States have a real part at least.
    """
    dtype = np.dtype(dtype)
    if lanes is None:
        lanes = 1 if n_qubits >= FEWEST_QUBITS else LANES[dtype]
    check_bytes(n_qubits, _ARRAYS * dtype.itemsize * lanes * parts << n_qubits, max_memory)


def check_bytes(n_qubits: int, needed: int, max_memory: int) -> None:
    """Refuse circuits whose sweep needs more bytes than may be taken."""
    remedy = "use fewer qubits (such as ReuploadingEncoding, whose number of qubits is fixed) or a larger max_memory."
    check_memory(n_qubits, needed, max_memory, "sweeps fit", remedy)


@dataclass(frozen=True)
class RowBlocks:
    """Rows in blocks that are swept one after the other.

    Attributes
    ----------
    most : int
        Rows whose sweeps fit in the memory allowed.
    few : int
        Rows of a small block, whose memory is that of the block before.
    most_kept : int
        Small blocks whose states are kept for the way back; the rows of more are swept anew.
    """

    most: int
    few: int
    most_kept: int

    @classmethod
    def alike(cls, n_rows: int) -> "RowBlocks":
        """Large and small blocks of so many rows, of which one is kept."""
        return cls(n_rows, n_rows, 1)

    @classmethod
    def of_groups(cls, group_bytes: int, lanes: int, max_memory: int) -> "RowBlocks":
        """Blocks of groups, whose states have so many bytes each."""
        most = max_memory // (_ARRAYS * group_bytes)
        small, kept = (min(max(_FEWEST, n_bytes // group_bytes), most) for n_bytes in (_SMALL, _KEPT))
        return cls(lanes * most, lanes * small, kept // max(1, small))

    def large(self, n_samples: int) -> list[slice]:
        """Slices of rows whose sweeps fit in the memory allowed."""
        return chunks_of(n_samples, self.most)

    def small(self, n_samples: int) -> list[slice]:
        """The same, of fewer rows, whose memory is that of those before."""
        return chunks_of(n_samples, self.few)
