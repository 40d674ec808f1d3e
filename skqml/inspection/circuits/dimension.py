"""How many parameters of a model count."""

import numpy as np
from scipy.special import logsumexp

from ..._checks import check_number, check_numbers

_ROUNDING = 1e-12  # of eigenvalues, as a share of the trace


def effective_dimension(fisher, n_samples, *, gamma=1.0) -> float:
    r"""Return the effective dimension of a model from Fisher information matrices at random weights.

    ``2 log(mean_w sqrt(det(1 + k F(w)))) / log k`` with ``k = gamma n / (2 pi log n)`` and F normalised to a mean
    trace of the number of weights. For growing n it approaches the largest rank of F.

    Parameters
    ----------
    fisher : ndarray (n_draws, n_weights, n_weights)
        From `fisher_information`, or from `quantum_fisher_information` for what any measurement could see.
    n_samples : float
        Number n of training rows, of which there must be enough for k > 1.
    gamma : float, default=1.0
        In (0, 1].

    Returns
    -------
    float
        A number of parameters.

    References
    ----------
    A. Abbas et al., The power of quantum neural networks, Nature Computational Science 1, 403 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.inspection import effective_dimension
    >>> round(effective_dimension(np.eye(3)[None], 1e30), 1)
    3.0
    """
    F = check_numbers("fisher", fisher, (3,))
    n = check_number("n_samples", n_samples, 1.0)
    k = check_number("gamma", gamma, 0.0, 1.0, "right") * n / (2 * np.pi * np.log(n))
    if not k > 1:
        raise ValueError(f"n_samples must be so many that gamma n / (2 pi log n) > 1, got {n_samples}.")
    trace = np.trace(F, axis1=1, axis2=2).mean() if F.size and F.shape[1] == F.shape[2] else 0.0
    if not trace > 0:
        raise ValueError(
            f"fisher must be square matrices (n_draws, n_weights, n_weights) of positive trace, got {F.shape}."
        )
    values = np.linalg.eigvalsh(F) / trace
    if values.min() < -_ROUNDING:
        raise ValueError(
            f"fisher must be positive semidefinite matrices, got an eigenvalue {trace * values.min():.3g}."
        )
    values = np.where(values > _ROUNDING, values, 0.0)  # else rounding, times a large k, would count as directions
    halves = np.log1p(k * F.shape[1] * values).sum(axis=1) / 2
    return float(2.0 * (logsumexp(halves) - np.log(len(F))) / np.log(k))
