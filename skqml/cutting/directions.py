"""Which way outcomes go where they are sent over cuts: parts before and behind others."""

from collections.abc import Sequence, Set
from graphlib import TopologicalSorter

import numpy as np

from .parts import CutCircuit

Ahead = frozenset[tuple[int, int]]  # parts, the first of which is to be measured before the second


def levels(found: CutCircuit) -> list[list[int]]:
    """Numbers of the parts, those together that can run at the same time; CycleError where there is no order."""
    if not found.communication:
        return [[*range(len(found.parts))]]
    before: dict[int, set[int]] = {k: set() for k in range(len(found.parts))}
    for first, then in found.wires:
        before[then].add(first)
    sorter, ordered = TopologicalSorter(before), []
    sorter.prepare()
    while sorter.is_active():
        ordered.append(sorted(sorter.get_ready()))
        sorter.done(*ordered[-1])
    return ordered


def silent_terms(found: CutCircuit, labels: Sequence[str]) -> np.ndarray:
    """Terms (n_parts, n_terms) that measure nothing in a part and in all that it acts on.

    What happens there does not matter to them.
    """
    measures = [[any(label[-1 - q] != "I" for q in part.measured) for label in labels] for part in found.parts]
    acts_on = np.eye(len(found.parts), dtype=int)
    for first, then in _directions(found):
        acts_on[first, then] = 1
    for _ in found.parts:  # more steps than any path has
        acts_on = np.minimum(acts_on @ acts_on, 1)
    return acts_on @ np.array(measures, dtype=int) == 0


def _directions(found: CutCircuit) -> list[tuple[int, int]]:
    """Numbers of parts, the first of which acts on the second: over wires, and both ways over gates."""
    part_of = {end.axis: k for k, part in enumerate(found.parts) for end in part.ends}
    halves = [(part_of[first], part_of[second]) for _, (first, second) in found.gates]
    return [*found.wires, *halves, *((second, first) for first, second in halves)]


def ahead_of(ahead: Ahead, cut: Set[int], merged: Set[int], new: int) -> Ahead | None:
    """The order of parts after one more gate, as all pairs (first, later); None if parts would wait for each other.

    The gate merges the parts of its wires into a new one, which comes later than those that its wires are cut from.
    """
    name = dict.fromkeys(merged, new)
    pairs = {(name.get(first, first), name.get(then, then)) for first, then in ahead}
    sources = {name.get(part, part) for part in cut}
    earlier = sources | {first for first, then in pairs if then == new or then in sources}
    later = {then for first, then in pairs if first == new}
    if earlier & (later | {new}):
        return None
    return frozenset(pairs | {(first, then) for first in earlier for then in later | {new}})
