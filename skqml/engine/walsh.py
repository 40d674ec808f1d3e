"""The Walsh-Hadamard transform."""

import numpy as np


def walsh(values: np.ndarray) -> np.ndarray:
    """Sum over b of (-1)^(m.b) values[b], for each m along the last axis."""
    values = np.array(values, dtype=float)
    size, half = values.shape[-1], 1
    while half < size:
        pairs = values.reshape(*values.shape[:-1], size // (2 * half), 2, half)
        a, b = pairs[..., 0, :].copy(), pairs[..., 1, :]
        pairs[..., 0, :], pairs[..., 1, :] = a + b, a - b
        half *= 2
    return values
