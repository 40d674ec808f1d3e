"""How many directions of feature space rows fill."""

from ...kernels.measures.spectrum import KernelSpectrum, matrix_spectrum
from .gram import kernel_and_rows


def effective_rank(kernel, X=None) -> KernelSpectrum:
    r"""Return the eigenvalues of a kernel matrix and the number of directions that they amount to.

    ``exp(-sum_i p_i log p_i)`` with p_i the share of eigenvalue i: 1 for a constant matrix, which tells no rows
    apart, n_samples for the identity, which sees no likeness. Both learn nothing.

    Parameters
    ----------
    kernel, X
        As in `concentration`.

    Returns
    -------
    KernelSpectrum
        ``eigenvalues``, ``effective_rank`` and ``participation_ratio``.

    References
    ----------
    O. Roy and M. Vetterli, The effective rank: a measure of effective dimensionality, EUSIPCO 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.inspection import effective_rank
    >>> round(effective_rank(np.eye(5)).effective_rank, 6)
    5.0
    """
    return matrix_spectrum(kernel_and_rows(kernel, X)[0])
