"""Checks of arguments: each returns the value in the form wanted, or raises an error that names the parameter.

Booleans are not numbers here, although Python counts them among the integers.
"""

import re
from collections.abc import Hashable
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

MOST = 2**31 - 1  # the largest count: more does not fit into C's integers
_CODES = re.compile(r"\\x1b\[[0-9;]*[A-Za-z]")  # of terminals, escaped, with which others colour their errors
_MOST_TOLD = 300


def check_count(name, value, least=1, most=MOST, *, also="") -> int:
    """Return an integer from ``least`` to ``most``; refuse anything else. ``also`` as in `check_number`."""
    if not is_count(value, least, most):
        limits = f"of at least {least}" if most >= MOST else f"from {least} to {most}"
        raise ValueError(f"{name} must be {also}an integer {limits}, got {shown(value)}.")
    return int(value)


def check_number(name, value, low=0.0, high=np.inf, closed="neither", *, also="") -> float:
    """Return a finite number between two bounds as a float; refuse anything else.

    ``closed`` says which of the bounds are allowed themselves: ``"left"``, ``"right"``, ``"both"`` or ``"neither"``.
    What else the caller takes, ``also`` names in the message.
    """
    number = as_float(value)
    above = number >= low if closed in ("left", "both") else number > low
    below = number <= high if closed in ("right", "both") else number < high
    if not (above and below and abs(number) < np.inf):
        raise ValueError(f"{name} must be {also}{_interval(low, high, closed)}, got {shown(value)}.")
    return number


def check_verbose(value) -> int:
    """Return how often lines are written, every so many steps; True is every step, False and 0 are never."""
    return check_count("verbose", int(value) if isinstance(value, bool) else value, 0)


def is_count(value, least=1, most=MOST) -> bool:
    """Whether a value is an integer from ``least`` to ``most``, and no boolean."""
    return type(value) is not bool and isinstance(value, Integral) and bool(least <= value <= most)


def is_number(value) -> bool:
    """Whether a value is a real number, and no boolean."""
    return isinstance(value, Real) and not isinstance(value, bool)


def as_float(value) -> float:
    """Return a real number as a float, and NaN, which no bounds hold, for anything else."""
    try:
        return float(value) if is_number(value) else np.nan
    except OverflowError:  # an integer beyond all floats
        return np.nan


def _interval(low, high, closed) -> str:
    if high == np.inf and low == -np.inf:
        return "a finite number"
    if high == np.inf and low == 0 and closed in ("right", "neither"):
        return "a positive number"
    left, right = "[" if closed in ("left", "both") else "(", "]" if closed in ("right", "both") else ")"
    return f"a number in {left}{low:g}, {high:g}{right}"


def check_option(name, value, options) -> Any:
    """Return the value if it is one of the options, where True is not 1; refuse it otherwise."""
    kind = isinstance(value, bool)
    if not isinstance(value, Hashable) or not any(value == o and isinstance(o, bool) == kind for o in options):
        raise ValueError(f"{name} must be one of {list(options)}, got {shown(value)}.")
    return value


def check_cv(name, cv) -> Any:
    """A number of folds, at least two, or a splitter of scikit-learn; refuse anything else."""
    if hasattr(cv, "split") and hasattr(cv, "get_n_splits") and not isinstance(cv, type):
        return cv
    if isinstance(cv, str) or hasattr(cv, "__len__"):
        raise TypeError(f"{name} must be a number of folds or a splitter of scikit-learn, got {shown(cv)}.")
    return check_count(name, cv, 2, also="a splitter of scikit-learn or ")


def check_kind(name, value, kind, what: str) -> Any:
    """Return the value if it is an instance of a class, which ``what`` describes; refuse it otherwise."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {what}, got {shown(value)}.")
    return value


def check_callable(name, value, what: str) -> Any:
    """Return the value if it is a function, which ``what`` describes; refuse it otherwise, and classes too."""
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} must be {what}, got {shown(value)}.")
    return value


def check_numbers(name, value, n_axes=(1,)) -> np.ndarray:
    """Return finite real numbers as an array of floats; ``n_axes`` lists how many axes it may have."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different length
        array = np.array(None)
    if array.dtype.kind not in "biuf" or array.ndim not in n_axes or not np.isfinite(array).all():
        axes = " or ".join(map(str, n_axes))
        raise ValueError(f"{name} must be an array of finite real numbers with {axes} axes, got {shown(value)}.")
    return array.astype(float)


def check_as_many(**given) -> None:
    """Refuse arguments that have not all one length."""
    sizes = [len(value) for value in given.values()]
    if len(set(sizes)) > 1:
        raise ValueError(f"{' and '.join(given)} must be as many, got {' and '.join(map(str, sizes))}.")


def check_scores(**given) -> None:
    """Refuse arguments that are not arrays of real numbers of one shape (n_samples, n_outputs); entries may be NaN."""
    arrays = [value if isinstance(value, np.ndarray) else np.array(None) for value in given.values()]
    if any(a.dtype.kind not in "biuf" or a.ndim != 2 or a.shape != arrays[0].shape for a in arrays):
        raise ValueError(
            f"{' and '.join(given)} must be arrays (n_samples, n_outputs) of real numbers, of one shape, "
            f"got {' and '.join(map(shown, given.values()))}."
        )


def distinct(labels, name) -> np.ndarray:
    """Labels (n_classes,) in rising order; refuse what cannot be compared."""
    try:
        return np.unique(column_or_1d(labels))
    except TypeError:
        kinds = " and ".join(sorted({type(label).__name__ for label in np.ravel(np.asarray(labels, dtype=object))}))
        raise ValueError(
            f"{name} must be labels of one kind, got {kinds}; make them all text or all numbers."
        ) from None


def check_targets(y, *, finite=True) -> np.ndarray:
    """Return an array of numbers as floats; refuse text and times, and unless told otherwise what no float holds."""
    with np.errstate(over="ignore"):
        numbers = y.astype(float) if y.dtype.kind in "biuf" else None
    if numbers is None or (finite and not np.isfinite(numbers).all()):
        raise ValueError(f"y must be finite real numbers, got {shown(y)}, of type {y.dtype}.")
    return numbers


def check_labels(y) -> None:
    """Refuse targets that are no classes, or labels that cannot be compared."""
    distinct(y, "y")
    check_classification_targets(y)


def as_tuple(name, value) -> tuple:
    """Return the items of an iterable as a tuple; refuse anything else."""
    try:
        return tuple(value)
    except TypeError:
        raise TypeError(f"{name} must be a sequence, got {shown(value)}.") from None


def as_generator(name, value) -> np.random.Generator:
    """Return a generator made from what scikit-learn takes as ``random_state``, or the generator that is given."""
    if isinstance(value, np.random.RandomState):
        value = value.randint(MOST)
    try:
        return np.random.default_rng(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be None, a non-negative integer, a RandomState or a Generator, got {shown(value)}."
        ) from None


def as_seed(random_state) -> int:
    """Return a seed below 2**31, drawn from what scikit-learn takes as ``random_state``."""
    return check_random_state(random_state).randint(2**31)


def as_random_state(value) -> np.random.RandomState:
    """Return what scikit-learn's `check_random_state` makes of ``random_state``; refuse what it refuses."""
    try:
        return check_random_state(value)
    except ValueError:
        raise ValueError(
            f"random_state must be None, an integer from 0 to 2**32 - 1 or a RandomState, got {shown(value)}."
        ) from None


def told(error: BaseException) -> str:
    """Return an error as one sentence can tell it: its first line in ASCII, without codes of terminals, cut."""
    whole = error.args[0] if len(error.args) == 1 else None  # errors of Qiskit print the repr of theirs
    text = ascii(whole if isinstance(whole, str) else str(error))[1:-1]  # bytes of others give characters that are none
    lines = _CODES.sub("", text).replace("\\'", "'").split("\\n")
    text = " ".join(next(filter(str.strip, lines), "").split())
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}..."


def shown(value) -> str:
    """Return a value as error messages show it: its repr in one line, cut after 100 characters."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:100]}..., of type {type(value).__name__}"
