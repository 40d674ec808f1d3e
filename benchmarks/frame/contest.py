"""A contender does a piece of work; a group holds contenders for the same work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


def unchanged(result: Any) -> Any:
    """The result as it is."""
    return result


@dataclass(frozen=True)
class Contender:
    """One way to do the work of a group.

    Attributes
    ----------
    label : str
        The name in the table.
    call : callable or None
        Does the work and returns the result; None where the package is not installed.
    before : callable or None
        Called before each call, outside the measured time: it empties caches of results.
    read : callable
        Turns the result into the one that is compared, outside the measured time.
    part : callable
        Takes from the reference's result the part that this contender computes.
    share : float
        The part of the work that this contender does, in (0, 1]; its time is divided by it.
    tolerance : float
        How far the result may be from the reference's: what truncates is not exact.
    note : str
        Printed beside the row.
    """

    label: str
    call: Callable[[], Any] | None
    before: Callable[[], object] | None = None
    read: Callable[[Any], Any] = unchanged
    part: Callable[[Any], Any] = unchanged
    share: float = 1.0
    tolerance: float = 1e-6
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Contenders on the same work, and the one to which all are compared.

    Attributes
    ----------
    name : str
        The work, with its size.
    contenders : sequence of Contender
        In the order in which a round runs them.
    reference : str
        The label of the contender whose ratio is 1.
    unit : str
        Unit of the figures.
    reports : bool
        If True the calls return their own figures (seconds, bytes) and are not timed from here.
    rounds : int or None
        Number of interleaved rounds, where it is not the runner's.
    """

    name: str
    contenders: Sequence[Contender]
    reference: str
    unit: str = "s"
    reports: bool = False
    rounds: int | None = None
