"""Rows as kernels take them, and how values move with them."""

from collections.abc import Callable

import numpy as np
from sklearn.utils.validation import check_array

_STEP = 1e-5


def checked_rows(X) -> np.ndarray:
    """X as scikit-learn's `check_array` gives it.

    An array that is already what comes out is looked at by three tests; the general way takes as long as a small
    kernel matrix.
    """
    if type(X) is np.ndarray and X.dtype == float and X.ndim == 2 and X.size and np.isfinite(X).all():
        return X
    return check_array(X, dtype=float)


def pullback_by_differences(kernel: Callable, X, Y, A) -> np.ndarray:
    """Gradient dX of ``sum_ij A_ij k(x_i, y_j)`` for any function (X, Y) -> K, by central differences."""
    dX = np.empty(X.shape)
    for k, step in enumerate(np.eye(X.shape[1]) * _STEP):
        dX[:, k] = np.sum(A * (kernel(X + step, Y) - kernel(X - step, Y)), axis=1) / (2 * _STEP)
    return dX
