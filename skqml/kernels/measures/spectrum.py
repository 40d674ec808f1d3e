"""How many directions of feature space the rows behind a kernel matrix fill."""

from dataclasses import dataclass

import numpy as np
from scipy.special import entr

from ...engine.threads import one_blas_thread
from .gram import checked_gram


@dataclass(frozen=True)
class KernelSpectrum:
    """Eigenvalues of a kernel matrix, and what they say together.

    Attributes
    ----------
    eigenvalues : ndarray (n_samples,)
        The largest first; in the unit of the matrix, whose trace is their sum.
    effective_rank : float
        ``exp(-sum_i p_i log p_i)`` with p_i the shares of the positive eigenvalues: 1 where all rows are alike,
        n_samples where all are orthogonal.
    participation_ratio : float
        ``1 / sum_i p_i^2``, at most the effective rank.
    """

    eigenvalues: np.ndarray
    effective_rank: float
    participation_ratio: float


@one_blas_thread()
def matrix_spectrum(K) -> KernelSpectrum:
    """Eigenvalues and effective rank of a kernel matrix; see `inspection.effective_rank`."""
    eigenvalues = np.linalg.eigvalsh(checked_gram(K))[::-1]
    if eigenvalues[0] <= 0:
        raise ValueError(
            f"K must have a positive eigenvalue, as kernel matrices have; the largest is {eigenvalues[0]}."
        )
    p = np.maximum(eigenvalues, 0.0) / eigenvalues[0]
    p /= p.sum()
    return KernelSpectrum(eigenvalues, float(np.exp(entr(p).sum())), float(1.0 / np.sum(p**2)))
