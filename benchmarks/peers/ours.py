"""skqml: the whole call of a kernel that, like those of the peers, has been called before."""

import numpy as np

from skqml import ZZEncoding, clear_cache
from skqml.kernels import FidelityKernel

forget = clear_cache
KERNEL = FidelityKernel(encoding=ZZEncoding(reps=2))


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples)."""
    return KERNEL(X)
