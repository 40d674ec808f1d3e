"""What backends around backends share."""

from collections.abc import Sequence

import numpy as np

from ..backends.base import Backend
from ..backends.exact.backend import Exact

INSIDE: dict = {"backend": lambda self: Exact()}  # the default of what a backend goes around


def inner_backend(outer: Backend) -> Backend:
    """The backend inside another one, `Exact` for None."""
    inner = outer._part("backend")
    if not isinstance(inner, Backend):
        raise ValueError(
            f"The 'backend' parameter of {type(outer).__name__} must be None or a Backend, such as "
            f"Noisy(noise_model), got {inner!r}."
        )
    return inner


def sum_of_gradients(parts: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """Sum of some (dX, dw)."""
    dX, dw = zip(*parts, strict=True)
    return np.sum(dX, axis=0), np.sum(dw, axis=0)
