"""Which rotations are done in one pass over the states."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import TypeVar

import numpy as np

from .compiled.cubes import MOST
from .compiled.kinds import TURN_BACK

_AHEAD = 32  # operations that are looked at for one pass: more find little, and long circuits would take their square
_Op = TypeVar("_Op")
_Row = tuple[int, ...]  # of `Tables.ops`


def next_pass(
    left: Sequence[_Op], most: int, fit: Callable[[_Op, _Op], bool], commute: Callable[[_Op, _Op], bool]
) -> tuple[list[_Op], list[_Op]]:
    """The first of some operations with what fits to it, and those that are left.

    What commutes with all that stands in front of it, and is left, may go before it.
    """
    of_pass, rest = list(left[:1]), list[_Op]()
    for op in left[1:]:
        fits = len(of_pass) < most and all(fit(op, other) for other in of_pass)
        (of_pass if fits and all(commute(op, other) for other in rest) else rest).append(op)
    return of_pass, rest


def in_passes(ops: np.ndarray) -> np.ndarray:
    """Operations (n_ops, 5) that mean the same, those of one pass side by side.

    The last column has the top bits of all masks that a pass turns over, the same for its rotations; 0 for a phase.

    Parameters
    ----------
    ops : int64 (n_ops, 4)
    """
    left, found = [tuple(op) for op in ops.tolist()], list[_Row]()
    while left:
        if left[0][0] > TURN_BACK:
            found.append((*left.pop(0), 0))
            continue
        turns = list(takewhile(lambda op: op[0] <= TURN_BACK, left[:_AHEAD]))
        of_pass, rest = next_pass(turns, MOST, _fit, _commute)
        tops = sum(_top(op) for op in of_pass)
        found += [(*op, tops) for op in of_pass]
        left[: len(turns)] = rest
    return np.array(found, dtype=np.int64).reshape(-1, 5)


def _top(op: _Row) -> int:
    return 1 << op[1].bit_length() - 1


def _fit(op: _Row, other: _Row) -> bool:
    """Whether neither changes the signs of the other, and each turns over a top bit of its own."""
    return _top(op) != _top(other) and not (_crosses(op, other) or _crosses(other, op))


def _commute(op: _Row, other: _Row) -> bool:
    return _crosses(op, other) == _crosses(other, op)


def _crosses(op: _Row, other: _Row) -> int:
    return (op[1] & other[2]).bit_count() & 1
