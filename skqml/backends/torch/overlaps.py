"""Fidelities of the states of many rows as matrix products on a device."""

import numpy as np
import torch
from torch import Tensor

from ..exact.overlaps import StateOverlaps
from .sweeps import TorchSweeps, as_array, squares


class TorchOverlaps(StateOverlaps):
    """Fidelities from one state a row and one matrix product, tile by tile.

    Parameters
    ----------
    circuit : QuantumCircuit
    *options
        Device, bytes and type of `TorchSweeps`.
    """

    engine = TorchSweeps

    def cache_key(self) -> tuple:
        """All that results depend on; see `Overlaps.cache_key`."""
        return (*super().cache_key(), "torch", self.sweeps.device)

    def _blocks(self, n_samples: int) -> list[slice]:
        """Slices of rows whose states fit in a quarter of the memory allowed."""
        step = max(1, self.sweeps.max_memory // (4 * self.sweeps.state_bytes))
        return [slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step)]

    def _tiles(self, rows: slice, n_columns: int) -> list[slice]:
        """Slices of rows whose products with all columns fit in a quarter of the memory allowed."""
        step = max(1, self.sweeps.max_memory // (16 * self.sweeps.dtype.itemsize * max(1, n_columns)))
        return [slice(a, min(a + step, rows.stop)) for a in range(rows.start, rows.stop, step)]

    @torch.no_grad()
    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m); see `Overlaps.__call__`."""
        X, w = self._check(X, w)
        if Y is None:
            return self._symmetric(X, w)
        Y, _ = self._check(Y, w)
        K = np.empty((len(X), len(Y)))
        for rows in self._blocks(len(X)):
            S = self.sweeps.amplitudes(X[rows], w)
            for columns in self._blocks(len(Y)):
                self._fill(K, rows, columns, S, self.sweeps.amplitudes(Y[columns], w))
        return K

    def _fill(self, K: np.ndarray, rows: slice, columns: slice, S: Tensor, T: Tensor) -> None:
        """Set some rows and columns of K to |<T_j|S_i>|^2."""
        for tile in self._tiles(rows, len(T)):
            found = S[tile.start - rows.start : tile.stop - rows.start] @ T.mH
            torch.from_numpy(K)[tile, columns].copy_(squares(found))

    def _symmetric(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Fidelities of rows with each other: tiles on and above the diagonal, and their mirror images."""
        K = np.empty((len(X), len(X)))
        for rows in self._blocks(len(X)):
            S = self.sweeps.amplitudes(X[rows], w)
            for tile in self._tiles(rows, len(S)):
                rest = S[tile.start - rows.start :]
                self._fill(K, tile, slice(tile.start, rows.stop), rest[: tile.stop - tile.start], rest)
                K[tile, tile] = 0.5 * (K[tile, tile] + K[tile, tile].T)  # equal but for rounding
                _mirror(K, tile, slice(tile.stop, rows.stop))
            for columns in self._blocks(len(X)):
                if columns.start > rows.start:
                    self._fill(K, rows, columns, S, self.sweeps.amplitudes(X[columns], w))
                    _mirror(K, rows, columns)
        np.fill_diagonal(K, 1.0)
        return K

    @torch.no_grad()
    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        K = np.empty(len(X))
        for rows in self._blocks(len(X)):
            S, T = self.sweeps.amplitudes(X[rows], w), self.sweeps.amplitudes(Y[rows], w)
            K[rows] = as_array(squares((S * T.conj()).sum(1)))
        return K

    @torch.no_grad()
    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative of the fidelities in one direction; see `Overlaps.tangent`."""
        S, D = self.tangent_states(X, w, dX, dw)
        G, M = S @ S.mH, D @ S.mH
        # d<j|i> = <j|di> + <dj|i>, and the second is the conjugate transpose of the first.
        return as_array(2.0 * (G.conj() * (M + M.mH)).real)

    @torch.no_grad()
    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of a weighted sum of the fidelities; see `Overlaps.pullback`."""
        X, w = self._check(X, w)
        S = self.sweeps.amplitudes(X, w)
        return self.sweeps.pullback_amplitudes(X, w, self._weighted(A + A.T, S, S))

    @torch.no_grad()
    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        """Gradient by the first rows alone; see `Overlaps.pullback_rows`."""
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        dX = np.empty(X.shape)
        for rows in self._blocks(len(X)):
            S = self.sweeps.amplitudes(X[rows], w)
            R = torch.zeros_like(S)
            for columns in self._blocks(len(Y)):
                R += self._weighted(A[rows, columns], S, self.sweeps.amplitudes(Y[columns], w))
            dX[rows] = self.sweeps.pullback_amplitudes(X[rows], w, R)[0]
        return dX

    def _weighted(self, A: np.ndarray, S: Tensor, T: Tensor) -> Tensor:
        """Cotangents of the states S of sum_ij A_ij |<T_j|S_i>|^2."""
        return (self.sweeps.layout.tensor(2.0 * A) * (S @ T.mH)) @ T


def _mirror(K: np.ndarray, rows: slice, columns: slice) -> None:
    """Copy what is above the diagonal to below it; PyTorch does so on all cores."""
    whole = torch.from_numpy(K)
    whole[columns, rows].copy_(whole[rows, columns].T)
