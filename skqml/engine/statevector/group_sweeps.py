"""Tables run over groups of rows: states, their cotangents and their tangents."""

from contextlib import AbstractContextManager
from functools import reduce

import numpy as np
from numpy.typing import DTypeLike

from ..groups import chunks_of, grouped, packed, room
from ..lanes import LANES, aligned_empty
from ..threads import map_chunks, n_threads, one_blas_thread_if
from .compiled.adjoint import adjoint
from .compiled.cubes import n_lines
from .compiled.forward import forward, unpack
from .compiled.tangent import tangent
from .measured import NO_STRINGS, MeasuredStrings
from .row_blocks import RowBlocks, check_sweeps
from .run import Run
from .slot_angles import Angles, SlotAngles
from .tables import Tables

CHUNK_COST = 500_000  # vector operations of one chunk: half a millisecond, worth a thread


class GroupSweeps:
    """Runs tables over groups of rows, a chunk of them a thread.

    Parameters
    ----------
    tables, threads, max_memory, dtype, strings
        As in `Sweeps`.

    Attributes
    ----------
    group_bytes : int
        Bytes of the states of one group of rows.
    blocks : RowBlocks
    measured : MeasuredStrings
    """

    def __init__(
        self, tables: Tables, threads: int | None, max_memory: int, dtype: DTypeLike, strings: np.ndarray = NO_STRINGS
    ):
        self.tables, self.threads, self.max_memory, self.dtype = tables, threads, max_memory, np.dtype(dtype)
        self._circuit = tables.circuit
        self._lanes = LANES[self.dtype]
        self.group_bytes = self.dtype.itemsize * self._lanes * tables.parts << tables.n_qubits
        self.blocks = RowBlocks.of_groups(self.group_bytes, self._lanes, max_memory)
        self.measured = MeasuredStrings(strings, tables.n_qubits)
        self._angles = SlotAngles(tables, self.dtype)

    def means(self, states: np.ndarray, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_strings) of the measured strings in final states."""
        return self.measured.means(states, n_samples)

    def pullback_means(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those of `means`."""
        return self.measured.pullback(states, g)

    def pullback_run(self, run: Run, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of `means`."""
        return self.pullback(run, self.pullback_means(run.states, g))

    def in_groups(self, values: np.ndarray) -> np.ndarray:
        """Values (n_samples, k) as (n_groups, k, lanes), contiguous and aligned."""
        return grouped(values, self.dtype)

    def chunks(self, n_groups: int) -> tuple[list[slice], int]:
        """Slices of groups, one for a thread, and the number of threads."""
        chunks = chunks_of(n_groups, max(1, CHUNK_COST // self.tables.cost))
        return chunks, n_threads(self.threads) if len(chunks) > 1 else 1

    def _rows(self, chunk: slice) -> slice:
        """The rows of a chunk of groups."""
        return slice(chunk.start * self._lanes, chunk.stop * self._lanes)

    def _inputs(self, angles: Angles, chunk: slice, states: np.ndarray) -> tuple:
        """What `forward` reads and works on."""
        t = self.tables
        work = room((2 << t.n_qubits) + 3 * t.tapes.n_slots + n_lines(t.ops), self.dtype)
        circuit = *self._circuit, angles.phases, angles.shared_trig
        return *circuit, angles.of_rows[self._rows(chunk)], angles.initial[chunk], states, work

    def _empty_states(self, n_groups: int) -> np.ndarray:
        return aligned_empty((n_groups, self.tables.parts << self.tables.n_qubits, self._lanes), self.dtype)

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles = self._angles(X, w)
        states = self._empty_states(len(angles.initial))

        def sweep(chunk: slice) -> None:
            forward(*self._inputs(angles, chunk, states[chunk]))

        map_chunks(sweep, *self.chunks(len(states)))
        return Run(angles, states)

    def _one_blas_thread(self, n_samples: int) -> AbstractContextManager:
        t = self.tables
        of_rows, sides = n_samples * t.tapes.rows.size, (n_samples, t.tapes.n_rows, len(t.tapes.rows.inputs))
        of_one = of_rows if min(sides) == 1 or t.preparation is not None else 0
        return one_blas_thread_if(max(of_one, t.tapes.shared.size, t.phases.size), of_rows)

    def states(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States of any number of rows in groups (n_groups, parts 2**n_qubits, lanes); zeros behind the last row."""
        if self.tables.alone is not None:
            return grouped(self.tables.alone(X).states, self.dtype)
        states = self._empty_states(-(-len(X) // self._lanes))

        def sweep(chunk: slice) -> None:
            forward(*self._inputs(angles, chunk, groups[chunk]))

        with self._one_blas_thread(len(X)):
            for block in self.blocks.large(len(X)):
                angles = self._angles(X[block], w)
                groups = states[block.start // self._lanes :][: len(angles.initial)]
                map_chunks(sweep, *self.chunks(len(groups)))
        if len(X) % self._lanes:  # numbers next to nothing behind the last row, with which processors are slow
            states[-1, :, len(X) % self._lanes :] = 0.0
        return states

    def amplitudes(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits)."""
        if self.tables.alone is not None:
            return self.tables.alone(X).states[:, None].astype(self.dtype, copy=False)
        out = np.empty((len(X), self.tables.parts, 1 << self.tables.n_qubits), self.dtype)

        def sweep(chunk: slice) -> None:
            states = self._empty_states(chunk.stop - chunk.start)  # copied at once: they stay in the processor's cache
            forward(*self._inputs(angles, chunk, states))
            unpack(states, rows[self._rows(chunk)])

        with self._one_blas_thread(len(X)):
            for block in self.blocks.large(len(X)):
                angles, rows = self._angles(X[block], w), out[block]
                map_chunks(sweep, *self.chunks(len(angles.initial)))
        return out

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        t, a = self.tables, run.angles
        n_shared, shape = t.tapes.n_shared, (t.phases.n_tracked, 1 << t.n_qubits, self._lanes)
        of_initial, of_rows = np.empty_like(a.initial), np.empty(a.of_rows.shape)
        circuit = *self._circuit, a.phases, t.phases.tracked, a.shared_trig

        def sweep(chunk: slice) -> np.ndarray:
            total, rows = np.zeros((n_shared + shape[0] * shape[1], self._lanes), self.dtype), self._rows(chunk)
            found = of_initial[chunk], of_rows[rows], total[:n_shared], total[n_shared:].reshape(shape)
            work = room(((3 + t.parts) << t.n_qubits) + 2 + 4 * t.tapes.n_slots + n_lines(t.ops), self.dtype)
            adjoint(*circuit, a.of_rows[rows], run.states[chunk], cotangents[chunk], *found, work)
            return total.sum(axis=1, dtype=float)

        totals = map_chunks(sweep, *self.chunks(len(run.states)))  # their sum has a fixed order
        return self._angles.pullback(a, of_initial, of_rows, reduce(np.add, totals))

    def as_states(self, R: np.ndarray) -> np.ndarray:
        """Amplitudes (n_samples, parts, 2**n_qubits) lane by lane, in the order of states."""
        return packed(R, self.dtype)

    def tangents(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
        check_sweeps(self.tables.n_qubits, self.max_memory, self.dtype, self.tables.parts, self._lanes)
        shape = len(X), self.tables.parts, 1 << self.tables.n_qubits
        S, D = np.empty(shape, self.dtype), np.empty(shape, self.dtype)
        for block in self.blocks.large(len(X)):
            angles = self._angles(X[block], w)
            self._fill_tangents(angles, *self._angles.tangents(angles, dX[block], dw), S[block], D[block])
        return S, D

    def _fill_tangents(
        self, angles: Angles, steps: np.ndarray, rates: np.ndarray, initial: np.ndarray, S: np.ndarray, D: np.ndarray
    ) -> None:
        t, a = self.tables, angles

        def sweep(chunk: slice) -> None:
            states, tangents = (self._empty_states(chunk.stop - chunk.start) for _ in range(2))
            work = room((3 << t.n_qubits) + 2 + 3 * t.tapes.n_slots, self.dtype)
            rows = self._rows(chunk)
            inputs = *self._circuit, a.phases, rates, a.shared_trig, a.of_rows[rows]
            tangent(*inputs, steps[chunk], a.initial[chunk], initial[chunk], states, tangents, work)
            unpack(states, S[rows])
            unpack(tangents, D[rows])

        map_chunks(sweep, *self.chunks(len(angles.initial)))
