"""Derivatives by rows alone, where rows act first: behind them cotangents go back without states."""

from dataclasses import replace

import numpy as np

from ..groups import room
from ..threads import map_chunks
from .compiled.back import turn_back
from .compiled.cubes import n_lines
from .compiled.kinds import ROW_PHASE, TURN_BACK
from .group_sweeps import GroupSweeps
from .passes import in_passes
from .run import Run
from .sweeps import Sweeps
from .tables import Tables

_SHARE = 2  # operations behind those of rows, for each up to the last of these, that are worth going back alone


class RowSlopes(GroupSweeps):
    """Sweeps of the operations up to the last whose angle depends on rows, and the way back to these.

    Derivatives by weights need states beside their cotangents all the way. For those by rows alone, cotangents go back
    by themselves through what follows rows, and meet states there that are swept anew.

    Parameters
    ----------
    whole : Sweeps
        Of all operations.
    """

    def __init__(self, whole: Sweeps):
        tables, n_first = whole.tables, _n_first(whole.tables)
        first = replace(tables, ops=tables.ops[:n_first])
        super().__init__(first, whole.threads, whole.max_memory, whole.dtype, whole.strings)
        self._whole, self._rest = whole, in_passes(tables.ops[n_first:])

    def pay_for(self, X: np.ndarray) -> bool:
        """Whether these are quicker for rows than the way back of states and cotangents together."""
        whole = self._whole
        if len(self._rest) <= _SHARE * len(self.tables.ops) or whole.few(len(X)) is not None:
            return False
        return whole.for_rows(len(X)) is whole.groups and len(X) <= whole.groups.blocks.most

    def slopes(self, X: np.ndarray, w: np.ndarray, run: Run, g: np.ndarray) -> np.ndarray:
        """Cotangents of X from those (n_samples, n_strings) of the expectation values, behind a run of all."""
        cotangents, conjugate = self._empty_states(len(run.states)), np.array([1, -1], self.dtype)
        shared, phases = (a * conjugate for a in (run.angles.shared_trig, run.angles.phases))
        n_work = 3 * len(shared) + n_lines(self._rest)

        def sweep(chunk: slice) -> None:
            cotangents[chunk] = self.pullback_means(run.states[chunk], g[self._rows(chunk)])
            turn_back(self._rest, phases, shared, cotangents[chunk], room(n_work, self.dtype))

        map_chunks(sweep, *self._whole.groups.chunks(len(cotangents)))
        return self.pullback(self.run(X, w), cotangents)[0]


def _n_first(tables: Tables) -> int:
    """Number of operations up to the last whose angle depends on rows."""
    kinds, slots = tables.ops[:, 0], tables.ops[:, 3]
    of_rows = (kinds == ROW_PHASE) | ((kinds <= TURN_BACK) & (slots >= tables.tapes.n_shared))
    return 1 + int(np.flatnonzero(of_rows).max(initial=-1))
