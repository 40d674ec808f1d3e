"""Observables carried back through a circuit for rows of X: means in the start state, what was dropped, derivatives."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from ...states.shared import Shared
from ..groups import grouped, room, trig_lines
from ..lanes import LANES
from ..threads import map_chunks, n_threads
from .compiled.sweeps import slopes, start_slopes, start_state, values
from .gates import Gates
from .strings import PropagatedStrings, Term, Truncation, grown

_FLOAT = np.dtype(np.float64)
_LANES = LANES[_FLOAT]
_CHUNK = 2**16  # pairs of strings of the observables of one chunk: half a millisecond, worth a thread

Task = tuple[slice, slice]  # some rows, and some observables


class Propagation(Shared):
    """Runs observables back through gates, for rows of X side by side.

    Strings do not depend on angles, and are found once, unless small coefficients are dropped: then each row has
    strings of its own.

    Parameters
    ----------
    gates : Gates
    terms : sequence of Term
    truncation : Truncation
    threads : int or None
    """

    _found_again = frozenset({"strings"})

    def __init__(self, gates: Gates, terms: Sequence[Term], truncation: Truncation, threads: int | None):
        self.gates, self.terms, self.truncation, self.threads = gates, terms, truncation, threads

    @property
    def by_row(self) -> bool:
        """Whether each row has strings of its own."""
        return self.truncation.min_coefficient > 0

    @cached_property
    def strings(self) -> PropagatedStrings:
        """Strings of all observables, whatever the angles."""
        return grown(self.gates, self.terms, self.truncation, np.empty((0, 2)))

    def values(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Means (n_samples, n_observables) of the observables, and sums (..., 2) of |c| and c^2 of what was dropped."""
        angles, n = self.gates.tapes.angles(X, w)[1], len(self.terms)
        means, dropped = np.empty((len(X), n)), np.empty((len(X), n, 2))

        def run(task: Task) -> None:
            strings, trig, bloch, c = self._inputs(angles, task)
            out, lost = room(len(strings.parts), _FLOAT), room(2 * len(strings.parts), _FLOAT)
            values(*strings.arrays, trig, bloch, c, out, lost)
            k = len(means[task[0]])
            means[task] = out.T[:k]
            dropped[task] = lost.T[:k].reshape(k, -1, 2)

        self._map(run, len(X))
        return means, dropped

    def pullback(self, X: np.ndarray, w: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents g of the means."""
        U, angles = self.gates.tapes.angles(X, w)
        of_slots, of_bloch = np.zeros(angles.shape), np.zeros((len(X), 3 * self.gates.n_qubits))
        steps = {}

        def run(task: Task) -> None:
            strings, trig, bloch, c = self._inputs(angles, task)
            out, r = (_zeros(n) for n in (angles.shape[1], len(bloch)))
            work = room(self.gates.n_qubits + 1, _FLOAT)
            slopes(*strings.arrays, trig, bloch, _in_lanes(g[task]), c, room(len(c), _FLOAT), r, work, out)
            steps[task[0].start, task[1].start] = task[0], out, r

        self._map(run, len(X))
        for key in sorted(steps):  # their sum has a fixed order
            rows, out, r = steps[key]
            k = len(X[rows])
            of_slots[rows] += out.T[:k]
            of_bloch[rows] += r.T[:k]
        for a in range(0, len(X), _LANES):
            rows = slice(a, a + _LANES)
            of_slots[rows] += self._start_slopes(angles[rows], of_bloch[rows])
        return self.gates.tapes.pullback_angles(U, w, of_slots)

    def _map(self, function: Callable[[Task], None], n_samples: int) -> None:
        """Call a function on all tasks."""
        step = 1 if self.by_row else _LANES
        tasks = [(slice(a, a + step), chunk) for a in range(0, n_samples, step) for chunk in self._chunks]
        map_chunks(function, tasks, n_threads(self.threads))

    @cached_property
    def _chunks(self) -> list[slice]:
        """Slices of observables."""
        n = len(self.terms)
        if self.by_row:
            return [slice(o, o + 1) for o in range(n)]
        costs = np.cumsum(self.strings.parts[:, 6]) // _CHUNK
        cuts = np.flatnonzero(np.diff(costs, prepend=-1))
        return [slice(a, b) for a, b in pairwise([*cuts, n])]

    def _inputs(self, angles: np.ndarray, task: Task) -> tuple[PropagatedStrings, np.ndarray, np.ndarray, np.ndarray]:
        """Strings, cos and sin in all slots, Bloch vectors of the start and room for coefficients."""
        rows, observables = task
        if self.by_row:
            pairs = np.stack([np.cos(angles[rows][0]), np.sin(angles[rows][0])], axis=1)
            strings = grown(self.gates, self.terms[observables], self.truncation, pairs)
        else:
            strings = self.strings.some(observables)
        return strings, *self._start(angles[rows]), room(strings.n_strings, _FLOAT)

    def _start(self, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cos and sin in all slots, and Bloch vectors of the start state."""
        lines, bloch = _in_lanes(angles), room(3 * self.gates.n_qubits, _FLOAT)
        trig = trig_lines(lines, _FLOAT)
        start_state(self.gates.start, self.gates.images, self.gates.flips, trig, bloch)
        return trig, bloch

    def _start_slopes(self, angles: np.ndarray, of_bloch: np.ndarray) -> np.ndarray:
        """Derivatives (n_samples, n_slots) by the angles of the start state."""
        gates, (trig, bloch), out = self.gates, self._start(angles), _zeros(angles.shape[1])
        start_slopes(gates.start, gates.images, gates.flips, trig, bloch, _in_lanes(of_bloch), out)
        return out.T[: len(angles)]


def _zeros(n: int) -> np.ndarray:
    lines = room(n, _FLOAT)
    lines[:] = 0.0
    return lines


def _in_lanes(values: np.ndarray) -> np.ndarray:
    """Values (k, n) of up to as many rows as there are lanes, as (n, lanes)."""
    return grouped(values, _FLOAT)[0]
