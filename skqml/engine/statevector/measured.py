"""Measured Pauli strings, in states given lane by lane."""

import numpy as np

from ..groups import room
from ..lanes import aligned_empty
from .compiled.measure import (
    add_off_diagonal_cotangents,
    diagonal_cotangents,
    diagonal_means,
    off_diagonal_means,
)

NO_STRINGS = np.empty((0, 3), dtype=np.int64)


class MeasuredStrings:
    """Expectation values of Pauli strings as a function of states, with its pullback.

    Parameters
    ----------
    strings : int64 (n_strings, 3)
        Masks of X and Z, and the number of Y; those without X and Y first.
    n_qubits : int

    Attributes
    ----------
    n_work : int
        Lines of lanes to work in.
    n_strings : int
    read_together : tuple
        The strings, how many of them have neither X nor Y, and where others that are read together begin, and the end;
        None if there are no others.
    """

    def __init__(self, strings: np.ndarray, n_qubits: int):
        self._strings, self._n_qubits = strings, n_qubits
        self._diagonal, self._runs = strings[strings[:, 0] == 0], runs_of(strings)
        self.n_strings = len(strings)
        self.read_together = strings, len(self._diagonal), self._runs if len(self._runs) > 1 else None
        self.n_work = (1 << n_qubits) + 2 + len(strings)

    def means(self, states: np.ndarray, n_samples: int, work: np.ndarray | None = None) -> np.ndarray:
        """Expectation values (n_samples, n_strings) in states (n_groups, numbers of a state, lanes)."""
        work = room(self.n_work, states.dtype) if work is None else work
        values = np.empty((n_samples, len(self._strings)))
        if len(self._runs) > 1:
            off_diagonal_means(states, self._n_qubits, self._strings, self._runs, values, work)
        if len(self._diagonal):
            diagonal_means(states, self._n_qubits, self._diagonal, values, work)
        return values

    def pullback(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those (n_samples, n_strings) of the expectation values."""
        found = aligned_empty(states.shape, states.dtype)
        self.fill_cotangents(states, g, found, room(self.n_work, states.dtype))
        return found

    def fill_cotangents(self, states: np.ndarray, g: np.ndarray, found: np.ndarray, work: np.ndarray) -> None:
        """Set an array to what `pullback` gives."""
        diagonal_cotangents(states, self._n_qubits, self._diagonal, g, found, work)
        if len(self._runs) > 1:
            add_off_diagonal_cotangents(states, self._n_qubits, self._strings, self._runs, g, found, work)


def runs_of(strings: np.ndarray) -> np.ndarray:
    """Where neighbours with X or Y that are read together begin, and the end."""
    ranks = strings[:, 0] << 1 | strings[:, 2] & 1
    return np.flatnonzero(np.diff(ranks, prepend=-1, append=-1) * np.append(ranks, -1))
