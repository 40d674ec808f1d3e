"""Wide tables run over rows of X, one state at a time, its tiles shared out between threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import numpy as np

from ...groups import chunks_of, packed, room
from ...lanes import aligned_empty
from ...threads import map_chunks, map_rows, n_threads
from ..compiled.adjoint import undo_start
from ..row_blocks import RowBlocks
from ..run import Run
from ..tables import Tables
from .angles import AnglesOfLanes, LaneAngles
from .compiled.measure import cotangents, means
from .compiled.sweeps import adjoint, forward
from .compiled.tangent import tangent
from .measured import Measured
from .tables import WideTables

ARRAYS = 4  # as large as the states: these, cotangents, and copies of two on their way back
_INSIDE = 7  # bits of a tile: state and cotangent of 32 KiB fit in the nearest cache
_CHUNK_COST = 300_000  # vector operations of one chunk of tiles


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

    def _chunks(self) -> list[slice]:
        """Tiles in chunks, the same for any number of threads."""
        c = self._wide.circuit
        n_stages, n_tiles = c.tiles.shape
        return chunks_of(n_tiles, max(1, _CHUNK_COST * n_stages * n_tiles // (len(c.ops) * self._shape[0])))

    def _sweep(
        self, step: Callable[[int, int, int], object], n_rows: int, stages: range, around: Callable = nullcontext
    ) -> None:
        """Call step(row, stage, number of chunk) around each row; a stage begins when that before it has ended."""
        chunks, threads = range(len(self._chunks())), n_threads(self._threads)

        def sweep(row: int, threads: int) -> None:
            with around(row):
                for stage in stages:
                    map_chunks(partial(step, row, stage), chunks, threads)

        at_once = max(1, _CHUNK_COST // (len(self._wide.circuit.ops) * self._shape[0]))
        map_rows(sweep, n_rows, at_once, threads, len(chunks) > 1)

    def _work(self, n_tiles: int) -> np.ndarray:
        """Room for so many arrays of a tile."""
        return room((n_tiles << self._wide.n_inside) + 6, self._dtype)

    def _trig(self, angles: LaneAngles, row: int) -> np.ndarray:
        """Lines of one row, with room behind them for angles that depend on the tile."""
        n = angles.trig.shape[1]
        trig = room(n + 3 * self._wide.n_inside, self._dtype)
        trig[:n] = angles.trig[row]
        return trig

    def run(self, X: np.ndarray, w: np.ndarray) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles, c, chunks = self._angles(X, w), self._wide.circuit, self._chunks()
        states, initial = aligned_empty((len(X), *self._shape), self._dtype), angles.initial

        def step(row: int, stage: int, chunk: int) -> None:
            first, last = chunks[chunk].start, chunks[chunk].stop
            forward(c, stage, first, last, initial[row], self._trig(angles, row), states[row], self._work(4))

        self._sweep(step, len(X), range(len(c.tiles)))
        return Run(angles, states)

    def means(self, states: np.ndarray, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_strings) of the measured strings."""
        m, chunks = self._measured, self._chunks()
        n = len(m.order)
        total = np.zeros((len(chunks), n_samples, 2 * n, self._shape[1]), self._dtype)

        def step(row: int, stage: int, chunk: int) -> None:
            part = chunks[chunk]
            means(m.reading, stage, part.start, part.stop, states[row], total[chunk, row], self._work(3))

        self._sweep(step, n_samples, range(len(m.reading.tiles)))
        found = total.sum(axis=0, dtype=float)
        values = np.empty((n_samples, n))
        values[:, m.order] = ((found[:, :n] - found[:, n:]) * m.signs).sum(axis=2)
        return values

    def pullback_means(self, states: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents of states from those (n_samples, n_strings) of the expectation values."""
        m, chunks = self._measured, self._chunks()
        h = 2.0 * g[:, m.order][:, :, None] * m.signs
        h = np.concatenate([h, -h], axis=1).astype(self._dtype, order="C")
        found = aligned_empty(states.shape, self._dtype)

        def step(row: int, stage: int, chunk: int) -> None:
            part = chunks[chunk]
            cotangents(m.reading, stage, part.start, part.stop, h[row], states[row], found[row], self._work(5))

        self._sweep(step, len(states), range(len(m.reading.tiles)))
        return found

    def pullback(self, run: Run, cotangents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        wide, chunks, n_rows = self._wide, self._chunks(), len(run.states)
        c, n_slots, lanes = wide.circuit, wide.n_slots, self._shape[1]
        total = np.zeros((len(chunks), n_rows, n_slots + wide.n_inside, lanes), self._dtype)
        left = np.empty((n_rows, 2, c.tiles.shape[1], lanes), self._dtype)
        of_initial, copies = np.empty((n_rows, 1, lanes), self._dtype), {}

        @contextmanager
        def around(row: int) -> Iterator[None]:
            copies[row] = aligned_empty(self._shape, self._dtype)
            yield
            del copies[row]
            undo_start(*left[row], c.start[wide.n_inside :], run.angles.trig[row], 0, total[0, row], of_initial[row])

        def step(row: int, stage: int, chunk: int) -> None:
            part, state = chunks[chunk], copies[row]
            source = run.states[row] if stage == len(c.tiles) - 1 else state
            inputs = c, stage, part.start, part.stop, self._trig(run.angles, row), source, state
            adjoint(*inputs, cotangents[row], left[row], total[chunk, row], self._work(7))

        self._sweep(step, n_rows, range(len(c.tiles))[::-1], around)
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
        c, chunks, initial, (n_rows, n_slots, _) = self._wide.circuit, self._chunks(), angles.initial, rates.shape
        states, slopes = (aligned_empty((n_rows, *self._shape), self._dtype) for _ in range(2))

        def step(row: int, stage: int, chunk: int) -> None:
            steps = room(n_slots + self._wide.n_inside, self._dtype)
            steps[:n_slots] = rates[row]
            inputs = initial[row], moves[row], self._trig(angles, row), steps, states[row], slopes[row]
            tangent(c, stage, chunks[chunk].start, chunks[chunk].stop, *inputs, self._work(7))

        self._sweep(step, n_rows, range(len(c.tiles)))
        return states, slopes
