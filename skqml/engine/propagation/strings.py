"""All strings that some observables become, as arrays for the compiled sweeps."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from .compiled.strings import PAIR_BYTES, STRING_BYTES, grow, letters
from .gates import Gates


class Term(NamedTuple):
    """An observable: the masks (n_terms, 4) of its strings, and their coefficients (n_terms,)."""

    masks: np.ndarray
    coefficients: np.ndarray


@dataclass(frozen=True)
class Truncation:
    """Which strings are dropped.

    Attributes
    ----------
    max_weight : int
        Strings of more letters are dropped.
    min_coefficient : float
        Strings of smaller coefficients are dropped.
    max_memory : int
        Bytes above which growth is refused.
    """

    max_weight: int
    min_coefficient: float
    max_memory: int


@dataclass(frozen=True)
class PropagatedStrings:
    """The strings of some observables; see `compiled.sweeps.values` for the arrays."""

    parts: np.ndarray
    coefficients: np.ndarray
    pairs: np.ndarray
    steps: np.ndarray
    live: np.ndarray
    signs: np.ndarray
    starts: np.ndarray
    letters: np.ndarray

    @property
    def n_strings(self) -> int:
        """Strings of the observable that has most of them."""
        return int(self.parts[:, 6].max(initial=0))

    @property
    def n_bytes(self) -> int:
        """Bytes that strings and pairs of all observables take."""
        return STRING_BYTES * int(self.parts[:, 6].sum()) + PAIR_BYTES * len(self.pairs)

    def some(self, observables: slice) -> "PropagatedStrings":
        """Those of some observables."""
        return replace(self, parts=self.parts[observables])

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All of them, as compiled functions take them."""
        return tuple(vars(self).values())


class Grown(NamedTuple):
    """The strings of one observable; see `compiled.strings.grow`."""

    pairs: np.ndarray
    steps: np.ndarray
    n_strings: int
    strings: np.ndarray
    signs: np.ndarray
    live: np.ndarray

    @property
    def n_bytes(self) -> int:
        """Bytes that they take."""
        return STRING_BYTES * self.n_strings + PAIR_BYTES * len(self.pairs)


def grown(gates: Gates, terms: Sequence[Term], truncation: Truncation, trig: np.ndarray) -> PropagatedStrings:
    """The strings that observables become.

    Parameters
    ----------
    gates : Gates
    terms : sequence of Term
    truncation : Truncation
    trig : ndarray (n_slots, 2)
        Cos and sin of the angles where small coefficients are dropped, else empty.

    Raises
    ------
    ValueError
        If there are more strings than fit in the memory allowed.
    """
    found: list[Grown] = []
    room = min(truncation.max_memory, sys.maxsize)  # compiled functions take no larger integer
    limits = truncation.max_weight, trig, truncation.min_coefficient
    for term in terms:
        grown = _grown(gates, term, room, *limits)
        if grown is None:
            raise ValueError(_too_many(truncation))
        room -= grown.n_bytes
        found.append(grown)
    return _joined(gates, terms, found)


def _grown(gates: Gates, term: Term, room: int, max_weight: int, trig: np.ndarray, smallest: float) -> Grown | None:
    """The strings of one observable; None if there is no room for so many."""
    arrays = gates.rows, gates.masks, gates.images, gates.flips, *term
    fits, pairs, steps, n, strings, signs, live = grow(*arrays, max_weight, room, trig, smallest)
    # What grew has more room than it fills: the copies are what is kept.
    return Grown(pairs.copy(), steps.copy(), n, strings[live], signs[live], live.copy()) if fits else None


def _too_many(truncation: Truncation) -> str:
    return (
        f"Expected observables whose Pauli strings fit in max_memory={truncation.max_memory} bytes, but on their way "
        "through the circuit they become more; use a smaller max_weight, a larger min_coefficient, fewer gates, or a "
        "larger max_memory."
    )


def _joined(gates: Gates, terms: Sequence[Term], found: Sequence[Grown]) -> PropagatedStrings:
    """Arrays of all observables, one behind the other."""
    counts = [(len(f.steps), len(term.masks), len(f.live)) for term, f in zip(terms, found, strict=True)]
    sizes = np.array(counts, dtype=np.int64).reshape(-1, 3)
    stops = sizes.cumsum(axis=0)
    bounds = np.stack([stops - sizes, stops], axis=2).reshape(-1, 6)
    first_pairs = np.cumsum([0, *(len(f.pairs) for f in found)])
    steps = [f.steps + [0, a, a] for f, a in zip(found, first_pairs[:-1], strict=True)]
    return PropagatedStrings(
        np.column_stack([bounds, np.array([f.n_strings for f in found], dtype=np.int64)]),
        np.concatenate([np.empty(0), *(t.coefficients for t in terms)]),
        np.concatenate([np.empty((0, 2), dtype=np.int32), *(f.pairs for f in found)]),
        np.concatenate([np.empty((0, 3), dtype=np.int64), *steps]),
        np.concatenate([np.empty(0, dtype=np.int32), *(f.live for f in found)]),
        np.concatenate([np.empty(0), *(f.signs for f in found)]),
        *letters(np.concatenate([np.empty((0, 4), dtype=np.int64), *(f.strings for f in found)]), gates.n_qubits),
    )
