"""How well a kernel matrix points in the direction of the targets."""

import numpy as np
from sklearn.utils.multiclass import type_of_target

from ..._checks import distinct


def target_factor(y) -> np.ndarray:
    """Matrix Y (n_samples, k) whose product ``Y Y^T`` is the ideal kernel of targets y.

    For classes that is 1 - 1/k for rows of one class and -1/k for others, k being their number; for numbers the
    products of these, in a unit in which they can be squared.
    """
    classes = distinct(y, "y")
    if type_of_target(y, input_name="y") == "continuous":
        Y = np.asarray(y, dtype=float)[:, None]
        return Y / np.abs(Y).max()  # squares of large numbers are none
    if len(classes) < 2:
        found = f"one class: {classes[0]!r}" if len(classes) else "none"
        raise ValueError(f"y must have at least two classes, got {found}.")
    return (np.asarray(y)[:, None] == classes) - 1.0 / len(classes)


def constant(Y, weight) -> bool:
    """Whether the targets of all rows that count are equal, as they may be in a batch."""
    return not np.ptp(Y[weight > 0], axis=0).any()


def centred(K, roots) -> np.ndarray:
    """``H R K R H`` with the roots r of weights on the diagonal of R, H the projection on vectors orthogonal to r."""
    u = roots / np.linalg.norm(roots)
    K = roots[:, None] * K * roots
    means = K @ u
    return K - np.outer(u, u @ K) - np.outer(means, u) + (u @ means) * np.outer(u, u)
