"""Fidelities of noisy states: the noisy circuit of x, then the noisy inverse circuit of y."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from ...engine.cache import CACHE, digest
from ...engine.density.entries import Entries
from ...engine.density.noisy_circuit import NoisyCircuit
from ...engine.density.sweeps import NoisySweeps
from ...engine.density.tables import tabulate
from ...engine.threads import one_blas_thread
from ..program import Cost, Overlaps


class NoisyOverlaps(Overlaps):
    """Fidelities K(x, y) = Tr[M_y rho_x] from two sweeps for each row and one matrix product.

    M_y is the projector on 0..0, as it is measured, pulled back through the noisy inverse circuit.
    Under noise K(x, y) and K(y, x) differ; among the rows of one set their mean is taken.

    Parameters
    ----------
    there, back : NoisyCircuit
        The circuit, not measured, and its inverse, measured.
    threads, max_memory
        See `NoisySweeps`.
    """

    def __init__(self, there: NoisyCircuit, back: NoisyCircuit, threads, max_memory):
        self._there = NoisySweeps(tabulate(there), threads, max_memory)
        self._back = NoisySweeps(tabulate(back), threads, max_memory)
        tapes = self._there.tables.tapes
        self.n_features, self.n_weights = tapes.n_features, tapes.n_weights
        single = np.array([0.5, 0.0, 0.5, 0.0])  # (I + Z) / 2
        self._zeros = np.ones(1)
        for _ in range(there.n_qubits):
            self._zeros = np.kron(single, self._zeros)

    @cached_property
    def _digest(self) -> str:
        return digest((self._there.tables, self._back.tables))

    def cache_key(self) -> tuple:
        return (self._digest,)

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """One density matrix a row; see `Overlaps.cost`."""
        return Cost(n_rows + (n_columns or 0), bytes=16 * self._there.size)

    def _blocks(self, n_samples: int) -> Iterator[slice]:
        """Slices of rows of which four sets of states fit in memory."""
        step = max(1, self._there.max_memory // (4 * 8 * self._there.size))
        return (slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step))

    def _states(self, X, w) -> np.ndarray:
        """States (n_samples, 4**n_qubits)."""
        return self._there.for_rows(len(X)).states(X, w)

    def _projectors(self, Y, w) -> np.ndarray:
        """Observables M_y, (n_samples, 4**n_qubits)."""
        return self._back.for_rows(len(Y)).states(Y, w, self._zeros)

    def _kept_projectors(self, Y, w) -> np.ndarray:
        """Observables of rows that will come again: those of a training set, at each prediction."""
        return CACHE.get((self.cache_key(), Y, w), lambda: self._projectors(Y, w))

    @one_blas_thread()
    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m); with ``Y=None`` symmetric, the mean of both orders."""
        X, w = self._check(X, w)
        Z = X if Y is None else self._check(Y, w)[0]
        K = np.empty((len(X), len(Z)))
        for b in self._blocks(len(Z)):
            M = self._projectors(Z[b], w) if Y is None else self._kept_projectors(Z[b], w)
            for a in self._blocks(len(X)):
                np.matmul(self._states(X[a], w), M.T, out=K[a, b])
        return 0.5 * (K + K.T) if Y is None else K

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        parts = [np.einsum("np,np->n", self._states(X[a], w), self._projectors(Y[a], w)) for a in self._blocks(len(X))]
        return np.concatenate([np.empty(0), *parts])

    @one_blas_thread()
    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative (n, n) of the fidelities of X when X moves along dX and w along dw."""
        (X, w), (dX, dw) = self._check(X, w), self._check(dX, dw)
        R, dR = self._there.for_rows(len(X)).tangents(X, w, dX, dw)
        M, dM = self._back.for_rows(len(X)).tangents(X, w, dX, dw, self._zeros)
        dK = dR @ M.T + R @ dM.T
        return 0.5 * (dK + dK.T)

    @one_blas_thread()
    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (dX, dw) of sum_ij A_ij K_ij, by one reverse sweep through each half."""
        X, w = self._check(X, w)
        A = 0.5 * (A + A.T)
        there, back = (sweeps.for_rows(len(X), gradient=True) for sweeps in (self._there, self._back))
        R, M = A @ self._states(X, w), A @ self._projectors(X, w)
        dX, dw = there.pullback(X, w, Entries(M))
        # An observable pulled back, then taken in a state, is the observable in the state sent through.
        step = back.pullback(X, w, Entries(self._zeros), Entries(R))
        return dX + step[0], dw + step[1]

    @one_blas_thread()
    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        """Gradient dX of sum_ij A_ij K_ij for the fidelities of X with other rows, in this order."""
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        M = A @ self._kept_projectors(Y, w)
        return self._there.for_rows(len(X), gradient=True).pullback(X, w, Entries(M))[0]
