"""The circuits to which a kernel deals out the features of a row: drawn once, compiled once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from numbers import Number
from typing import Any

from qiskit import QuantumCircuit

from ..backends.redrawn import mark_of
from ..circuits import Observable
from ..engine.cache import digest
from ..engine.reading.lower import split_parameters
from ..states.shared import Shared
from .split import RowPart


@dataclass(frozen=True)
class KernelRuns(Shared):
    """The runs of a circuit that a row of so many features takes.

    Attributes
    ----------
    groups : sequence of int
        Numbers of features of the runs.
    circuits : sequence of QuantumCircuit
        One a run, one object for all of one size.
    compile : callable (circuit)
        Gives a `Program`, or `Overlaps`.
    join : callable (parts, n_features)
        Gives one of several `RowPart`.
    """

    groups: Sequence[int]
    circuits: Sequence[QuantumCircuit]
    compile: Callable[[QuantumCircuit], Any]
    join: Callable[[Sequence[RowPart], int], Any]

    @cached_property
    def n_weights_each(self) -> list[int]:
        """Numbers of weights of the runs."""
        distinct = {id(circuit): len(split_parameters(circuit)[1]) for circuit in self.circuits}
        return [distinct[id(circuit)] for circuit in self.circuits]

    @property
    def n_weights(self) -> int:
        """Weights of all runs together."""
        return sum(self.n_weights_each)

    @property
    def places(self) -> list[tuple[slice, slice]]:
        """Columns of the features of each run, and places of its weights."""
        return list(zip(_side_by_side(self.groups), _side_by_side(self.n_weights_each), strict=True))

    @cached_property
    def parts(self) -> list[RowPart]:
        """The runs, each circuit compiled when they are first asked for."""
        distinct = {id(circuit): circuit for circuit in self.circuits}
        compiled = {key: self.compile(circuit) for key, circuit in distinct.items()}
        return [RowPart(compiled[id(circuit)], *own) for circuit, own in zip(self.circuits, self.places, strict=True)]

    @cached_property
    def program(self) -> Any:
        """What the kernel computes with."""
        return self.parts[0].program if len(self.circuits) == 1 else self.join(self.parts, sum(self.groups))

    @cached_property
    def mark(self) -> str:
        """Number of features, and digest of what the circuits do."""
        distinct = {id(circuit): circuit for circuit in self.circuits}
        return f"{sum(self.groups)} {digest(tuple(map(mark_of, distinct.values())))}"

    @cached_property
    def cache_key(self) -> str | None:
        """Digest of all that results depend on besides rows and weights; None if they are random."""
        key = self.program.cache_key()
        return key if key is None else digest(key)


def _side_by_side(sizes: Sequence[int]) -> list[slice]:
    return [slice(*ends) for ends in pairwise(accumulate(sizes, initial=0))]


def frozen_parameters(part, freeze: Callable[[Any], Hashable | None]) -> Hashable | None:
    """Class and parameters of an object as a hashable value; None if one of them may change unseen.

    Parameters
    ----------
    part : object
        With parameters as attributes.
    freeze : callable
        From a parameter that is neither plain nor has parameters of its own to a hashable value, or to None:
        `Same`, `hashed` or `refused`.
    """
    found: list[tuple[str, Hashable]] = []
    for name, value in sorted(vars(part).items()):
        frozen: Hashable = value
        if hasattr(value, "get_params") and not isinstance(value, type):
            frozen = frozen_parameters(value, freeze)
        elif not _is_plain(value):
            frozen = freeze(value)
        if frozen is None and value is not None:
            return None
        found.append((name, frozen))
    return type(part), tuple(found)


def _is_plain(value) -> bool:
    if isinstance(value, (tuple, frozenset)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (Number, str, bytes, type, Observable))


@dataclass(frozen=True, eq=False)
class Same:
    """An object that equals itself alone: enough where nobody else holds it."""

    value: Any

    def __eq__(self, other) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def hashed(value) -> Hashable | None:
    """An object that hashes: handles of simulators and devices do."""
    try:
        hash(value)
    except TypeError:
        return None
    return value


def refused(value) -> None:
    """Nothing: what somebody else holds may change at any time."""
