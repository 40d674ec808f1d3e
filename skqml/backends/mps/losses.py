"""What is said where much of a state is cut off."""

import warnings

import numpy as np

_MUCH = 1e-3


def warn_of_losses(left: np.ndarray) -> None:
    """Warn where less than 0.999 is left of the square of a state's norm."""
    lost = 1.0 - left.min(initial=1.0)
    if lost > _MUCH:
        warnings.warn(
            f"States lost up to {lost:.2g} of the square of their norm as bonds were cut; use a larger bond_dimension, "
            "or a circuit that entangles less.",
            UserWarning,
            stacklevel=3,
        )
