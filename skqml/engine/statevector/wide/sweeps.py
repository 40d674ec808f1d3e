"""Wide tables run over rows of X, one state at a time, its tiles shared out between threads."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

import numpy as np

from ...groups import Rooms, chunks_of, packed, room
from ...lanes import aligned_empty
from ...threads import map_chunks, map_rows, n_threads
from ..compiled.adjoint import undo_start
from ..row_blocks import RowBlocks
from ..run import Run
from ..tables import Tables
from .angles import AnglesOfLanes, LaneAngles
from .compiled.cubes import N_LINES
from .compiled.measure import cotangents, means
from .compiled.sweeps import adjoint, forward
from .compiled.tangent import tangent
from .measured import Measured
from .tables import WideTables

ARRAYS = 4  # as large as the states: these, cotangents, and copies of two on their way back
_INSIDE = 7  # bits of a tile: state and cotangent of 32 KiB fit in the nearest cache
_NEAR = 2**21  # bytes of a state that stays in a cache between stages, if its memory is that of the row before
_CHUNK_COST = 300_000  # vector operations of one chunk of tiles

Step = Callable[[int], object]  # what is done to one row, called with the number of a chunk


class WideSweeps:
    """Runs tables over rows; lanes hold the amplitudes of the lowest qubits.

    Parameters
    ----------
    tables : Tables
        Of a circuit that prepares no rows.
    threads : int or None
        Upper limit of threads.
    max_memory : int
        Bytes that states may take at one time.
    dtype : dtype
    strings : int64 (n_strings, 3)
        Measured strings: masks of X and Z, and the number of Y.
    n_inside : int
        Bits of a tile.
    """

    def __init__(
        self,
        tables: Tables,
        threads: int | None,
        max_memory: int,
        dtype: np.dtype,
        strings: np.ndarray,
        n_inside: int = _INSIDE,
    ):
        self._wide = WideTables(tables, dtype, n_inside)
        self._measured = Measured(self._wide, strings)
        self._angles = AnglesOfLanes(tables, self._wide, dtype)
        self._shape = tables.parts << self._wide.n_bits, 1 << self._wide.n_lane_bits
        self._threads, self._dtype, self._parts = threads, dtype, tables.parts
        row_bytes = ARRAYS * dtype.itemsize * self._shape[0] * self._shape[1]
        self.blocks = RowBlocks.alike(max(1, max_memory // row_bytes))
        self._is_near = row_bytes <= ARRAYS * _NEAR
        n_stages, n_tiles = self._wide.circuit.tiles.shape
        self._cost = len(self._wide.circuit.ops) * self._shape[0]
        self._chunks = chunks_of(n_tiles, max(1, _CHUNK_COST * n_stages * n_tiles // self._cost))

    def _sweep(self, steps: Callable[[int], AbstractContextManager[list[Step]]], n_rows: int) -> None:
        """Take, for each row, its steps: each a call with all numbers of chunks, when that before it has ended."""
        chunks, threads = range(len(self._chunks)), n_threads(self._threads)

        def sweep(row: int, threads: int) -> None:
            with steps(row) as found:
                for step in found:
                    map_chunks(step, chunks, threads)

        map_rows(sweep, n_rows, max(1, _CHUNK_COST // self._cost), threads, len(chunks) > 1)

    def _steps(self, step: Callable[[int, int, int, int, int], object], n_stages: int) -> list[Step]:
        """Calls of step(begin, end, first tile, last, chunk) for each stage, or for all if one chunk has all tiles."""

        def of_chunk(begin: int, end: int, chunk: int) -> None:
            step(begin, end, self._chunks[chunk].start, self._chunks[chunk].stop, chunk)

        size = n_stages if len(self._chunks) == 1 else 1
        return [partial(of_chunk, begin, begin + size) for begin in range(0, n_stages, size)]

    def _for_chunks(self, make: Callable[[], np.ndarray]) -> Callable[[], np.ndarray]:
        """What makes an array for a chunk alone; once if there is one chunk."""
        if len(self._chunks) > 1:
            return make
        made = make()
        return lambda: made

    def _rooms(self) -> Rooms:
        """Arrays as large as a state."""
        return Rooms(partial(aligned_empty, self._shape, self._dtype))

    def _work(self, n_tiles: int) -> Callable[[], np.ndarray]:
        """Room for so many arrays of a tile."""
        return self._for_chunks(partial(room, (n_tiles << self._wide.n_inside) + 2 + N_LINES, self._dtype))

    def _trig(self, angles: LaneAngles, row: int) -> Callable[[], np.ndarray]:
        """Lines of one row, with room behind them for angles that depend on the tile."""

        def make() -> np.ndarray:
            n = angles.trig.shape[1]
            trig = room(n + 3 * self._wide.n_inside, self._dtype)
            trig[:n] = angles.trig[row]
            return trig

        return self._for_chunks(make)

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles, c = self._angles(X, w), self._wide.circuit
        states, initial, rooms = aligned_empty((len(X), *self._shape), self._dtype), angles.initial, self._rooms()

        @contextmanager
        def steps(row: int) -> Iterator[list[Step]]:
            trig, work = self._trig(angles, row), self._work(4)
            with rooms.one() if self._is_near and len(X) > 1 else nullcontext(states[row]) as between:

                def step(begin: int, end: int, first: int, last: int, _: int) -> None:
                    forward(c, begin, end, first, last, initial[row], trig(), between, states[row], work())

                yield self._steps(step, len(c.tiles))

        self._sweep(steps, len(X))
        return Run(angles, states)

    def means(self, states: np.ndarray, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_strings) of the measured strings."""
        m = self._measured
        n = len(m.order)
        total = np.zeros((len(self._chunks), n_samples, 2 * n, self._shape[1]), self._dtype)

        def steps(row: int) -> AbstractContextManager[list[Step]]:
            work = self._work(3)

            def step(begin: int, end: int, first: int, last: int, chunk: int) -> None:
                for stage in range(begin, end):
                    means(m.reading, stage, first, last, states[row], total[chunk, row], work())

            return nullcontext(self._steps(step, len(m.reading.tiles)))

        self._sweep(steps, n_samples)
        found = total.sum(axis=0, dtype=float)
        values = np.empty((n_samples, n))
        values[:, m.order] = ((found[:, :n] - found[:, n:]) * m.signs).sum(axis=2)
        return values

    def _reading(self, h: np.ndarray, state: np.ndarray, cotangent: np.ndarray) -> list[Step]:
        """Steps that set the cotangent of a state, from those of its expectation values as `cotangents` reads them."""
        m, work = self._measured, self._work(5)

        def step(begin: int, end: int, first: int, last: int, _: int) -> None:
            for stage in range(begin, end):
                cotangents(m.reading, stage, first, last, h, state, cotangent, work())

        return self._steps(step, len(m.reading.tiles))

    def _in_lanes(self, g: np.ndarray) -> np.ndarray:
        """Cotangents (n_samples, n_strings) of expectation values as `cotangents` reads them."""
        h = 2.0 * g[:, self._measured.order][:, :, None] * self._measured.signs
        return np.concatenate([h, -h], axis=1).astype(self._dtype, order="C")

    def pullback_means(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those (n_samples, n_strings) of the expectation values."""
        found, h = aligned_empty(states.shape, self._dtype), self._in_lanes(g)
        self._sweep(lambda row: nullcontext(self._reading(h[row], states[row], found[row])), len(states))
        return found

    def pullback_run(self, run: Run, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those (n_samples, n_strings) of the expectation values.

        A row's cotangent is made when it is used, while its state is in cache.
        """
        h, rooms = self._in_lanes(g), self._rooms()

        @contextmanager
        def first(row: int) -> Iterator[tuple[np.ndarray, list[Step]]]:
            with rooms.one() as cotangent:
                yield cotangent, self._reading(h[row], run.states[row], cotangent)

        return self._pullback(run, first)

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        return self._pullback(run, lambda row: nullcontext((cotangents[row], [])))

    def _pullback(
        self, run: Run, first: Callable[[int], AbstractContextManager[tuple[np.ndarray, list[Step]]]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents from that of each final state, and steps that set it."""
        wide, n_rows, lanes = self._wide, len(run.states), self._shape[1]
        c, n_slots, rooms = wide.circuit, wide.n_slots, self._rooms()
        total = np.zeros((len(self._chunks), n_rows, n_slots + wide.n_inside, lanes), self._dtype)
        left = np.empty((n_rows, 2, c.tiles.shape[1], lanes), self._dtype)
        of_initial = np.empty((n_rows, 1, lanes), self._dtype)

        @contextmanager
        def steps(row: int) -> Iterator[list[Step]]:
            trig, work = self._trig(run.angles, row), self._work(6)
            with rooms.one() as state, first(row) as (cotangent, before):
                arrays = run.states[row], state, cotangent, left[row]

                def step(begin: int, end: int, first: int, last: int, chunk: int) -> None:
                    adjoint(c, begin, end, first, last, trig(), *arrays, total[chunk, row], work())

                yield before + self._steps(step, len(c.tiles))[::-1]
            undo_start(*left[row], c.start[wide.n_inside :], run.angles.trig[row], 0, total[0, row], of_initial[row])

        self._sweep(steps, n_rows)
        found = total[:, :, :n_slots].sum(axis=0, dtype=float)
        return self._angles.pullback(run.angles, found, of_initial[:, 0].astype(float))

    def as_states(self, R: np.ndarray) -> np.ndarray:
        """Amplitudes (n_samples, parts, 2**n_qubits) in the order of states."""
        n_rows, (lines, lanes) = len(R), self._shape
        return R.reshape(n_rows, self._parts, lines // self._parts, lanes).swapaxes(1, 2).reshape(n_rows, lines, lanes)

    def _unpacked(self, states: np.ndarray) -> np.ndarray:
        """States as (n_samples, parts, 2**n_qubits)."""
        n_rows, (lines, lanes) = len(states), self._shape
        parts = states.reshape(n_rows, -1, self._parts, lanes).swapaxes(1, 2)
        return parts.reshape(n_rows, self._parts, lines // self._parts * lanes)

    def amplitudes(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits)."""
        out = self._empty(len(X))
        for block in self.blocks.large(len(X)):
            out[block] = self._unpacked(self.run(X[block], w).states)
        return out

    def states(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """States in groups of rows (n_groups, parts 2**n_qubits, lanes), as `GroupSweeps` gives them."""
        return packed(self.amplitudes(X, w), self._dtype)

    def _empty(self, n_rows: int) -> np.ndarray:
        return np.empty((n_rows, self._parts, self._shape[0] // self._parts * self._shape[1]), self._dtype)

    def tangents(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
        S, D = self._empty(len(X)), self._empty(len(X))
        for block in self.blocks.large(len(X)):
            angles = self._angles(X[block], w)
            states, slopes = self._along(angles, *self._angles.tangents(angles, dX[block], dw))
            S[block], D[block] = self._unpacked(states), self._unpacked(slopes)
        return S, D

    def _along(self, angles: LaneAngles, rates: np.ndarray, moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Final states and their derivatives, from those of the angles and of the amplitudes in lanes."""
        c, initial, (n_rows, n_slots, _) = self._wide.circuit, angles.initial, rates.shape
        states, slopes = (aligned_empty((n_rows, *self._shape), self._dtype) for _ in range(2))

        def steps(row: int) -> AbstractContextManager[list[Step]]:
            trig, work = self._trig(angles, row), self._work(6)

            def step(begin: int, end: int, first: int, last: int, _: int) -> None:
                steps = room(n_slots + self._wide.n_inside, self._dtype)
                steps[:n_slots] = rates[row]
                for stage in range(begin, end):
                    inputs = initial[row], moves[row], trig(), steps, states[row], slopes[row]
                    tangent(c, stage, first, last, *inputs, work())

            return nullcontext(self._steps(step, len(c.tiles)))

        self._sweep(steps, n_rows)
        return states, slopes
