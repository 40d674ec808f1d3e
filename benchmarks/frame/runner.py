"""Run the contenders of a group: first agreement, then interleaved rounds."""

from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from benchmarks.frame.contest import Contender, Group

# A contender that has used up its budget stops after this many rounds, so that a slow peer does not cost an hour.
FEWEST_ROUNDS = 3


class NothingToMeasure(Exception):
    """What a benchmark is about is not on this machine."""


class Disagreement(Exception):
    """Two contenders do not compute the same thing, so their times mean nothing."""


@dataclass
class Row:
    """The figures of one contender, one a round, in the unit of the group."""

    contender: Contender
    difference: float | None = None
    figures: list[float] = field(default_factory=list)


def run_group(group: Group, *, rounds: int, budget: float) -> tuple[list[Row], Row]:
    """Measure all contenders and return their rows and the row of the reference.

    Parameters
    ----------
    group : Group
        The contenders.
    rounds : int
        Rounds at most, unless the group has its own number.
    budget : float
        Seconds after which a contender stops, once it has its fewest rounds.

    Raises
    ------
    Disagreement
        If a result differs from the reference's by more than the contender's tolerance; nothing has been timed by then.
    """
    rows = [Row(contender) for contender in group.contenders]
    present = [row for row in rows if row.contender.call is not None]
    if not present:
        raise LookupError(f"None of the contenders of {group.name!r} is installed; install the extra `bench`.")
    reference = next((row for row in present if row.contender.label == group.reference), present[0])
    warm_up(present, reference, compare=not group.reports)
    for _ in range(group.rounds or rounds):
        for row in present:
            if len(row.figures) < FEWEST_ROUNDS or spent(row, group) < budget:
                row.figures.append(measure(row.contender, group.reports))
    return rows, reference


def warm_up(rows: list[Row], reference: Row, *, compare: bool) -> None:
    """Call every contender once and, where results are to be compared, compare them with the reference's."""
    expected = once(reference.contender)
    for row in rows:
        if row is reference:
            continue
        found = once(row.contender)
        if compare:
            row.difference = float(np.max(np.abs(found - row.contender.part(expected))))
            if not row.difference <= row.contender.tolerance:
                raise Disagreement(
                    f"{row.contender.label} and {reference.contender.label} differ by {row.difference:.1e}, "
                    f"more than {row.contender.tolerance:.0e}, so no time is shown."
                )


def once(contender: Contender):
    """Return the comparable result of one call."""
    if contender.before is not None:
        contender.before()
    return contender.read(contender.call())


def measure(contender: Contender, reports: bool) -> float:
    """Return the seconds of one call, or the figure that the call reports, for the whole work."""
    if contender.before is not None:
        contender.before()
    start = perf_counter()
    result = contender.call()
    seconds = perf_counter() - start
    return float(result) if reports else seconds / contender.share


def spent(row: Row, group: Group) -> float:
    """Return the seconds that a timed contender has used so far."""
    return 0.0 if group.reports else sum(row.figures) * row.contender.share
