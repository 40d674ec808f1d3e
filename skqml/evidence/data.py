"""Arguments as they are given: rows and targets, and numbers of workers."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length

from .._checks import check_count


def check_jobs(n_jobs) -> None:
    """Refuse what is no number of workers."""
    if n_jobs is not None:
        check_count("n_jobs", n_jobs, -(2**15), 2**15, also="None or ")


def checked_data(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Rows of any kind, and as many targets, as arrays."""
    X = check_array(X, dtype=None, allow_nd=True, ensure_all_finite=False, input_name="X")
    y = check_array(y, dtype=None, ensure_2d=False, input_name="y")
    check_consistent_length(X, y)
    return X, y
