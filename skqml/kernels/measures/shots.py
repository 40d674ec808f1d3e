"""How far shots scatter the entries of a kernel matrix."""

import numpy as np


def shot_variance(P, shots, n_alike=1) -> np.ndarray:
    """Variances (...) of products of probabilities, each of which is estimated from so many shots of its own.

    ``prod_g (p_g^2 + p_g (1 - p_g) / N) - prod_g p_g^2``; of a single probability ``p (1 - p) / N``.

    Parameters
    ----------
    P : ndarray (n_factors, ...)
        In [0, 1].
    shots : float
        Infinite for the variance times the number of shots, of many.
    n_alike : int
        How often each of the factors is there.
    """
    odds = np.divide(1.0 - P, P, out=np.zeros_like(P), where=P > 0)  # a probability of 0 is found without error
    square = np.prod(P, axis=0) ** (2 * n_alike)
    if shots == np.inf:
        return square * n_alike * odds.sum(axis=0)
    return square * np.expm1(n_alike * np.log1p(odds / shots).sum(axis=0))
