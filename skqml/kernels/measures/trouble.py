"""What is wrong with a kernel matrix from which little can be learned, at the cost of reading it."""

import numpy as np

from .shots import shot_variance

_FEWEST = 20  # rows of which something can be said
_FAR = 0.01  # squared distance from the identity, in units of the norm of that
_ALIKE = 1e-3  # mean distance of entries from the diagonal
_NOISE = 2.0  # variance of entries over that of their shots, which is 1 where all else is equal


def trouble(K, shots=None, n_runs=1) -> str | None:
    """A sentence about a kernel matrix that no machine can make much of, and what to change; None for others.

    Parameters
    ----------
    K : ndarray (n, n)
        Symmetric.
    shots : int, default=None
        With which each entry is estimated, where entries are probabilities.
    n_runs : int
        Of how many probabilities, with as many shots each, an entry is the product.
    """
    n, diagonal = len(K), np.diag(K)
    size = float(diagonal.mean())
    if n < _FEWEST or not size > 0:
        return None
    n_others = n * (n - 1)
    mean = float(K.sum() - diagonal.sum()) / n_others / size
    square = max(0.0, float(np.vdot(K, K) - diagonal @ diagonal) / n_others / size**2)
    if (n - 1) * square < _FAR:
        return (
            f"is close to the identity (entries of {np.sqrt(square):.2g} off its diagonal): rows are alike to none but "
            "themselves, and nothing carries over to new ones; lower the bandwidth or the kernel's scale, or take a "
            "ProjectedKernel"
        )
    if 1.0 - mean < _ALIKE:
        return (
            f"is nearly constant (entries within {1.0 - mean:.2g} of its diagonal): all rows are alike; raise the "
            "bandwidth or the kernel's scale"
        )
    if not shots:
        return None
    free = max(1, shots - 1)  # that the entries themselves come from shots takes one
    noise = (mean - square) / free if n_runs == 1 else _noise_of_runs(K / size, free, n_runs)
    return _of_shots(max(0.0, square - mean**2), noise, shots)


def _noise_of_runs(K, shots: int, n_runs: int) -> float:
    """Mean variance of products of probabilities off the diagonal; least, for one product, where these are equal."""
    variances = shot_variance(np.clip(K, 0.0, 1.0)[None] ** (1.0 / n_runs), shots, n_runs)
    return float(variances.sum() - np.trace(variances)) / (len(K) * (len(K) - 1))


def _of_shots(variance: float, noise: float, shots: int) -> str | None:
    """What is wrong where shots alone would make most of the variance of the entries."""
    if variance >= _NOISE * noise:
        return None
    needed = noise * shots / max(variance - noise, 0.1 * noise)
    return (
        f"has differences between entries that {shots} shots cannot resolve (a deviation of {np.sqrt(variance):.2g}, "
        f"of which shots are {np.sqrt(noise):.2g}); take at least {max(needed, 2 * shots):.0f} shots, lower the "
        "bandwidth, or take a ProjectedKernel"
    )
