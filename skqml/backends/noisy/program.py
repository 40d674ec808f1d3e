"""The noisy program: expectation values and gradients of a tabulated noisy circuit."""

from collections.abc import Sequence

import numpy as np

from ...engine.density.entries import Entries
from ...engine.density.noisy_circuit import NoisyCircuit
from ...engine.density.sweeps import NoisySweeps
from ...engine.density.tables import tabulate
from ...engine.reading.paulis import read_observables
from ...engine.threads import one_blas_thread
from ..program import Cost, Gradient, Program, Pullback


class NoisyProgram(Program):
    """Expectation values under noise by compiled sweeps, exact gradients by one reverse sweep.

    Parameters
    ----------
    circuit : NoisyCircuit
    observables : sequence of SparsePauliOp or Observable
    threads, max_memory
        See `NoisySweeps`.
    """

    # Keeps arrays only, neither circuit nor backend, so that it pickles to a few kB.
    def __init__(self, circuit: NoisyCircuit, observables: Sequence, threads, max_memory):
        paulis, self._matrix, self._constant = read_observables(observables, circuit.n_qubits)
        self._indices = np.array([string_index(x, z) for x, z in paulis], dtype=np.int64)
        tables = tabulate(circuit)
        self.sweeps = NoisySweeps(tables, threads, max_memory)
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights
        self.n_observables = len(self._constant)

    def cache_key(self) -> tuple:
        return self.sweeps.tables, self._indices, self._matrix, self._constant

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """One density matrix a row: the gradient comes from more sweeps; see `Program.cost`."""
        return Cost(n_rows, bytes=16 * self.sweeps.size)

    @one_blas_thread()
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w = self._check(X, w)
        return self.sweeps.for_rows(len(X)).entries(X, w, self._indices) @ self._matrix.T + self._constant

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents to (dX, dw).

        The states of the first sweep are not kept for the second: to write them to memory takes
        longer than to compute them again.
        """
        X, w = self._check(X, w)

        @one_blas_thread()
        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            h = self._checked_g(g, len(X)) @ self._matrix
            return self.sweeps.for_rows(len(X), gradient=True).pullback(X, w, Entries(h, self._indices))

        return self(X, w), pullback


def string_index(x: int, z: int) -> int:
    """Index of the Pauli string with these bit masks in a state."""
    n_qubits = max(x, z).bit_length()
    return sum(((x >> q & 1) + 2 * (z >> q & 1)) << 2 * q for q in range(n_qubits))
