"""Fidelities of matrix product states: one state a row, and contractions of pairs."""

from dataclasses import replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from qiskit import QuantumCircuit

from ...engine.cache import CACHE, digest
from ...engine.mps.means import Walk
from ...engine.mps.operators import read_operators
from ...engine.mps.overlaps import inner_products, packed, unpacked
from ...engine.mps.states import ChainStates
from ...engine.mps.tail import cut_tail, without_data
from ...engine.reading.lower import lower
from ...engine.threads import map_chunks, n_threads, one_blas_thread
from ..defaults import PairOverlaps
from ..program import Cost
from .program import warn_of_losses

_TILE_BYTES = 2**25  # of the contractions of the pairs of one tile


class MPSOverlaps(PairOverlaps):
    """Fidelities from one state a row; gates that are the same for all rows and act last cancel, and are not run.

    Parameters
    ----------
    backend : MPS
    circuit : QuantumCircuit
    """

    in_pairs = False
    normalised = True

    def __init__(self, backend, circuit: QuantumCircuit):
        super().__init__(backend, circuit)
        lowered = lower(circuit)
        operators = read_operators(replace(lowered, gates=cut_tail(lowered.gates, without_data(lowered))[0]))
        self._states = ChainStates(operators, backend.bond_dimension, backend.threads, backend.max_memory)
        self._operators = operators

    @cached_property
    def _digest(self) -> str:
        return digest((self._operators, self.backend.bond_dimension))

    def cache_key(self) -> tuple:
        """All that results depend on; see `Overlaps.cache_key`."""
        return (self._digest,)

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """One state a row, or for derivatives circuits of pairs; see `Overlaps.cost`."""
        if gradient:
            return super().cost(n_rows, n_columns, gradient)
        return Cost(n_rows + (n_columns or 0), bytes=self._states.row_bytes)

    def states(self, X, w=None) -> np.ndarray:
        """Tensors of the states of rows, of norm 1, one behind the other (n_samples, n_entries)."""
        X, w = self._check(X, w)
        S = np.empty((len(X), sum(2 * a * b for a, b in pairwise(self._states.plan.bonds))), dtype=complex)

        def run(rows: slice) -> None:
            sites = self._states.run(X[rows], w)
            left[rows] = Walk(sites).norms
            S[rows] = packed([sites[0] / np.sqrt(left[rows])[:, None, None, None], *sites[1:]])

        left = np.empty(len(X))
        self._states.by_blocks(run, len(X))
        warn_of_losses(left)
        return S

    def _kept_states(self, Y, w) -> np.ndarray:
        """States of rows that will come again: those of a training set, at each prediction."""
        return CACHE.get((self._digest, np.asarray(Y), w), lambda: self.states(Y, w))

    def _fidelities(self, S: np.ndarray, T: np.ndarray) -> np.ndarray:
        bonds = self._states.plan.bonds
        return np.abs(inner_products(unpacked(S, bonds), unpacked(T, bonds))) ** 2

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m) of states that are as truncated as `states`."""
        S = self.states(X, w)
        T = S if Y is None else self._kept_states(Y, w)
        K = np.empty((len(S), len(T)))
        step = max(1, int((_TILE_BYTES / (64 * max(self._states.plan.bonds) ** 2)) ** 0.5))

        def fill(tile: tuple[slice, slice]) -> None:
            K[tile] = self._fidelities(S[tile[0]], T[tile[1]])

        starts = product(range(0, len(S), step), range(0, len(T), step))
        tiles = [(slice(a, a + step), slice(b, b + step)) for a, b in starts if Y is not None or a <= b]
        with one_blas_thread():
            map_chunks(fill, tiles, n_threads(self.backend.threads))
        if Y is None:
            lower = np.tril_indices(len(K), -1)
            K[lower] = K.T[lower]
            np.fill_diagonal(K, 1.0)
        return K

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        S, T = self.states(X, w), self.states(Y, w)
        return np.array([self._fidelities(s[None], t[None])[0, 0] for s, t in zip(S, T, strict=True)])
