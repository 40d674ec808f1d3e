"""Which operations of a stage are done in one pass over a tile."""

from collections.abc import Sequence

from ..passes import next_pass
from .compiled.tiles import FLIP, REST, ROTATION, THREE, THREE_FLIPS
from .stages import StageStep

_Op = tuple[int, ...]  # a line of `Circuit.ops`


def together(steps: Sequence[StageStep], ops: Sequence[_Op]) -> list[_Op]:
    """The operations of a stage in an order that means the same; three of a pass stand together, the first marked."""
    left, found = list(zip(steps, ops, strict=True)), list[_Op]()
    while left:
        of_pass, rest = next_pass(left, 3, _fit, lambda one, other: one[0].commutes_with(other[0]))
        if len(of_pass) == 3:
            lines = sorted((op for _, op in of_pass), key=lambda op: op[4], reverse=True)
            found += [(THREE_FLIPS if lines[0][4] else THREE, *lines[0][1:]), *((REST, *op[1:]) for op in lines[1:])]
            left = rest
        else:
            found.append(left.pop(0)[1])
    return found


def _fit(one: tuple[StageStep, _Op], another: tuple[StageStep, _Op]) -> bool:
    """Whether one pass can do both of two operations."""
    (step, op), (other_step, other) = one, another
    if op[0] == other[0] == ROTATION:
        return _leaves_alone(op, other) and _leaves_alone(other, op)
    flips = op[0] == other[0] == FLIP and not op[1] and not other[1]
    return flips and {1, 2, 4} > {op[4], other[4]} and op[4] != other[4] and step.commutes_with(other_step)


def _leaves_alone(op: _Op, other: _Op) -> bool:
    """Whether a rotation turns over neither another's top bit nor its signs."""
    return not op[1] >> other[1].bit_length() - 1 & 1 and not (op[1] & other[2]).bit_count() & 1
