"""What attributes of saved objects hold: rules for `CheckedState`."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._checks import as_float, is_count, shown
from .checked import CheckedState, Rule, Sizes, agree, sizes_of
from .machines import check_machine


def optional(rule: Rule) -> Rule:
    """The rule of an attribute that may be missing."""
    return rule._replace(needed=False)


def nullable(rule: Rule) -> Rule:
    """The rule of an attribute that may be None."""
    return rule._replace(check=lambda value, sizes: None if value is None else rule.check(value, sizes))


def floats(*shape) -> Rule:
    """Finite numbers of a shape: sizes, names of sizes, None for any size, and ``...`` for any others behind them.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.states.rules import floats
    >>> floats("n_rows", 2).check(np.zeros((3, 2)), sizes := {})
    >>> sizes
    {'n_rows': 3}
    """

    def check(value, sizes):
        _check_array(value, "fciu", "numbers", shape, sizes)  # integers where targets are such
        if not np.isfinite(value).all():
            raise ValueError("numbers that are not finite")

    return Rule(check)


def integers(*shape, least=0, below: str | None = None) -> Rule:
    """Integers of a shape, as in `floats`, of at least ``least`` and below a size."""

    def check(value, sizes):
        _check_array(value, "iu", "integers", shape, sizes)
        if value.size and (value.min() < least or (below in sizes and value.max() >= sizes[below])):
            raise ValueError(f"integers outside their range, {value.min()} to {value.max()}")

    return Rule(check)


def _check_array(value, kinds: str, what: str, shape: tuple, sizes: Sizes) -> None:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds:
        raise ValueError(f"no array of {what}, but {shown(value)}")
    n_axes = len(shape) - (shape[-1:] == (...,))
    known = value.shape[:n_axes]
    if len(known) < n_axes or (n_axes == len(shape) and value.ndim > n_axes):
        raise ValueError(f"{value.ndim} axes, where {n_axes} belong")
    for size, n in zip(shape, known, strict=False):
        agree(sizes, size, n)


def labels(size: str) -> Rule:
    """Different labels of any kind, of which there is at least one."""

    def check(value, sizes):
        if not isinstance(value, np.ndarray) or value.ndim != 1 or not len(value):
            raise ValueError(f"no array of labels, but {shown(value)}")
        if (value.dtype.kind == "f" and not np.isfinite(value).all()) or len(np.unique(value)) < len(value):
            raise ValueError("labels that are equal or no numbers")
        agree(sizes, size, len(value))

    return Rule(check)


def count(size: str | None = None, least: int = 0) -> Rule:
    """An integer, which is a size."""

    def check(value, sizes):
        if not is_count(value, least):
            raise ValueError(f"no integer of at least {least}, but {shown(value)}")
        if size is not None:
            agree(sizes, size, int(value))

    return Rule(check)


def _known_by(holds: Callable[[Any], bool], what: str) -> Rule:
    """The rule of values of which a function is true; ``what`` says that there is none such."""

    def check(value, sizes):
        if not holds(value):
            raise ValueError(f"{what}, but {shown(value)}")

    return Rule(check)


def number(low: float = -np.inf, high: float = np.inf, infinite: bool = False) -> Rule:
    """A number from ``low`` to ``high``, finite unless it says otherwise."""
    most = np.inf if infinite else np.finfo(float).max
    return _known_by(
        lambda value: low <= as_float(value) <= high and abs(as_float(value)) <= most,
        f"no number from {low:g} to {high:g}",
    )


def option(*values) -> Rule:
    """One of some values, such as True and False."""
    return _known_by(
        lambda value: any(type(value) is type(known) and value == known for known in values), f"none of {values}"
    )


flag = option(True, False)


def text(pattern: str) -> Rule:
    """Text that a regular expression matches as a whole."""
    return _known_by(
        lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value)), f"no text such as {pattern}"
    )


def instance(*kinds, **same: str) -> Rule:
    """An object of a class; sizes of its own state, by name, are those of this one."""

    def check(value, sizes):
        if not isinstance(value, kinds):
            raise ValueError(f"no {kinds[0].__name__}, but {shown(value)}")
        inner = sizes_of(type(value), vars(value)) if isinstance(value, CheckedState) else {}
        for theirs, ours in same.items():
            if theirs in inner:
                agree(sizes, ours, inner[theirs])

    return Rule(check)


def each(rule: Rule, size: str | int | None = None, kinds: tuple[type[Sequence], ...] = (tuple, list)) -> Rule:
    """Values of one rule in a tuple or list."""

    def check(value, sizes):
        if not isinstance(value, kinds):
            raise ValueError(f"no {kinds[0].__name__}, but {shown(value)}")
        for inner in value:
            rule.check(inner, sizes)
        if size is not None:
            agree(sizes, size, len(value))

    return Rule(check)


def machine(*kinds) -> Rule:
    """A machine of scikit-learn that was fitted to finite numbers, and to ``n_classes``; see `check_machine`."""

    def check(value, sizes):
        if not isinstance(value, kinds):
            raise ValueError(f"no {kinds[0].__name__}, but {shown(value)}")
        check_machine(value)
        if hasattr(value, "classes_"):
            agree(sizes, "n_classes", len(value.classes_))

    return Rule(check)


finite = _known_by(
    lambda value: bool(np.asarray(value).dtype.kind == "f" and np.isfinite(value).all()), "no finite numbers"
)
