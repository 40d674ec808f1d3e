"""Checks of what functions take: numbers that are no bools, options, objects of a kind, arrays of numbers."""

from collections.abc import Hashable
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

MOST = 2**31 - 1  # of a count: more does not fit into C's integers


def check_count(name, value, least=1, most=MOST) -> int:
    """The integer that value is; refuse what is none in a range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        limits = f"of at least {least}" if most >= MOST else f"from {least} to {most}"
        raise ValueError(f"{name} must be an integer {limits}, got {shown(value)}.")
    return int(value)


def check_number(name, value, low=0.0, high=np.inf, closed="neither", *, also="") -> float:
    """The finite number that value is; refuse what is none between two bounds, which ``closed`` may include."""
    if isinstance(value, Real) and not isinstance(value, bool) and abs(value) < np.inf:
        above = value >= low if closed in ("left", "both") else value > low
        if above and (value <= high if closed in ("right", "both") else value < high):
            return float(value)
    raise ValueError(f"{name} must be {also}{_interval(low, high, closed)}, got {shown(value)}.")


def _interval(low, high, closed) -> str:
    if high == np.inf and low == -np.inf:
        return "a finite number"
    if high == np.inf and low == 0 and closed in ("right", "neither"):
        return "a positive number"
    left, right = "[" if closed in ("left", "both") else "(", "]" if closed in ("right", "both") else ")"
    return f"a number in {left}{low:g}, {high:g}{right}"


def check_option(name, value, options):
    """Refuse what is none of some options; True is not 1."""
    kind = isinstance(value, bool)
    if not isinstance(value, Hashable) or not any(value == o and isinstance(o, bool) == kind for o in options):
        raise ValueError(f"{name} must be one of {list(options)}, got {shown(value)}.")
    return value


def check_kind(name, value, kind, what: str):
    """Refuse what is no instance of a class, which ``what`` describes."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {what}, got {shown(value)}.")
    return value


def check_callable(name, value, what: str):
    """Refuse what is no function; a class is none."""
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} must be {what}, got {shown(value)}.")
    return value


def check_numbers(name, value, n_axes=(1,)) -> np.ndarray:
    """Finite real numbers as an array with one of some numbers of axes."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different length
        array = np.array(None)
    if array.dtype.kind not in "biuf" or array.ndim not in n_axes or not np.isfinite(array).all():
        axes = " or ".join(map(str, n_axes))
        raise ValueError(f"{name} must be an array of finite real numbers with {axes} axes, got {shown(value)}.")
    return array.astype(float)


def check_scores(**given) -> None:
    """Refuse what are no arrays (n_samples, n_outputs) of real numbers and one shape; entries are not looked at."""
    arrays = [value if isinstance(value, np.ndarray) else np.array(None) for value in given.values()]
    if any(a.dtype.kind not in "biuf" or a.ndim != 2 or a.shape != arrays[0].shape for a in arrays):
        raise ValueError(
            f"{' and '.join(given)} must be arrays (n_samples, n_outputs) of real numbers, of one shape, "
            f"got {' and '.join(map(shown, given.values()))}."
        )


def as_tuple(name, value) -> tuple:
    """What an iterable yields; refuse what is none."""
    try:
        return tuple(value)
    except TypeError:
        raise TypeError(f"{name} must be a sequence, got {shown(value)}.") from None


def as_generator(name, value) -> np.random.Generator:
    """A generator from what scikit-learn takes as ``random_state``, or from a generator."""
    if isinstance(value, np.random.RandomState):
        value = value.randint(MOST)
    try:
        return np.random.default_rng(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be None, a non-negative integer, a RandomState or a Generator, got {shown(value)}."
        ) from None


def as_random_state(value) -> np.random.RandomState:
    """What scikit-learn's `check_random_state` makes of ``random_state``."""
    try:
        return check_random_state(value)
    except ValueError:
        raise ValueError(
            f"random_state must be None, an integer from 0 to 2**32 - 1 or a RandomState, got {shown(value)}."
        ) from None


def shown(value) -> str:
    """A value as a message shows it, in one line of moderate length."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:100]}..., of type {type(value).__name__}"
