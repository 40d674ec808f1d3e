"""The statevector program: expectation values and gradients of a tabulated circuit."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ...engine.checks import as_rows, as_weights
from ...engine.lanes import aligned_empty
from ...engine.reading.lower import lower
from ...engine.reading.paulis import read_observables
from ...engine.statevector.compiled.measure import expectations, observable_cotangents
from ...engine.statevector.sweeps import Run, Sweeps
from ...engine.statevector.tables import tabulate
from ...engine.threads import one_blas_thread
from ..program import Cost, Program, Pullback


class StatevectorProgram(Program):
    """Exact expectation values by compiled sweeps, gradients by one adjoint sweep.

    Parameters
    ----------
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    *options
        Threads, bytes and type of `Sweeps`.
    """

    engine: ClassVar[type] = Sweeps  # what runs the tables

    # Keeps arrays only, neither circuit nor backend, so that it pickles to a few kB.
    def __init__(self, circuit: QuantumCircuit, observables: Sequence, *options):
        lowered = lower(circuit, prepared=True)
        paulis, matrix, self._constant = read_observables(observables, lowered.n_qubits)
        tables, strings = tabulate(lowered, paulis)
        order = sorted(range(len(strings)), key=lambda k: strings[k][0] != 0)
        self._matrix = (matrix * [sign for _, _, sign in strings])[:, order]
        self._strings = np.array(
            [(x, z, (x & z).bit_count()) for x, z, _ in (strings[k] for k in order)],
            dtype=np.int64,
        ).reshape(-1, 3)
        self._n_diagonal = sum(x == 0 for x, _, _ in strings)
        self.sweeps = self.engine(tables, *options)
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights
        self.n_observables = len(self._constant)

    def _check(self, X, w) -> tuple[np.ndarray, np.ndarray]:
        return as_rows(X, self.n_features), as_weights(w, self.n_weights)

    def cache_key(self) -> tuple:
        return self.sweeps.tables, self.sweeps.dtype.str, self._strings, self._matrix, self._constant

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """One state a row: the gradient comes from one more sweep; see `Program.cost`."""
        return Cost(n_rows, bytes=2 * self.sweeps.dtype.itemsize << self.sweeps.tables.n_qubits)

    @one_blas_thread()
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w = self._check(X, w)
        values = np.empty((len(X), self.n_observables))
        for block in self.sweeps.blocks(len(X)):
            values[block] = self.values(self.sweeps.run(X[block], w).states, len(X[block]))
        return values

    def values(self, states: Any, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_observables) of the engine's states, which are given lane by lane."""
        n_qubits = self.sweeps.tables.n_qubits
        values = np.empty((len(states), len(self._strings), self.sweeps.lanes), self.sweeps.dtype)
        work = self.sweeps.work((1 << n_qubits) + 2)
        expectations(states, n_qubits, self._strings, self._n_diagonal, values, work)
        rows = values.transpose(0, 2, 1).reshape(len(states) * self.sweeps.lanes, len(self._strings))
        return rows[:n_samples].astype(float) @ self._matrix.T + self._constant

    def cotangents(self, states: Any, g) -> Any:
        """Cotangents of the engine's states from those (n_samples, n_observables) of the values."""
        sweeps, n_qubits = self.sweeps, self.sweeps.tables.n_qubits
        h = sweeps.in_groups(g @ self._matrix)
        cotangents = aligned_empty(states.shape, sweeps.dtype)
        work = sweeps.work((1 << n_qubits) + 2)
        observable_cotangents(states, n_qubits, self._strings, self._n_diagonal, h, cotangents, work)
        return cotangents

    @one_blas_thread()
    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents to (dX, dw)."""
        X, w = self._check(X, w)
        blocks = self.sweeps.blocks(len(X))
        values = np.empty((len(X), self.n_observables))
        runs: dict[int, Run] = {}
        for block in blocks:
            run = self.sweeps.run(X[block], w)
            values[block] = self.values(run.states, len(X[block]))
            if len(blocks) == 1:  # states of more than one block do not fit in memory
                runs[block.start] = run

        @one_blas_thread()
        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            g = np.asarray(g, dtype=float)
            dX, dw = np.zeros(X.shape), np.zeros(len(w))
            for block in blocks:
                run = runs.get(block.start) or self.sweeps.run(X[block], w)
                cotangents = self.cotangents(run.states, g[block])
                dX[block], step = self.sweeps.pullback(run, cotangents)
                dw += step
            return dX, dw

        return values, pullback
