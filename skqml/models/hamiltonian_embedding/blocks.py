"""Trainable layers: general unitaries on groups of qubits, with their derivatives."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ..._checks import check_count
from ...states import CheckedState, count, each


def brickwall(n_qubits) -> list[tuple[int, ...]]:
    """Return neighbouring pairs (0, 1), (2, 3), ... and then (1, 2), (3, 4), ...: SU(4) blocks.

    15 (n - 1) weights a layer.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    list of tuple of int
        Qubits of each block.

    Examples
    --------
    >>> from skqml.models.hamiltonian_embedding import brickwall
    >>> brickwall(4)
    [(0, 1), (2, 3), (1, 2)]
    """
    if check_count("n_qubits", n_qubits) == 1:
        return [(0,)]
    return [(a, a + 1) for first in (0, 1) for a in range(first, n_qubits - 1, 2)]


def full_pauli(n_qubits) -> list[tuple[int, ...]]:
    """Return one block of all qubits: any unitary at all, of 4^n - 1 weights a layer.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    list of tuple of int
    """
    return [tuple(range(check_count("n_qubits", n_qubits)))]


def single_qubits(n_qubits) -> list[tuple[int, ...]]:
    """Return one block a qubit, which entangle nothing: 3 n weights a layer."""
    return [(q,) for q in range(check_count("n_qubits", n_qubits))]


def checked_block(block, n_qubits) -> tuple[int, ...]:
    """Qubits of a block, which are different ones below a number; ValueError for others."""
    qubits = tuple(block)
    if not qubits or len(set(qubits)) < len(qubits) or not set(qubits) <= set(range(n_qubits)):
        raise ValueError(f"ansatz must give blocks of different qubits below {n_qubits}, got {block!r}.")
    return qubits


@dataclass(frozen=True)
class PauliGenerators(CheckedState):
    """Hermitian matrices ``sum_P theta_P P`` over all Pauli strings but the identity.

    The string at place ``x * 2^n + z - 1`` is ``i^|x & z| X^x Z^z``, x and z being bit masks.

    Attributes
    ----------
    n_qubits : int
    """

    n_qubits: int

    _contents: ClassVar[dict] = {"n_qubits": count(least=1)}

    @property
    def n_weights(self) -> int:
        """Number of strings."""
        return 4**self.n_qubits - 1

    @cached_property
    def _tables(self):
        b = np.arange(2**self.n_qubits)
        signs = (-1.0) ** np.bitwise_count(b[:, None] & b)
        phases = 1j ** np.bitwise_count(b[:, None] & b)
        return b, b[:, None] ^ b, signs, phases

    def matrices(self, theta) -> np.ndarray:
        """Return the matrices (..., 2^n, 2^n) of coefficients (..., 4^n - 1)."""
        b, flipped, signs, phases = self._tables
        coefficients = np.concatenate([np.zeros((*theta.shape[:-1], 1)), theta], axis=-1)
        coefficients = coefficients.reshape(*theta.shape[:-1], len(b), len(b)) * phases
        G = np.empty(coefficients.shape, dtype=complex)
        # Column j holds X^x Z^z |j> = (-1)^(z.j) |j ^ x>.
        G[..., flipped, b] = coefficients @ signs
        return G

    def pullback(self, G) -> np.ndarray:
        """Return the derivatives by coefficients: ``Re tr(G^H P)`` for each string P."""
        b, flipped, signs, phases = self._tables
        coefficients = np.real(phases.conj() * (G[..., flipped, b] @ signs))
        return coefficients.reshape(*G.shape[:-2], -1)[..., 1:]


def exponentials(G) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Return U = exp(i G) for Hermitian matrices G, and the pullback from U to G.

    With ``G = V diag(g) V^H`` the derivative is ``V (F * (V^H dG V)) V^H``, where
    ``F_ab = (e^(i g_a) - e^(i g_b)) / (g_a - g_b)`` (Daleckii and Krein).

    Parameters
    ----------
    G : ndarray (..., d, d)

    Returns
    -------
    U : ndarray (..., d, d)
    pullback : callable
        From dU to dG, for a loss of derivative ``Re tr(dU^H U')`` and ``Re tr(dG^H G')``.
    """
    g, V = np.linalg.eigh(G)
    V_h = V.conj().swapaxes(-1, -2)
    U = (V * np.exp(1j * g)[..., None, :]) @ V_h

    def pullback(dU):
        mean, half = 0.5 * (g[..., :, None] + g[..., None, :]), 0.5 * (g[..., :, None] - g[..., None, :])
        F = 1j * np.exp(1j * mean) * np.sinc(half / np.pi)
        return V @ (F.conj() * (V_h @ dU @ V)) @ V_h

    return U, pullback


@dataclass(frozen=True)
class Layers(CheckedState):
    """Layers of blocks as matrices of all qubits.

    Attributes
    ----------
    n_qubits : int
    blocks : tuple of tuple of int
        Qubits of each block of a layer.
    """

    n_qubits: int
    blocks: tuple[tuple[int, ...], ...]

    _contents: ClassVar[dict] = {
        "n_qubits": count(least=1),
        "blocks": each(each(count())),
    }

    def _check_whole(self):
        if any(not qubits or len(set(qubits)) < len(qubits) or max(qubits) >= self.n_qubits for qubits in self.blocks):
            raise ValueError(f"blocks {self.blocks} on {self.n_qubits} qubits")

    @cached_property
    def _generators(self):
        return [PauliGenerators(len(qubits)) for qubits in self.blocks]

    @property
    def n_weights(self) -> int:
        """Number of weights of a layer."""
        return sum(g.n_weights for g in self._generators)

    def forward(self, theta) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Return the unitaries of layers and the pullback to their weights.

        Parameters
        ----------
        theta : ndarray (n_layers, n_weights)

        Returns
        -------
        W : ndarray (n_layers, 2^n, 2^n)
        pullback : callable
            From dW to (n_layers, n_weights), in the convention of `exponentials`.
        """
        unitaries, pullbacks = zip(*self._exponentials(theta), strict=True)
        partial = [np.broadcast_to(np.eye(2**self.n_qubits, dtype=complex), (len(theta),) + (2**self.n_qubits,) * 2)]
        for qubits, U in zip(self.blocks, unitaries, strict=True):
            partial.append(self._ungroup(U @ self._group(partial[-1], qubits), qubits))

        def pullback(dW):
            slopes = []
            for k in reversed(range(len(self.blocks))):
                qubits = self.blocks[k]
                grouped = self._group(dW, qubits)
                dU = grouped @ self._group(partial[k], qubits).conj().swapaxes(-1, -2)
                slopes.append(self._generators[k].pullback(pullbacks[k](dU)))
                dW = self._ungroup(unitaries[k].conj().swapaxes(-1, -2) @ grouped, qubits)
            return np.concatenate(slopes[::-1], axis=1)

        return partial[-1], pullback

    def unitaries(self, theta) -> list[np.ndarray]:
        """Return the unitary of each block, (n_layers, 2^m, 2^m) for m qubits."""
        return [U for U, _ in self._exponentials(theta)]

    def _exponentials(self, theta):
        stops = np.cumsum([g.n_weights for g in self._generators])[:-1]
        parts = np.split(theta, stops, axis=1)
        return [exponentials(g.matrices(t)) for g, t in zip(self._generators, parts, strict=True)]

    def _group(self, M, qubits):
        """Matrices (n_layers, D, D) as (n_layers, 2^m, rest), rows of the given qubits first."""
        axes = self._axes(qubits)
        split = M.reshape((len(M),) + (2,) * self.n_qubits + (-1,))
        return np.moveaxis(split, axes, range(1, len(axes) + 1)).reshape(len(M), 2 ** len(axes), -1)

    def _ungroup(self, M, qubits):
        axes = self._axes(qubits)
        split = M.reshape((len(M),) + (2,) * self.n_qubits + (-1,))
        return np.moveaxis(split, range(1, len(axes) + 1), axes).reshape((len(M),) + (2**self.n_qubits,) * 2)

    def _axes(self, qubits):
        # The first qubit is the least bit: the last axis of the qubits, and of a block.
        return [self.n_qubits - q for q in reversed(qubits)]
