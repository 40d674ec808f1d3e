"""Alignment of kernels with targets."""

import numpy as np
from sklearn.utils import check_consistent_length

from ..._checks import check_option
from ...kernels.measures.alignment import centred as centred_matrix
from ...kernels.measures.alignment import target_factor
from .gram import kernel_and_rows


def alignment(kernel, X=None, *, y, centred=True) -> float:
    r"""Return the cosine between a kernel matrix and the ideal kernel of the targets.

    ``<H K H, T> / (||H K H|| ||H T H||)`` with H the centring matrix and T the ideal kernel: for classes positive
    between rows of one class, and -1/(k-1) times that between others; for numbers the products of targets.

    Parameters
    ----------
    kernel, X
        As in `concentration`.
    y : array-like (n_samples,)
        Labels, or numbers that are not all whole.
    centred : bool, default=True
        Whether H is applied. Without it imbalanced classes align with a constant kernel.

    Returns
    -------
    float
        In [-1, 1]; 0 where the (centred) matrix is zero.

    References
    ----------
    C. Cortes, M. Mohri and A. Rostamizadeh, Algorithms for learning kernels based on centered
    alignment, JMLR 13, 795 (2012); N. Cristianini et al., On kernel-target alignment, NIPS 2001.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import FidelityKernel
    >>> from skqml.inspection import alignment
    >>> X, y = load_iris(return_X_y=True)
    >>> round(alignment(FidelityKernel(scale=0.5), X - X.mean(axis=0), y=y), 2)
    0.79
    """
    check_option("centred", centred, (False, True))
    Y = target_factor(y)
    K, _ = kernel_and_rows(kernel, X)
    check_consistent_length(K, Y)
    if centred:
        K, Y = centred_matrix(K, np.ones(len(K))), Y - Y.mean(axis=0)
    size = float(np.linalg.norm(Y.T @ Y))
    if not size:
        raise ValueError("y must be targets that differ, got a constant y.")
    norm = np.linalg.norm(K)
    return float(np.sum(Y * (K @ Y)) / (norm * size)) if norm > 1e-12 * len(K) else 0.0
