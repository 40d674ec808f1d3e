"""Tables of a noisy circuit run over rows of X: states, pulled back observables, derivatives."""

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np

from ...states.shared import Shared
from ..checks import check_memory
from ..groups import Rooms, chunks_of, grouped, room, ungrouped
from ..lanes import LANES, aligned_empty
from ..statevector.compiled.forward import unpack
from ..threads import map_chunks, n_threads
from .compiled.adjoint import reverse
from .compiled.forward import forward, zero_state
from .compiled.tangent import tangent
from .entries import Entries
from .segments import Segments, cut
from .slot_angles import DTYPE, NoisyAngles, NoisySlotAngles
from .tables import MAP, NoisyTables
from .wide.choice import FEWEST_QUBITS, can_be_wide, wide_pays
from .wide.sweeps import WideNoisySweeps

_CHUNK_COST = 200_000  # vector operations of one chunk: about half a millisecond, worth a thread
_LANES = LANES[DTYPE]
_STATES = 6  # that a sweep and its reverse hold at least


def check_density(n_qubits: int, max_memory: int, lanes: int) -> None:
    """Refuse circuits of which the density matrices of so many rows do not fit."""
    remedy = (
        "use fewer qubits (such as ReuploadingEncoding, whose number of qubits is fixed), a larger max_memory, or "
        "Aer with shots."
    )
    needed = _STATES * DTYPE.itemsize * lanes * 4**n_qubits
    check_memory(n_qubits, needed, max_memory, "density matrices fit", remedy)


def check_width(n_qubits: int, max_memory: int) -> None:
    """Refuse circuits of which nothing fits, whatever their gates: one row, where that is enough."""
    check_density(n_qubits, max_memory, 1 if n_qubits >= FEWEST_QUBITS else _LANES)


class NoisySweeps(Shared):
    """Runs tables over rows, a chunk of them a thread.

    Parameters
    ----------
    tables : NoisyTables
    threads : int or None
        Upper limit of threads; ``None`` for all that the process may use.
    max_memory : int
        Bytes that states may take at one time.

    Raises
    ------
    ValueError
        If one group of rows does not fit in the memory allowed, nor one row where that is enough.
    """

    _found_again = frozenset({"wide"})

    def __init__(self, tables: NoisyTables, threads: int | None, max_memory: int):
        self.tables = tables
        self.threads = threads
        self.max_memory = max_memory
        self._angles = NoisySlotAngles(tables, partial(grouped, dtype=DTYPE))
        self._may_be_wide = can_be_wide(tables)
        self._groups_fit = _STATES * self._state_bytes <= max_memory
        check_density(tables.n_qubits, max_memory, 1 if self._may_be_wide else _LANES)

    @cached_property
    def wide(self) -> WideNoisySweeps:
        """The same with numbers of one state in lanes."""
        return WideNoisySweeps(self.tables, self.threads, self.max_memory)

    def for_rows(self, n_samples: int, gradient: bool = False) -> "NoisySweeps | WideNoisySweeps":
        """The sweeps that are quickest for so many rows."""
        pays = not self._groups_fit or wide_pays(self.tables.n_qubits, n_samples, gradient)
        return self.wide if self._may_be_wide and pays else self

    @property
    def size(self) -> int:
        """Pauli strings of a state."""
        return 4**self.tables.n_qubits

    @property
    def _state_bytes(self) -> int:
        return DTYPE.itemsize * _LANES * self.size

    def _map(self, function: Callable[[slice], object], n_groups: int, states_each: int) -> None:
        """Call function on chunks of groups, which hold so many states at one time."""
        step = max(1, _CHUNK_COST // (self.size * (2 + len(self.tables.ops))))
        at_once = self.max_memory // (states_each * self._state_bytes)
        map_chunks(function, chunks_of(n_groups, step), max(1, min(n_threads(self.threads), at_once)))

    def _work(self, matrices: int, scratch: int) -> np.ndarray:
        """Room for matrices of all blocks, some more of one block, and the entries of a map."""
        n_blocks = len(self.tables.blocks.ends) - 1
        return room(12 * (matrices * n_blocks + scratch) + self.tables.maps.largest, DTYPE)

    def _states(self, n: int) -> np.ndarray:
        return aligned_empty((n, self.size, _LANES), DTYPE)

    def _first_states(self, chunk: slice, entries: Entries | None = None) -> np.ndarray:
        """States of a chunk of groups that are |0..0>, or have some entries."""
        states = self._states(chunk.stop - chunk.start)
        if entries is None:
            zero_state(states[0])
            states[1:] = states[0]
        else:
            found = entries.of(_rows(chunk))
            states[...] = 0.0
            states[:, entries.indices] = found[:, None] if found.ndim == 1 else grouped(found, DTYPE)
        return states

    def _forward(self, angles: NoisyAngles, chunk: slice, observable: np.ndarray | None = None) -> np.ndarray:
        """Final states of a chunk of groups, or an observable pulled back to the first ones."""
        t, backwards = self.tables, observable is not None
        states = self._first_states(chunk, None if observable is None else Entries(observable))
        maps = t.transposed if backwards else t.maps
        inputs = t.ops, t.blocks, t.n_shared, maps, t.turns, angles.shared, angles.trig[chunk]
        forward(*inputs, backwards, states, self._work(1, 1))
        return states

    def entries(self, X: np.ndarray, w: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Entries (n_samples, n_indices) of the final states."""
        angles = self._angles(X, w)
        found = np.empty((len(angles.trig), len(indices), _LANES))

        def sweep(chunk: slice) -> None:
            found[chunk] = self._forward(angles, chunk)[:, indices]

        self._map(sweep, len(found), 2)
        return ungrouped(found, len(X))

    def states(self, X: np.ndarray, w: np.ndarray, observable: np.ndarray | None = None) -> np.ndarray:
        """Final states (n_samples, 4**n_qubits), or an observable's coefficients pulled back to the first ones."""
        angles, out = self._angles(X, w), np.empty((len(X), 1, self.size))

        def sweep(chunk: slice) -> None:
            unpack(self._forward(angles, chunk, observable), out[_rows(chunk)])

        self._map(sweep, len(angles.trig), 2)
        return out[:, 0]

    def tangents(
        self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray, observable: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Final states, or an observable pulled back, and their derivatives along (dX, dw)."""
        t, angles, out = self.tables, self._angles(X, w), np.empty((2, len(X), 1, self.size))
        shared_rates, rates = self._angles.tangents(angles, dX, dw)
        backwards = observable is not None
        maps = t.transposed if backwards else t.maps

        def sweep(chunk: slice) -> None:
            first = self._first_states(chunk, None if observable is None else Entries(observable))
            slopes = self._states(len(first))
            slopes[...] = 0.0
            inputs = t.ops, t.blocks, t.n_shared, maps, t.turns, angles.shared, shared_rates, angles.trig[chunk]
            tangent(*inputs, rates[chunk], backwards, first, slopes, self._work(2, 1))
            unpack(first, out[0, _rows(chunk)])
            unpack(slopes, out[1, _rows(chunk)])

        self._map(sweep, len(angles.trig), 2)
        return out[0, :, 0], out[1, :, 0]

    def segments(self) -> Segments:
        """How the circuit is cut, so that the states that a reverse sweep keeps fit in memory."""
        keeping = np.flatnonzero(self.tables.ops[:, 0] != MAP)
        return cut(keeping, len(self.tables.ops), self._state_bytes, self.max_memory, n_others=4)

    def pullback(
        self, X: np.ndarray, w: np.ndarray, cotangents: Entries, first: Entries | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states.

        Parameters
        ----------
        X, w : ndarray
        cotangents : Entries
        first : Entries or None
            Of the first states; ``None`` for |0..0>.

        Raises
        ------
        ValueError
            If the states that have to be kept do not fit in the memory allowed.
        """
        t, angles, segments = self.tables, self._angles(X, w), self.segments()
        of_rows = np.zeros((len(angles.trig), t.tapes.n_rows, _LANES))
        totals: dict[int, np.ndarray] = {}  # by first group: their sum has a fixed order
        rooms = Rooms(lambda: self._states(segments.n_states))

        def sweep(chunk: slice) -> None:
            total = np.zeros((12 * t.n_shared, _LANES))
            circuit = t.ops, segments.ends, t.blocks, t.n_shared, t.maps, t.transposed, t.turns
            states = self._first_states(chunk, first), self._first_states(chunk, cotangents)
            inputs = *circuit, angles.shared, angles.trig[chunk], *states, total, of_rows[chunk]
            with rooms.one() as kept:
                inside, starts = kept[: segments.n_kept + 1], kept[segments.n_kept + 1 :]
                reverse(*inputs, inside, starts, self._work(2, t.blocks.longest + 2))
            totals[chunk.start] = total.sum(axis=1)

        self._map(sweep, len(of_rows), segments.n_states + 2)
        total = sum((totals[a] for a in sorted(totals)), np.zeros(12 * t.n_shared))
        return self._angles.pullback(angles, ungrouped(of_rows, len(X)), total)


def _rows(chunk: slice) -> slice:
    """The rows of a chunk of groups."""
    return slice(chunk.start * _LANES, chunk.stop * _LANES)
