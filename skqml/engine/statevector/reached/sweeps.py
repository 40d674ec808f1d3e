"""Tables of few basis states run over rows of X."""

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from ...checks import check_memory
from ...groups import aligned, chunks_of, grouped, trig_lines, ungrouped
from ...lanes import LANES, aligned_empty
from ...threads import map_chunks, n_threads
from ..row_blocks import RowBlocks
from ..run import Run
from .compiled import adjoint, cotangents, forward, values
from .tables import ReachedTables

_ARRAYS = 4  # as large as the states: these, cotangents, and copies of both
_CHUNK_COST = 200_000  # pairs of one chunk: half a millisecond, worth a thread


class ReachedSweeps:
    """Runs tables over rows, a chunk of them a thread.

    Parameters
    ----------
    tables : ReachedTables
    threads : int or None
        Upper limit of threads; ``None`` for all that the process may use.
    max_memory : int
        Bytes that states may take at one time.
    dtype : dtype
        ``float64`` or ``float32``.
    """

    def __init__(self, tables: ReachedTables, threads: int | None, max_memory: int, dtype: DTypeLike):
        self.tables, self.threads, self.max_memory, self.dtype = tables, threads, max_memory, np.dtype(dtype)
        self._lanes = LANES[self.dtype]
        row_bytes = _ARRAYS * self.dtype.itemsize * tables.n_rows
        self.blocks = RowBlocks.alike(self._lanes * (max_memory // (row_bytes * self._lanes)))
        remedy = "use fewer qubits or a larger max_memory."
        check_memory(tables.n_qubits, row_bytes * self._lanes, max_memory, "sweeps fit", remedy)

    def for_rows(self, n_samples: int) -> "ReachedSweeps":
        """The sweeps for so many rows: always these."""
        return self

    def few(self, n_samples: int) -> None:
        """Few rows are run as all others."""
        return None

    def _map(self, sweep: Callable[[slice], None], n_groups: int, cost: int) -> None:
        """Call a function of chunks of groups, each of so many vector operations."""
        chunks = chunks_of(n_groups, max(1, _CHUNK_COST // max(1, cost)))
        map_chunks(sweep, chunks, n_threads(self.threads))

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        t = self.tables
        U, of_rows = t.tapes.angles(X, w)
        angles = grouped(of_rows, self.dtype)
        trig, states = trig_lines(angles, self.dtype), aligned_empty((len(angles), t.n_rows, self._lanes), self.dtype)
        self._map(lambda c: forward(t.ops, t.pairs, trig[c], states[c]), len(states), len(t.pairs))
        return Run((U, w, trig), states)

    def means(self, states: np.ndarray, n_samples: int) -> np.ndarray:
        """Values (n_samples, n_forms) of the sums of strings, without their constants."""
        t = self.tables
        found = np.zeros((len(states), t.n_forms, self._lanes), self.dtype)
        self._map(lambda c: values(*t.forms, states[c], found[c]), len(states), len(t.forms.coefficients))
        return ungrouped(found, n_samples).astype(float)

    def pullback_means(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those (n_samples, n_forms) of the values."""
        t, h, found = self.tables, grouped(g, self.dtype), aligned_empty(states.shape, self.dtype)
        cost = len(t.forms.coefficients)
        self._map(lambda c: cotangents(*t.forms, states[c], h[c], found[c]), len(states), cost)
        return found

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        t, (U, w, trig) = self.tables, run.angles
        total = np.zeros((len(trig), trig.shape[1] // 2, self._lanes), self.dtype)

        def sweep(c: slice) -> None:
            adjoint(t.ops, t.pairs, trig[c], aligned(run.states[c], self.dtype), cotangents[c], total[c])

        self._map(sweep, len(trig), 2 * len(t.pairs))
        return t.tapes.pullback_angles(U, w, ungrouped(total, len(U)).astype(float))

    def pullback_run(self, run: Run, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of `means`."""
        return self.pullback(run, self.pullback_means(run.states, g))
