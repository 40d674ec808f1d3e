"""Checks of single parameters."""

from numbers import Integral, Real

import numpy as np


def check_count(name, value, low, high=None):
    """Refuse what is not an integer in a range."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low or (high is not None and value > high):
        limits = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"The '{name}' parameter must be an integer {limits}, got {value!r}.")
    return int(value)


def check_number(name, value, high=np.inf):
    """Refuse what is not a positive number up to a limit."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value <= high or value == np.inf:
        limit = "" if high == np.inf else f" up to {high}"
        raise ValueError(f"The '{name}' parameter must be a positive number{limit}, got {value!r}.")
    return float(value)
