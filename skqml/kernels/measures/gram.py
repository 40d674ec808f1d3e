"""Kernel matrices that somebody hands in, and their entries."""

import numpy as np
from sklearn.utils.validation import check_array

_ASYMMETRY = 1e-8  # of a symmetric matrix that was rounded


def checked_gram(K, name="K") -> np.ndarray:
    """A finite, symmetric kernel matrix of at least two rows; refuse anything else."""
    K = check_array(K, dtype=float, ensure_min_samples=2, input_name=name)
    if K.shape[0] != K.shape[1]:
        raise ValueError(f"{name} must be a square kernel matrix, a row and a column for each sample, got {K.shape}.")
    if np.abs(K - K.T).max() > _ASYMMETRY * max(1.0, np.abs(K).max()):
        raise ValueError(f"{name} must be a symmetric kernel matrix; take the mean of it and its transpose.")
    return K


def off_diagonal(K) -> np.ndarray:
    """Entries (n - 1, n) off the diagonal of a matrix (n, n), row by row."""
    n = len(K)
    return np.ascontiguousarray(K).ravel()[:-1].reshape(n - 1, n + 1)[:, 1:]
