"""Rows and targets as they are given."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length


def checked_data(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Rows of any kind, and as many targets, as arrays."""
    X = check_array(X, dtype=None, allow_nd=True, ensure_all_finite=False, input_name="X")
    y = check_array(y, dtype=None, ensure_2d=False, input_name="y")
    check_consistent_length(X, y)
    return X, y
