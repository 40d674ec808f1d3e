"""Rows that are quantum states."""

import numpy as np


def checked_states(X) -> np.ndarray:
    """Rows as complex amplitudes, refusing what is no state."""
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] < 2 or X.shape[1] & (X.shape[1] - 1):
        raise ValueError(f"Expected states as rows of 2^n amplitudes, n >= 1, got shape {X.shape}.")
    X = np.ascontiguousarray(X, dtype=complex)
    norms = np.linalg.norm(X, axis=1)
    if not np.allclose(norms, 1.0, atol=1e-6):
        raise ValueError(
            f"Expected states of norm 1, got norms from {norms.min():g} to {norms.max():g}; "
            "divide each row by its norm."
        )
    return X


def density_matrices(X) -> np.ndarray:
    """Numbers of the density matrices of states, real and imaginary parts of the upper triangles."""
    rho = X[:, :, None] * np.conj(X[:, None, :])
    upper = np.triu_indices(X.shape[1])
    return np.hstack([rho.real[:, *upper], rho.imag[:, *upper]])
