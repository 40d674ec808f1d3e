"""Tables run over rows of X: states, their cotangents and their tangents."""

from functools import cached_property, reduce

import numpy as np
from numpy.typing import DTypeLike

from ...states.shared import Shared
from ..checks import check_memory, surely_finite
from ..groups import aligned, chunks_of, grouped, room
from ..lanes import LANES, aligned_empty
from ..threads import map_chunks, n_threads, one_blas_thread
from .compiled.adjoint import adjoint
from .compiled.forward import forward, unpack
from .compiled.measure import (
    add_off_diagonal_cotangents,
    diagonal_cotangents,
    diagonal_means,
    off_diagonal_means,
)
from .compiled.tangent import tangent
from .few import FewRows, few_rows
from .run import Run
from .slot_angles import Angles, SlotAngles
from .tables import Tables
from .wide.choice import FEWEST_QUBITS, can_be_wide, wide_pays
from .wide.sweeps import WideSweeps

_ARRAYS = 4  # as large as the states: these, cotangents and work arrays
NO_STRINGS = np.empty((0, 3), dtype=np.int64)
# Bytes of states: the kernel clears each page that a process asks for anew, which takes as long as three sweeps.
_SMALL, _KEPT = 2**24, 2**27
_FEWEST = 16  # groups of a block
_CHUNK_COST = 500_000  # vector operations of one chunk: half a millisecond, worth a thread


def check_sweeps(n_qubits: int, max_memory: int, dtype: DTypeLike, parts: int = 1, lanes: int | None = None) -> None:
    """Refuse circuits of which one group of rows does not fit, or one row, if that is enough.

    States have a real part at least.
    """
    dtype = np.dtype(dtype)
    if lanes is None:
        lanes = 1 if n_qubits >= FEWEST_QUBITS else LANES[dtype]
    check_bytes(n_qubits, _ARRAYS * dtype.itemsize * lanes * parts << n_qubits, max_memory)


def check_bytes(n_qubits: int, needed: int, max_memory: int) -> None:
    """Refuse circuits whose sweep needs more bytes than may be taken."""
    remedy = "use fewer qubits (such as ReuploadingEncoding, whose number of qubits is fixed) or a larger max_memory."
    check_memory(n_qubits, needed, max_memory, "sweeps fit", remedy)


class Sweeps(Shared):
    """Runs tables over rows, a chunk of them a thread.

    Parameters
    ----------
    tables : Tables
    threads : int or None
        Upper limit of threads; ``None`` for all that the process may use.
    max_memory : int
        Bytes that states may take at one time.
    dtype : dtype
        ``float64`` or ``float32``.
    strings : int64 (n_strings, 3)
        Measured strings: masks of X and Z, and the number of Y; those without X and Y first.

    Raises
    ------
    ValueError
        If one group of rows does not fit in the memory allowed.
    """

    _found_again = frozenset({"wide", "_few"})

    def __init__(
        self, tables: Tables, threads: int | None, max_memory: int, dtype: DTypeLike, strings: np.ndarray = NO_STRINGS
    ):
        self.tables = tables
        self.threads = threads
        self.max_memory = max_memory
        self.dtype = np.dtype(dtype)
        self.lanes = LANES[self.dtype]
        self.strings, self._diagonal = strings, strings[strings[:, 0] == 0]
        self._runs = runs_of(strings)
        self._angles = SlotAngles(tables, self.dtype)
        self._groups_fit = _ARRAYS * self.group_bytes <= max_memory
        self._may_be_wide = can_be_wide(tables)
        lanes = 1 if self._may_be_wide else self.lanes
        check_sweeps(tables.n_qubits, max_memory, self.dtype, tables.parts, lanes)
        in_memory = max_memory // (_ARRAYS * self.group_bytes)
        self._most_few = self.lanes * min(in_memory, max(1, _CHUNK_COST // tables.cost))

    @property
    def group_bytes(self) -> int:
        """Bytes of the states of one group of rows."""
        return self.dtype.itemsize * self.lanes * self.tables.parts << self.tables.n_qubits

    @cached_property
    def wide(self) -> WideSweeps:
        """The same with amplitudes in lanes."""
        return WideSweeps(self.tables, self.threads, self.max_memory, self.dtype, self.strings)

    @cached_property
    def _few(self) -> FewRows | None:
        return few_rows(self.tables, self.dtype, self.strings, self._diagonal, self._runs)

    def few(self, X: np.ndarray) -> FewRows | None:
        """What is quickest for rows of a single chunk, where their angles can be no other than finite."""
        if len(X) > self._most_few or not surely_finite(X) or self.for_rows(len(X)) is not self:
            return None
        return self._few

    def for_rows(self, n_samples: int) -> "Sweeps | WideSweeps":
        """The sweeps that are quickest for so many rows."""
        return self.wide if self._may_be_wide and self._wide_pays(n_samples) else self

    def _wide_pays(self, n_samples: int) -> bool:
        return not self._groups_fit or wide_pays(self.tables, self.dtype, n_samples)

    def blocks(self, n_samples: int) -> list[slice]:
        """Slices of rows whose sweeps fit in the memory allowed."""
        return self._slices(n_samples, self.max_memory // (_ARRAYS * self.group_bytes))

    def small_blocks(self, n_samples: int) -> list[slice]:
        """The same, of fewer rows, whose memory is that of those before."""
        return self._slices(n_samples, self._groups_of(_SMALL))

    def _groups_of(self, n_bytes: int) -> int:
        """Groups of so many bytes, enough for all threads, that fit in the memory allowed."""
        return min(max(_FEWEST, n_bytes // self.group_bytes), self.max_memory // (_ARRAYS * self.group_bytes))

    @property
    def most_kept(self) -> int:
        """Small blocks whose states are kept for the way back; the rows of more are swept anew."""
        return self._groups_of(_KEPT) // max(1, self._groups_of(_SMALL))

    def _slices(self, n_samples: int, n_groups: int) -> list[slice]:
        step = self.lanes * max(1, n_groups)
        return [slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step)]

    def in_groups(self, values: np.ndarray) -> np.ndarray:
        """Values (n_samples, k) as (n_groups, k, lanes), contiguous and aligned."""
        return aligned(grouped(values, self.dtype), self.dtype)

    def work(self, n: int) -> np.ndarray:
        """Uninitialised array (n, lanes) for the compiled functions to work in."""
        return room(n, self.dtype)

    def _chunks(self, n_groups: int) -> tuple[list[slice], int]:
        """Slices of groups, one for a thread, and the number of threads."""
        chunks = chunks_of(n_groups, max(1, _CHUNK_COST // self.tables.cost))
        return chunks, n_threads(self.threads) if len(chunks) > 1 else 1

    def _rows(self, chunk: slice) -> slice:
        """The rows of a chunk of groups."""
        return slice(chunk.start * self.lanes, chunk.stop * self.lanes)

    def _inputs(self, angles: Angles, chunk: slice, states: np.ndarray) -> tuple:
        """What `forward` reads and works on; angles of the chunk are tabulated now."""
        t = self.tables
        work = self.work((2 << t.n_qubits) + 3 * t.tapes.n_slots)
        circuit = t.ops, t.start, t.linear, t.quadratic, angles.phases, angles.shared_trig
        return *circuit, angles.trig_of(self._rows(chunk)), angles.initial[chunk], states, work

    def _empty_states(self, n_groups: int) -> np.ndarray:
        return aligned_empty((n_groups, self.tables.parts << self.tables.n_qubits, self.lanes), self.dtype)

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles = self._angles(X, w)
        states = self._empty_states(len(angles.initial))

        def sweep(chunk: slice) -> None:
            forward(*self._inputs(angles, chunk, states[chunk]))

        map_chunks(sweep, *self._chunks(len(states)))
        return Run(angles, states)

    def means(self, states: np.ndarray, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_strings) of the measured strings in states given lane by lane."""
        n_qubits, strings = self.tables.n_qubits, self.strings
        values = np.empty((n_samples, len(strings)))
        work = self.work((1 << n_qubits) + 2 + len(strings))
        if len(self._runs) > 1:
            off_diagonal_means(states, n_qubits, strings, self._runs, values, work)
        if len(self._diagonal):
            diagonal_means(states, n_qubits, self._diagonal, values, work)
        return values

    def pullback_means(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those (n_samples, n_strings) of the expectation values."""
        n_qubits, strings = self.tables.n_qubits, self.strings
        cotangents = aligned_empty(states.shape, self.dtype)
        work = self.work((1 << n_qubits) + 2 + len(strings))
        diagonal_cotangents(states, n_qubits, self._diagonal, g, cotangents, work)
        if len(self._runs) > 1:
            add_off_diagonal_cotangents(states, n_qubits, strings, self._runs, g, cotangents, work)
        return cotangents

    @one_blas_thread()
    def amplitudes(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits)."""
        if self.tables.alone is not None:
            return self.tables.alone(X).states[:, None].astype(self.dtype, copy=False)
        if self.for_rows(len(X)) is not self:
            return self.wide.amplitudes(X, w)
        out = np.empty((len(X), self.tables.parts, 1 << self.tables.n_qubits), self.dtype)

        def sweep(chunk: slice) -> None:
            states = self._empty_states(chunk.stop - chunk.start)  # copied at once: they stay in the processor's cache
            forward(*self._inputs(angles, chunk, states))
            unpack(states, rows[self._rows(chunk)])

        for block in self.blocks(len(X)):
            angles, rows = self._angles(X[block], w), out[block]
            map_chunks(sweep, *self._chunks(len(angles.initial)))
        return out

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        t, a = self.tables, run.angles
        n_shared, shape = t.tapes.n_shared, (t.phases.n_tracked, 1 << t.n_qubits, self.lanes)
        of_initial, of_rows = np.empty_like(a.initial), np.empty(a.of_rows.shape)
        circuit = t.ops, t.start, t.linear, t.quadratic, a.phases, t.phases.tracked, a.shared_trig

        def sweep(chunk: slice) -> np.ndarray:
            total, rows = np.zeros((n_shared + shape[0] * shape[1], self.lanes), self.dtype), self._rows(chunk)
            found = of_initial[chunk], of_rows[rows], total[:n_shared], total[n_shared:].reshape(shape)
            work = self.work(((3 + t.parts) << t.n_qubits) + 2 + 4 * t.tapes.n_slots)
            adjoint(*circuit, a.trig[rows], run.states[chunk], cotangents[chunk], *found, work)
            return total.sum(axis=1, dtype=float)

        totals = map_chunks(sweep, *self._chunks(len(run.states)))  # their sum has a fixed order
        return self._angles.pullback(a, of_initial, of_rows, reduce(np.add, totals))

    def pullback_amplitudes(self, X: np.ndarray, w: np.ndarray, R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents R of the amplitudes, in their shape."""
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        if self.tables.alone is not None:
            self.tables.alone(X).add_pullback(R[:, 0], dX)
            return dX, dw
        sweeps = self.for_rows(len(X))
        for block in sweeps.small_blocks(len(X)):
            dX[block], step = sweeps.pullback(sweeps.run(X[block], w), sweeps.as_states(R[block]))
            dw += step
        return dX, dw

    def as_states(self, R: np.ndarray) -> np.ndarray:
        """Amplitudes (n_samples, parts, 2**n_qubits) lane by lane, in the order of states."""
        return self.in_groups(R.transpose(0, 2, 1).reshape(len(R), -1))

    def tangents(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
        if self.for_rows(len(X)) is not self:
            return self.wide.tangents(X, w, dX, dw)
        check_sweeps(self.tables.n_qubits, self.max_memory, self.dtype, self.tables.parts, self.lanes)
        shape = len(X), self.tables.parts, 1 << self.tables.n_qubits
        S, D = np.empty(shape, self.dtype), np.empty(shape, self.dtype)
        for block in self.blocks(len(X)):
            angles = self._angles(X[block], w)
            self._fill_tangents(angles, *self._angles.tangents(angles, dX[block], dw), S[block], D[block])
        return S, D

    def _fill_tangents(
        self, angles: Angles, steps: np.ndarray, rates: np.ndarray, initial: np.ndarray, S: np.ndarray, D: np.ndarray
    ) -> None:
        t, a = self.tables, angles

        def sweep(chunk: slice) -> None:
            states, tangents = (self._empty_states(chunk.stop - chunk.start) for _ in range(2))
            work = self.work((3 << t.n_qubits) + 2 + 3 * t.tapes.n_slots)
            rows = self._rows(chunk)
            inputs = t.ops, t.start, t.linear, t.quadratic, a.phases, rates, a.shared_trig, a.trig_of(rows)
            tangent(*inputs, steps[chunk], a.initial[chunk], initial[chunk], states, tangents, work)
            unpack(states, S[rows])
            unpack(tangents, D[rows])

        map_chunks(sweep, *self._chunks(len(angles.initial)))


def runs_of(strings: np.ndarray) -> np.ndarray:
    """Where neighbours with X or Y that are read together begin, and the end."""
    ranks = strings[:, 0] << 1 | strings[:, 2] & 1
    return np.flatnonzero(np.diff(ranks, prepend=-1, append=-1) * np.append(ranks, -1))
