"""Which way outcomes go where they are sent over cuts: parts before and behind others."""

from collections.abc import Sequence
from graphlib import TopologicalSorter

import numpy as np

from .parts import CutCircuit


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
