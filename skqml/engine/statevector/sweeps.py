"""Tables run over rows of X: states, their cotangents and their tangents."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from ..checks import check_memory
from ..groups import aligned, chunks_of, fill_trig, grouped, room
from ..lanes import LANES, aligned_empty
from ..threads import map_chunks, n_threads, one_blas_thread
from .compiled.adjoint import adjoint
from .compiled.forward import forward, unpack
from .compiled.tangent import tangent
from .slot_angles import Angles, SlotAngles
from .tables import Tables

_ARRAYS = 4  # as large as the states: these, cotangents and work arrays
_CHUNK_COST = 500_000  # vector operations of one chunk: half a millisecond, worth a thread


@dataclass
class Run:
    """Angles and final states (n_groups, parts 2**n_qubits, lanes) of some rows."""

    angles: Angles
    states: np.ndarray


def check_sweeps(n_qubits: int, max_memory: int, dtype: DTypeLike, parts: int = 1) -> None:
    """Refuse circuits of which one group of rows does not fit; states have a real part at least."""
    dtype = np.dtype(dtype)
    check_bytes(n_qubits, _ARRAYS * dtype.itemsize * LANES[dtype] * parts << n_qubits, max_memory)


def check_bytes(n_qubits: int, needed: int, max_memory: int) -> None:
    """Refuse circuits whose sweep needs more bytes than may be taken."""
    remedy = "use fewer qubits (such as ReuploadingEncoding, whose number of qubits is fixed) or a larger max_memory."
    check_memory(n_qubits, needed, max_memory, "sweeps fit", remedy)


class Sweeps:
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

    Raises
    ------
    ValueError
        If one group of rows does not fit in the memory allowed.
    """

    def __init__(self, tables: Tables, threads: int | None, max_memory: int, dtype: DTypeLike):
        self.tables = tables
        self.threads = threads
        self.max_memory = max_memory
        self.dtype = np.dtype(dtype)
        self.lanes = LANES[self.dtype]
        self._angles = SlotAngles(tables, self.dtype)
        check_sweeps(tables.n_qubits, max_memory, self.dtype, tables.parts)

    @property
    def group_bytes(self) -> int:
        """Bytes of the states of one group of rows."""
        return self.dtype.itemsize * self.lanes * self.tables.parts << self.tables.n_qubits

    def blocks(self, n_samples: int) -> list[slice]:
        """Slices of rows whose sweeps fit in the memory allowed."""
        step = self.lanes * max(1, self.max_memory // (_ARRAYS * self.group_bytes))
        return [slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step)]

    def in_groups(self, values: np.ndarray) -> np.ndarray:
        """Values (n_samples, k) as (n_groups, k, lanes), contiguous and aligned."""
        return aligned(grouped(values, self.dtype), self.dtype)

    def work(self, n: int) -> np.ndarray:
        """Uninitialised array (n, lanes) for the compiled functions to work in."""
        return room(n, self.dtype)

    def _chunks(self, n_groups: int) -> list[slice]:
        """Groups in chunks, one for a thread."""
        return chunks_of(n_groups, max(1, _CHUNK_COST // self.tables.cost))

    def _inputs(self, angles: Angles, chunk: slice, states: np.ndarray) -> tuple:
        """What `forward` reads and works on; angles of the chunk are tabulated now."""
        t = self.tables
        work = self.work((4 << t.n_qubits) + 3 * t.tapes.n_slots)
        trig = fill_trig(angles.trig[chunk], angles.of_rows[chunk], 3)
        circuit = t.ops, t.start, t.linear, t.quadratic, angles.phases, angles.shared_trig
        return *circuit, trig, angles.initial[chunk], states, work

    def _empty_states(self, n_groups: int) -> np.ndarray:
        return aligned_empty((n_groups, self.tables.parts << self.tables.n_qubits, self.lanes), self.dtype)

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles = self._angles(X, w)
        states = self._empty_states(len(angles.trig))

        def sweep(chunk: slice) -> None:
            forward(*self._inputs(angles, chunk, states[chunk]))

        map_chunks(sweep, self._chunks(len(states)), n_threads(self.threads))
        return Run(angles, states)

    @one_blas_thread()
    def amplitudes(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits)."""
        if self.tables.alone is not None:
            return self.tables.alone(X).states[:, None].astype(self.dtype, copy=False)
        out = np.empty((len(X), self.tables.parts, 1 << self.tables.n_qubits), self.dtype)

        def sweep(chunk: slice) -> None:
            states = self._empty_states(chunk.stop - chunk.start)  # copied at once: they stay in the processor's cache
            forward(*self._inputs(angles, chunk, states))
            unpack(states, rows[chunk.start * self.lanes : chunk.stop * self.lanes])

        for block in self.blocks(len(X)):
            angles, rows = self._angles(X[block], w), out[block]
            map_chunks(sweep, self._chunks(len(angles.trig)), n_threads(self.threads))
        return out

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        t, a = self.tables, run.angles
        n_shared, shape = t.tapes.n_shared, (t.phases.n_tracked, 1 << t.n_qubits, self.lanes)
        of_initial = np.empty_like(a.initial)
        of_rows = np.zeros((len(run.states), t.tapes.n_rows, self.lanes), self.dtype)
        totals: dict[int, np.ndarray] = {}  # by first group: their sum has a fixed order

        def sweep(chunk: slice) -> None:
            states = aligned(run.states[chunk], self.dtype)
            total = np.zeros((n_shared + shape[0] * shape[1], self.lanes), self.dtype)
            of_shared, of_phases = total[:n_shared], total[n_shared:].reshape(shape)
            work = self.work((5 << t.n_qubits) + 2 + 4 * t.tapes.n_slots)
            inputs = t.ops, t.start, t.linear, t.quadratic, a.phases, t.phases.tracked, a.shared_trig, a.trig[chunk]
            found = of_initial[chunk], of_rows[chunk], of_shared, of_phases
            adjoint(*inputs, states, cotangents[chunk], *found, work)
            totals[chunk.start] = total.sum(axis=1, dtype=float)

        map_chunks(sweep, self._chunks(len(run.states)), n_threads(self.threads))
        total = np.sum([totals[k] for k in sorted(totals)], axis=0)
        return self._angles.cotangents(a, of_initial, of_rows, total)

    def pullback_amplitudes(self, X: np.ndarray, w: np.ndarray, R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents R of the amplitudes, in their shape."""
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        if self.tables.alone is not None:
            self.tables.alone(X).cotangents(R[:, 0], dX)
            return dX, dw
        for block in self.blocks(len(X)):
            parts_last = R[block].transpose(0, 2, 1)
            cotangents = self.in_groups(parts_last.reshape(len(parts_last), -1))
            dX[block], step = self.pullback(self.run(X[block], w), cotangents)
            dw += step
        return dX, dw

    def tangents(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
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
            work = self.work((5 << t.n_qubits) + 2 + 3 * t.tapes.n_slots)
            trig = fill_trig(a.trig[chunk], a.of_rows[chunk], 3)
            inputs = t.ops, t.start, t.linear, t.quadratic, a.phases, rates, a.shared_trig, trig
            tangent(*inputs, steps[chunk], a.initial[chunk], initial[chunk], states, tangents, work)
            rows = slice(chunk.start * self.lanes, chunk.stop * self.lanes)
            unpack(states, S[rows])
            unpack(tangents, D[rows])

        map_chunks(sweep, self._chunks(len(angles.trig)), n_threads(self.threads))
