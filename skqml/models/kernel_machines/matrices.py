"""Kernel matrices as solvers want them: symmetric, without negative eigenvalues."""

import numpy as np


def nearest_psd(K) -> np.ndarray:
    """Nearest positive semidefinite matrix in the Frobenius norm; K itself if it is one.

    Negative eigenvalues become 0 (Higham 1988, doi 10.1016/0024-3795(88)90223-6).
    """
    try:
        np.linalg.cholesky(K + len(K) * 1e-12 * np.abs(K).max() * np.eye(len(K)))
        return K
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(K)
        repaired = (vectors * np.maximum(values, 0.0)) @ vectors.T
        return 0.5 * (repaired + repaired.T)


def checked_precomputed(K) -> np.ndarray:
    """The kernel matrix of training rows as it was given; refuse one that is not square or not symmetric."""
    if K.shape[0] != K.shape[1]:
        raise ValueError(f"Precomputed kernel matrix must be square, got shape {K.shape}.")
    if not np.allclose(K, K.T, rtol=1e-6, atol=1e-8 * np.abs(K).max()):
        raise ValueError(
            "Precomputed kernel matrix must be symmetric, but entries differ from their transposes "
            "by more than 1e-6; symmetrise it, for instance as (K + K.T) / 2."
        )
    return K
