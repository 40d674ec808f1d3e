"""Basis states that a circuit reaches from 0...0, and the pairs of them that its gates turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .sum_rotations import SumRotation

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
class PairTurn:
    """Pairs of rows of a state that one gate turns by an angle: (i, j) to (c i - s j, c j + s i).

    Attributes
    ----------
    gate : int
        Number of the gate.
    size : float
        What to multiply its angle with, for c and s to be cosine and sine of the product.
    pairs : ndarray of int (n_pairs, 2)
    """

    gate: int
    size: float
    pairs: np.ndarray


@dataclass
class PairTurns:
    """All that the gates of a circuit do to the states that it reaches.

    Attributes
    ----------
    complex : bool
        Whether states have imaginary parts: then row 2 k is the real part of amplitude k, and row 2 k + 1 that.
    reached : Reached
    found : list of PairTurn
    """

    complex: bool
    reached: Reached = field(default_factory=Reached)
    found: list[PairTurn] = field(default_factory=list)

    @classmethod
    def of(cls, gates: Sequence[SumRotation], most: float) -> "PairTurns | None":
        """The turns of gates one after the other; None for more pairs than ``most``."""
        turns, n_pairs = cls(not all(gate.odd_y for gate in gates)), 0
        for number, gate in enumerate(gates):
            n_pairs += turns.append(number, gate)
            if n_pairs > most:
                return None
        return turns

    def append(self, number: int, gate: SumRotation) -> int:
        """Let a gate act; how many pairs it turns."""
        states, entries = self.reached.states, gate.entries(self.reached.states)
        moved = np.flatnonzero(np.abs(entries) > _ZERO)
        i, f = moved, entries[moved]
        j = self.reached.places(states[i] ^ gate.x)
        new = j < 0
        j[new] = len(states) + np.arange(new.sum())
        self.reached.add((states[i] ^ gate.x)[new])
        once = new | (states[i] <= states[i] ^ gate.x)  # of a pair of old states, one is enough
        return self._sort(number, self._rows(i[once], j[once], gate), f[once])

    def _rows(self, i: np.ndarray, j: np.ndarray, gate: SumRotation) -> np.ndarray:
        """Pairs of rows that turn where entries from amplitudes i to j are above 0."""
        if not self.complex:
            return np.stack([i, j], axis=1)
        if gate.odd_y:
            return np.concatenate([np.stack([2 * i + part, 2 * j + part], axis=1) for part in (0, 1)])
        there, back = np.stack([2 * j + 1, 2 * i], axis=1), np.stack([2 * i + 1, 2 * j], axis=1)
        return np.concatenate([there, back]) if gate.x else there

    def _sort(self, number: int, pairs: np.ndarray, entries: np.ndarray) -> int:
        """Note the pairs by the size of their entries; a negative one turns the other way."""
        entries = np.resize(entries, len(pairs))
        pairs = np.where(entries[:, None] < 0, pairs[:, ::-1], pairs)
        sizes, which = np.unique(np.abs(entries).round(12), return_inverse=True)
        self.found += [PairTurn(number, 0.5 * size, pairs[which == k]) for k, size in enumerate(sizes.tolist())]
        return len(pairs)
