"""Tables run over rows of X, in the way that is quickest for so many."""

from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from ...states.shared import Shared
from ..lanes import LANES
from .few import FewRows, few_rows
from .group_sweeps import CHUNK_COST, GroupSweeps
from .measured import NO_STRINGS
from .row_blocks import check_sweeps
from .tables import Tables
from .wide.choice import can_be_wide, wide_pays
from .wide.sweeps import WideSweeps


class Sweeps(Shared):
    """The ways to run tables over rows: lanes hold rows or amplitudes, or all matrices are written out.

    Parameters
    ----------
    tables : Tables
    threads : int or None
        Upper limit of threads; ``None`` for all that the process may use.
    max_memory : int
        Bytes that states may take at one time.
    dtype : dtype
        ``float64`` or ``float32``.
    strings : int64 (n_strings, 3)
        Measured strings: masks of X and Z, and the number of Y; those without X and Y first.

    Attributes
    ----------
    groups : GroupSweeps
        Lanes hold rows.
    state_bytes : int
        Bytes of one state.

    Raises
    ------
    ValueError
        If one group of rows does not fit in the memory allowed.
    """

    _found_again = frozenset({"wide", "_few"})

    def __init__(
        self, tables: Tables, threads: int | None, max_memory: int, dtype: DTypeLike, strings: np.ndarray = NO_STRINGS
    ):
        self.tables, self.threads, self.max_memory = tables, threads, max_memory
        self.dtype, self.strings = np.dtype(dtype), strings
        self.state_bytes = self.dtype.itemsize * tables.parts << tables.n_qubits
        self._may_be_wide, lanes = can_be_wide(tables), LANES[self.dtype]
        check_sweeps(tables.n_qubits, max_memory, self.dtype, tables.parts, 1 if self._may_be_wide else lanes)
        self.groups = GroupSweeps(tables, threads, max_memory, self.dtype, strings)
        self._most_few = min(self.groups.blocks.most, lanes * max(1, CHUNK_COST // tables.cost))

    @cached_property
    def wide(self) -> WideSweeps:
        """Lanes hold amplitudes."""
        return WideSweeps(self.tables, self.threads, self.max_memory, self.dtype, self.strings)

    @cached_property
    def _few(self) -> FewRows | None:
        return few_rows(self.tables, self.dtype, self.groups.measured)

    def few(self, n_samples: int) -> FewRows | None:
        """What is quickest for so many rows, if they are a single chunk."""
        is_few = n_samples <= self._most_few and self.for_rows(n_samples) is self.groups
        return self._few if is_few else None

    def for_rows(self, n_samples: int) -> GroupSweeps | WideSweeps:
        """The sweeps that are quickest for so many rows."""
        return self.wide if self._may_be_wide and self._wide_pays(n_samples) else self.groups

    def _wide_pays(self, n_samples: int) -> bool:
        return not self.groups.blocks.most or wide_pays(self.tables, self.dtype, n_samples)

    def pullback_amplitudes(self, X: np.ndarray, w: np.ndarray, R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents R of the amplitudes, in their shape."""
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        if self.tables.alone is not None:
            self.tables.alone(X).add_pullback(R[:, 0], dX)
            return dX, dw
        sweeps = self.for_rows(len(X))
        for block in sweeps.blocks.small(len(X)):
            dX[block], step = sweeps.pullback(sweeps.run(X[block], w), sweeps.as_states(R[block]))
            dw += step
        return dX, dw
