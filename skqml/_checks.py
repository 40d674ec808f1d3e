"""Checks of numbers that functions take."""

from numbers import Integral, Real

import numpy as np


def check_count(name, value, least=1, most=None):
    """The integer that value is; refuse what is none in a range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {limits}, got {value!r}.")
    return int(value)


def check_number(name, value, most=np.inf):
    """Refuse what is no positive finite number up to a limit."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value <= most or value == np.inf:
        limit = "" if most == np.inf else f" up to {most}"
        raise ValueError(f"{name} must be a positive number{limit}, got {value!r}.")


def check_choice(name, value, choices):
    """Refuse what is none of some names or numbers."""
    if isinstance(value, bool) or not isinstance(value, str | Integral) or value not in choices:
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")
