"""Programs of circuits that reach few basis states, such as those of molecules."""

import numpy as np

from ...engine.statevector.reached.sweeps import ReachedSweeps
from ...engine.statevector.reached.tables import ReachedTables, reached_tables
from ..program import Cost, Gradient
from .program import Read, StatevectorProgram


def program_of(found: Read, *options) -> StatevectorProgram:
    """The program of a circuit: with amplitudes of few basis states, if it reaches no more, else of all."""
    tables = reached_tables(found.lowered, found.paulis, found.matrix)
    if tables is None:
        return StatevectorProgram(found, *options)
    return ReachedProgram(tables, found.constant, *options)


class ReachedProgram(StatevectorProgram):
    """Exact expectation values and gradients from the amplitudes of the basis states that a circuit reaches.

    Parameters
    ----------
    tables : ReachedTables
    constant : ndarray (n_observables,)
    *options
        Threads, bytes and type of `ReachedSweeps`.
    """

    row_engine = None

    def __init__(self, tables: ReachedTables, constant: np.ndarray, *options):
        self.sweeps, self._constant = ReachedSweeps(tables, *options), constant
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights
        self.n_observables = len(constant)

    def cache_key(self) -> tuple:
        return self.sweeps.tables, self.sweeps.dtype.str, self._constant

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """One state a row, of few amplitudes; see `Program.cost`."""
        return Cost(n_rows, bytes=self.sweeps.dtype.itemsize * self.sweeps.tables.n_rows)

    def values(self, means: np.ndarray) -> np.ndarray:
        """Expectation values from those of the sums without their constants."""
        return means + self._constant

    def pullback_values(self, g: np.ndarray) -> np.ndarray:
        """Cotangents of the sums: those of the values."""
        return g
