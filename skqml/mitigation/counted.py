"""Limits of values whose standard errors come from the same shots as the values."""

from collections.abc import Callable

import numpy as np

from .extrapolation import is_linear, is_propagated

_STEP = 1e-5  # of differences of an extrapolator that is not linear


def limit_of_counts(extrapolate: Callable, scales, values, errors=None) -> tuple[np.ndarray, np.ndarray]:
    r"""Limit and standard error of values whose errors were estimated from the same shots.

    What the shots happen to scatter less looks more exact than it is: few counts that are all alike have no scatter at
    all, and a fit that is weighted by such errors is drawn to values near 1 and -1. So all points of an entry weigh the
    same, by the mean of their variances, and the error of the limit f is that of the points with their own errors,
    ``sqrt(sum_k (df/dv_k e_k)^2)``, larger where points scatter more than they say.

    Extrapolators whose error is no such sum get the errors as they are.

    Parameters
    ----------
    extrapolate : callable (scales, values, errors) -> (value, error)
    scales : ndarray (n_scales,)
    values, errors : ndarray (n_scales, ...)
        Without errors the limit is that of the extrapolator.

    Returns
    -------
    value, error : ndarray (...)
    """
    if errors is None or not np.any(errors) or not is_propagated(extrapolate):
        return extrapolate(scales, values, errors)
    largest = errors.max(axis=0)
    shares = errors / np.where(largest > 0, largest, 1.0)  # whose squares are numbers in any unit
    mean = np.sqrt(np.mean(shares**2, axis=0))
    alike = np.broadcast_to(largest * mean, errors.shape)
    value, error = extrapolate(scales, values, alike)
    slopes = limit_slopes(extrapolate, scales, values, alike)
    own, same = np.linalg.norm(slopes * shares, axis=0), np.linalg.norm(slopes, axis=0) * mean
    return value, error * np.where(same > 0, own / np.where(same > 0, same, 1.0), 1.0)


def limit_slopes(extrapolate: Callable, scales, values, errors=None) -> np.ndarray:
    """Derivatives (n_scales, ...) of the limit by each value."""
    n = len(scales)
    if is_linear(extrapolate):
        weights = extrapolate(scales, np.eye(n), None)[0]
        return np.broadcast_to(np.reshape(weights, (n, *[1] * (values.ndim - 1))), values.shape)
    slopes = np.empty(values.shape)
    for k, step in enumerate(_STEP * np.eye(n).reshape(n, n, *[1] * (values.ndim - 1))):
        up, down = (extrapolate(scales, values + s, errors)[0] for s in (step, -step))
        slopes[k] = (np.asarray(up) - np.asarray(down)) / (2 * _STEP)
    return slopes
