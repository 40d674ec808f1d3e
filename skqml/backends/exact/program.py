"""The statevector program: expectation values and gradients of a tabulated circuit."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from typing import ClassVar, NamedTuple

import numpy as np
from qiskit import QuantumCircuit
from scipy.sparse import csr_array

from ...engine.reading.lower import Lowered, lower
from ...engine.reading.paulis import read_observables
from ...engine.statevector.few import FewRows, FewRun
from ...engine.statevector.row_slopes import RowSlopes
from ...engine.statevector.run import Run
from ...engine.statevector.sweeps import Sweeps
from ...engine.statevector.tables import tabulate
from ...engine.threads import one_blas_thread_if
from ..program import Cost, Gradient, Program, Pullback

_LARGE, _SPARSE = 2**17, 16  # entries of a matrix, and how many for each that is not 0, to leave out those that are


class Read(NamedTuple):
    """A circuit and sums of Pauli strings, from `read`.

    Attributes
    ----------
    lowered : Lowered
    paulis : list of (x, z)
    matrix : ndarray (n_observables, n_strings)
    constant : ndarray (n_observables,)
    """

    lowered: Lowered
    paulis: list[tuple[int, int]]
    matrix: np.ndarray
    constant: np.ndarray


def read(circuit: QuantumCircuit, observables: Sequence) -> Read:
    """A circuit and observables as a program takes them."""
    lowered = lower(circuit, prepared=True)
    return Read(lowered, *read_observables(observables, lowered.n_qubits))


def _few_entries(matrix: np.ndarray) -> np.ndarray | csr_array:
    """A matrix, without its zeros if it is large and has little else: a string of a molecule is an observable each."""
    is_sparse = matrix.size > _LARGE and _SPARSE * np.count_nonzero(matrix) < matrix.size
    return csr_array(matrix) if is_sparse else matrix


class StatevectorProgram(Program):
    """Exact expectation values by compiled sweeps, gradients by one adjoint sweep.

    Parameters
    ----------
    found : Read
    *options
        Threads, bytes and type of `Sweeps`.
    """

    engine: ClassVar[type] = Sweeps  # what runs the tables
    row_engine: ClassVar[type[RowSlopes] | None] = RowSlopes  # what has derivatives by rows alone, if any
    _found_again = frozenset({"_row_slopes"})
    _products: tuple[float, float] = np.inf, np.inf  # multiplications of the largest product for a row, and for all

    # Keeps arrays only, neither circuit nor backend, so that it pickles to a few kB.
    def __init__(self, found: Read, *options):
        lowered, paulis, matrix, self._constant = found
        tables, strings = tabulate(lowered, paulis)
        order = sorted(
            range(len(strings)), key=lambda k: (strings[k][0], (strings[k][0] & strings[k][1]).bit_count() & 1)
        )
        self._matrix = _few_entries((matrix * [sign for _, _, sign in strings])[:, order])
        measured = np.array(
            [(x, z, (x & z).bit_count()) for x, z, _ in (strings[k] for k in order)],
            dtype=np.int64,
        ).reshape(-1, 3)
        self.sweeps = self.engine(tables, *options, measured)
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights
        self.n_observables = len(self._constant)
        self._are_strings = not self._constant.any() and np.array_equal(self._matrix, np.eye(len(self._constant)))
        tapes = tables.tapes
        self._products = max(tapes.rows.size, self._matrix.size), max(tapes.shared.size, tables.phases.size)

    def cache_key(self) -> tuple:
        m = self._matrix
        sums = (m.data, m.indices, m.indptr) if isinstance(m, csr_array) else (m,)
        return self.sweeps.tables, self.sweeps.dtype.str, self.sweeps.strings, *sums, self._constant

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """One state a row: the gradient comes from one more sweep; see `Program.cost`."""
        return Cost(n_rows, bytes=2 * self.sweeps.dtype.itemsize << self.sweeps.tables.n_qubits)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w = self._check(X, w)
        few = self.sweeps.few(len(X))
        found = few and few.forward(X, w)
        if found:
            return self.values(found[0])
        values, sweeps = np.empty((len(X), self.n_observables)), self.sweeps.for_rows(len(X))
        with self._one_blas_thread(len(X)):
            for block in sweeps.blocks.small(len(X)):
                values[block] = self.values(sweeps.means(sweeps.run(X[block], w).states, len(X[block])))
        return values

    def _one_blas_thread(self, n_samples: int) -> AbstractContextManager:
        of_row, shared = self._products
        return one_blas_thread_if(max(n_samples * of_row, shared))

    def values(self, means: np.ndarray) -> np.ndarray:
        """Expectation values (n_samples, n_observables) from those (n_samples, n_strings) of the strings."""
        return means if self._are_strings else means @ self._matrix.T + self._constant

    def pullback_values(self, g: np.ndarray) -> np.ndarray:
        """Cotangents of the strings from those of the values."""
        return np.array(g, order="C") if self._are_strings else g @ self._matrix  # PyTorch repeats one number

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents to (dX, dw)."""
        X, w = self._check(X, w)
        few = self.sweeps.few(len(X))
        found = few and few.forward(X, w)
        if found:
            return self.values(found[0]), partial(self._pullback_few, few, found[1], len(X))
        sweeps, values, runs = self.sweeps.for_rows(len(X)), np.empty((len(X), self.n_observables)), {}
        blocks = sweeps.blocks.small(len(X))
        with self._one_blas_thread(len(X)):
            for block in blocks:
                run = sweeps.run(X[block], w)
                values[block] = self.values(sweeps.means(run.states, len(X[block])))
                if len(blocks) <= sweeps.blocks.most_kept:
                    runs[block.start] = run
        return values, partial(self._pullback, X, w, runs)

    def forward_rows(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values, and a function from their cotangents to dX alone."""
        X, w = self._check(X, w)
        sweeps = self._row_slopes
        if sweeps is None or not sweeps.pay_for(X):
            return super().forward_rows(X, w)
        with self._one_blas_thread(len(X)):
            run = self.sweeps.groups.run(X, w)
            values = self.values(self.sweeps.groups.means(run.states, len(X)))

        def pullback(g) -> np.ndarray:
            with self._one_blas_thread(len(X)):
                return sweeps.slopes(X, w, run, self.pullback_values(self._checked_g(g, len(X))))

        return values, pullback

    @cached_property
    def _row_slopes(self) -> RowSlopes | None:
        return None if self.row_engine is None else self.row_engine(self.sweeps)

    def _pullback_few(self, few: FewRows, run: FewRun, n_samples: int, g) -> tuple[np.ndarray, np.ndarray]:
        return few.pullback(run, self.pullback_values(self._checked_g(g, n_samples)))

    def _pullback(self, X, w, runs: dict[int, Run], g) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the values; blocks of rows that have no run are swept anew."""
        g, sweeps = self._checked_g(g, len(X)), self.sweeps.for_rows(len(X))
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        with self._one_blas_thread(len(X)):
            for block in sweeps.blocks.small(len(X)):
                run = runs.get(block.start) or sweeps.run(X[block], w)
                dX[block], step = sweeps.pullback_run(run, self.pullback_values(g[block]))
                dw += step
        return dX, dw
