"""Means over counted outcomes, and the variances of these means."""

import numpy as np


def mean_and_variance(counts: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over N shots (..., n_observables) and their variances: the sample variance of the shots, divided by N.

    Parameters
    ----------
    counts : ndarray (..., n_outcomes)
    values : ndarray (n_outcomes, n_observables)
        What one shot of each outcome says.
    """
    shots = counts.sum(axis=-1, keepdims=True)
    mean = counts @ values / shots
    scatter = np.maximum(counts @ values**2 / shots - mean**2, 0.0)
    return mean, scatter / np.maximum(shots - 1, 1)  # one shot alone has no scatter to measure
