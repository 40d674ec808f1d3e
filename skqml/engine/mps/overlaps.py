"""Inner products between the matrix product states of many rows and many others."""

from itertools import pairwise

import numpy as np

from .steps import Sites


def packed(sites: Sites) -> np.ndarray:
    """Tensors of states as one array (n_samples, n_entries)."""
    return np.concatenate([T.reshape(len(T), -1) for T in sites], axis=1)


def unpacked(states: np.ndarray, bonds: list[int]) -> Sites:
    """Tensors of states with these bonds, from left to right, out of one array."""
    sites, first = [], 0
    for a, b in pairwise(bonds):
        sites.append(states[:, first : first + 2 * a * b].reshape(-1, a, 2, b))
        first += 2 * a * b
    return sites


def inner_products(S: Sites, T: Sites) -> np.ndarray:
    """Matrix (n, m) of <T_j|S_i>, contracted from the left."""
    n, m = len(S[0]), len(T[0])
    E = np.ones((n, m, 1, 1), dtype=complex)  # the bond of T, then that of S
    for A, B in zip(S, T, strict=True):
        _, a, _, b = A.shape
        _, c, _, d = B.shape
        half = (E.reshape(n, m * c, a) @ A.reshape(n, a, 2 * b)).reshape(n, m, c * 2, b)
        # m first, so that each row of T is one product with all rows of S.
        columns = half.transpose(1, 2, 0, 3).reshape(m, c * 2, n * b)
        E = (B.conj().reshape(m, c * 2, d).transpose(0, 2, 1) @ columns).reshape(m, d, n, b).transpose(2, 0, 1, 3)
    return E[:, :, 0, 0]
