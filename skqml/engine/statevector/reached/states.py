"""Basis states that a circuit reaches from 0...0, and the pairs of them that its gates turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .grouping import Group

_ZERO = 1e-12  # entries up to it are rounding errors


class Reached:
    """Numbers of the basis states reached so far, in the order in which they were."""

    def __init__(self) -> None:
        self.states = np.zeros(1, dtype=np.int64)
        self._order = np.zeros(1, dtype=np.int64)

    def places(self, states: np.ndarray) -> np.ndarray:
        """Where some states stand; -1 for those not reached."""
        at = self._order[np.searchsorted(self.states, states, sorter=self._order).clip(max=len(self.states) - 1)]
        return np.where(self.states[at] == states, at, -1)

    def add(self, states: np.ndarray) -> None:
        """Let more states follow."""
        self.states = np.concatenate([self.states, states])
        self._order = np.argsort(self.states)


@dataclass
class Turn:
    """Pairs of rows of a state that one gate turns by an angle: (i, j) to (c i - s j, c j + s i).

    Attributes
    ----------
    group : int
        Number of the gate.
    size : float
        What to multiply its angle with, for c and s to be cosine and sine of the product.
    pairs : ndarray of int (n_pairs, 2)
    """

    group: int
    size: float
    pairs: np.ndarray


@dataclass
class Turns:
    """All that the gates of a circuit do to the states that it reaches.

    Attributes
    ----------
    complex : bool
        Whether states have imaginary parts: then row 2 k is the real part of amplitude k, and row 2 k + 1 that.
    reached : Reached
    found : list of Turn
    """

    complex: bool
    reached: Reached = field(default_factory=Reached)
    found: list[Turn] = field(default_factory=list)

    @classmethod
    def of(cls, groups: Sequence[Group], most: float) -> "Turns | None":
        """The turns of groups one after the other; None for more pairs than ``most``."""
        turns, n_pairs = cls(not all(group.odd_y for group in groups)), 0
        for number, group in enumerate(groups):
            n_pairs += turns.append(number, group)
            if n_pairs > most:
                return None
        return turns

    def append(self, number: int, group: Group) -> int:
        """Let a gate act; how many pairs it turns."""
        states, entries = self.reached.states, group.entries(self.reached.states)
        moved = np.flatnonzero(np.abs(entries) > _ZERO)
        i, f = moved, entries[moved]
        j = self.reached.places(states[i] ^ group.x)
        new = j < 0
        j[new] = len(states) + np.arange(new.sum())
        self.reached.add((states[i] ^ group.x)[new])
        once = new | (states[i] <= states[i] ^ group.x)  # of a pair of old states, one is enough
        return self._sort(number, self._rows(i[once], j[once], group), f[once])

    def _rows(self, i: np.ndarray, j: np.ndarray, group: Group) -> np.ndarray:
        """Pairs of rows that turn where entries from amplitudes i to j are above 0."""
        if not self.complex:
            return np.stack([i, j], axis=1)
        if group.odd_y:
            return np.concatenate([np.stack([2 * i + part, 2 * j + part], axis=1) for part in (0, 1)])
        there, back = np.stack([2 * j + 1, 2 * i], axis=1), np.stack([2 * i + 1, 2 * j], axis=1)
        return np.concatenate([there, back]) if group.x else there

    def _sort(self, number: int, pairs: np.ndarray, entries: np.ndarray) -> int:
        """Note the pairs by the size of their entries; a negative one turns the other way."""
        entries = np.resize(entries, len(pairs))
        pairs = np.where(entries[:, None] < 0, pairs[:, ::-1], pairs)
        sizes, which = np.unique(np.abs(entries).round(12), return_inverse=True)
        self.found += [Turn(number, 0.5 * size, pairs[which == k]) for k, size in enumerate(sizes.tolist())]
        return len(pairs)
