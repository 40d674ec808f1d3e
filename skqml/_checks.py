"""Checks of numbers that functions take."""

from numbers import Integral


def check_count(name, value, least=1, most=None):
    """Refuse what is no integer in a range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {limits}, got {value!r}.")
