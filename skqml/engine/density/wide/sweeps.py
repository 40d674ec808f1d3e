"""Tables of a noisy circuit run over rows of X, one state at a time, its tiles shared out between threads."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise, repeat

import numpy as np

from ...groups import Rooms, chunks_of, room
from ...lanes import LANES, aligned_empty
from ...threads import map_chunks, map_rows, n_threads
from ..compiled.adjoint import pull_elements
from ..compiled.forward import build_blocks
from ..compiled.tangent import block_rates
from ..entries import Entries
from ..segments import Segments, cut
from ..slot_angles import DTYPE, NoisyAngles, NoisySlotAngles, alike
from ..tables import MAP, NoisyTables
from .compiled import forward, reverse, tangent
from .stages import Stage, most_inside, stages

_CHUNK_COST = 100_000  # vector operations of one chunk of tiles: less takes a thread longer to begin with
_MOST_CHUNKS = 16


class WideNoisySweeps:
    """Runs tables over rows; lanes hold digits of the qubits that a stage leaves alone.

    Parameters
    ----------
    tables : NoisyTables
        Whose operations act on `most_inside` qubits or fewer.
    threads : int or None
        Upper limit of threads.
    max_memory : int
        Bytes that states may take at one time.
    """

    def __init__(self, tables: NoisyTables, threads: int | None, max_memory: int):
        self.tables, self._threads, self._max_memory = tables, threads, max_memory
        self._stages = stages(tables, most_inside(tables.n_qubits))
        self._angles = NoisySlotAngles(tables, alike)
        self.size = 4**tables.n_qubits
        n_tiles = len(self._stages[0].tiles) if self._stages else 1
        cost = self.size // LANES[DTYPE] * max(1, len(tables.ops))
        n_chunks = min(_MOST_CHUNKS, cost // (_CHUNK_COST * max(1, len(self._stages))))
        self._chunks = chunks_of(n_tiles, -(-n_tiles // max(1, n_chunks)))
        self._at_once = max(1, _CHUNK_COST // cost)
        self._n_kept = max((int(np.count_nonzero(stage.ops[:, 0] != MAP)) for stage in self._stages), default=0)

    def _map(self, sweep: Callable[[int, int], object], n_rows: int, states_each: int) -> None:
        """Call sweep(row, threads) for each row, which holds so many states at one time."""
        at_once = self._max_memory // (states_each * DTYPE.itemsize * self.size)
        threads = max(1, min(n_threads(self._threads), at_once))
        map_rows(sweep, n_rows, self._at_once, threads, len(self._chunks) > 1)

    def _through(
        self, step: Callable[..., None], stages: Iterable[int], states: Iterable, threads: int, sums: bool = False
    ) -> None:
        """Call step(tiles, stage, states) for one stage after another, each on all tiles before the next begins.

        Chunks of tiles are the same for any number of threads where sums are taken in each.
        """
        chunks = self._chunks if sums or threads > 1 else [slice(0, self._chunks[-1].stop)]
        for number, of_stage in zip(stages, states, strict=False):
            map_chunks(partial(step, stage=self._stages[number], states=of_stage), chunks, threads)

    def _run(self, inputs: tuple, stages: Iterable[int], states: Sequence[np.ndarray], threads: int) -> None:
        """Send states[0] through stages; behind the k-th it is states[k + 1]."""

        def step(tiles: slice, stage: Stage, states: tuple[np.ndarray, np.ndarray]) -> None:
            forward(stage, tiles.start, tiles.stop, *inputs, *states, self._work(1))

        self._through(step, stages, pairwise(states), threads)

    def _order(self, backwards: bool) -> range:
        """Numbers of all stages in the order of a sweep."""
        order = range(len(self._stages))
        return order[::-1] if backwards else order

    def _work(self, n_tiles: int) -> np.ndarray:
        """Room for so many tiles, and the entries of a map."""
        return room((n_tiles << 2 * most_inside(self.tables.n_qubits)) + self.tables.maps.largest, DTYPE)

    def _states(self, n: int) -> np.ndarray:
        return aligned_empty((n, self.size), DTYPE)

    def _fill(self, state: np.ndarray, entries: Entries | None, row: int) -> None:
        """Set a state to |0..0>, or to some entries."""
        state[...] = 0.0
        if entries is None:  # 1 for strings of I and Z, in which no qubit has the bit of X
            n = self.tables.n_qubits
            state.reshape((2, 2) * n)[(slice(None), 0) * n] = 1.0
        else:
            state[entries.indices] = entries.of(row)

    def _matrices(self, angles: NoisyAngles, row: int) -> np.ndarray:
        """Matrices of all blocks, (12 n_blocks, lanes)."""
        t, n_blocks = self.tables, len(self.tables.blocks.ends) - 1
        matrices = room(12 * n_blocks, DTYPE)
        matrices[: 12 * t.n_shared] = angles.shared
        own = matrices[12 * t.n_shared :]
        build_blocks(t.blocks, t.n_shared, n_blocks, angles.trig[row], own, room(12, DTYPE))
        return matrices

    def _forward(
        self, angles: NoisyAngles, row: int, state: np.ndarray, observable: Entries | None, threads: int
    ) -> None:
        """Set a state to the final one of a row, or to an observable pulled back to the first one."""
        self._fill(state, observable, row)
        inputs = self._matrices(angles, row), angles.trig[row], observable is not None
        self._run(inputs, self._order(observable is not None), [state] * (len(self._stages) + 1), threads)

    def entries(self, X: np.ndarray, w: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Entries (n_samples, n_indices) of the final states."""
        angles, found = self._angles(X, w), np.empty((len(X), len(indices)))
        rooms = Rooms(lambda: self._states(1)[0])

        def sweep(row: int, threads: int) -> None:
            with rooms.one() as state:
                self._forward(angles, row, state, None, threads)
                found[row] = state[indices]

        self._map(sweep, len(X), 1)
        return found

    def states(self, X: np.ndarray, w: np.ndarray, observable: np.ndarray | None = None) -> np.ndarray:
        """Final states (n_samples, 4**n_qubits), or an observable's coefficients pulled back to the first ones."""
        angles, out = self._angles(X, w), self._states(len(X))
        first = None if observable is None else Entries(observable)
        self._map(lambda row, threads: self._forward(angles, row, out[row], first, threads), len(X), 1)
        return out

    def tangents(
        self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray, observable: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Final states, or an observable pulled back, and their derivatives along (dX, dw)."""
        t, angles, out, slopes = self.tables, self._angles(X, w), self._states(len(X)), self._states(len(X))
        shared_rates, rates = self._angles.tangents(angles, dX, dw)
        backwards, first = observable is not None, None if observable is None else Entries(observable)

        def sweep(row: int, threads: int) -> None:
            self._fill(out[row], first, row)
            slopes[row] = 0.0
            matrices = self._matrices(angles, row)
            own = np.empty_like(matrices)
            own[: 12 * t.n_shared] = shared_rates
            built = matrices[12 * t.n_shared :], own[12 * t.n_shared :], room(12, DTYPE)
            block_rates(t.blocks, t.n_shared, len(t.blocks.ends) - 1, angles.trig[row], rates[row], *built)
            inputs = matrices, own, angles.trig[row], rates[row], backwards

            def step(tiles: slice, stage: Stage, states: tuple[np.ndarray, np.ndarray]) -> None:
                tangent(stage, tiles.start, tiles.stop, *inputs, *states, self._work(2))

            self._through(step, self._order(backwards), repeat((out[row], slopes[row])), threads)

        self._map(sweep, len(X), 2)
        return out, slopes

    def segments(self) -> Segments:
        """How the stages are cut, so that the states that a reverse sweep keeps fit in memory."""
        n_stages = len(self._stages)
        return cut(np.arange(n_stages), n_stages, DTYPE.itemsize * self.size, self._max_memory, n_others=1)

    def pullback(
        self, X: np.ndarray, w: np.ndarray, cotangents: Entries, first: Entries | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states; see `NoisySweeps.pullback`."""
        t, angles, segments = self.tables, self._angles(X, w), self.segments()
        n_blocks, n_shared = len(t.blocks.ends) - 1, 12 * t.n_shared
        of_rows, totals = np.empty((len(X), t.tapes.n_rows)), np.empty((len(X), n_shared))
        rooms = Rooms(lambda: self._states(segments.n_states))

        def sweep(row: int, threads: int) -> None:
            with rooms.one() as states:
                self._fill(states[0], first, row)
                self._fill(states[-1], cotangents, row)
                own, slots = self._pull((self._matrices(angles, row), angles.trig[row]), segments, states, threads)
            totals[row] = own[:n_shared].sum(axis=1)
            work = room(12 * (t.blocks.longest + 2), DTYPE)
            pull_elements(t.blocks, t.n_shared, n_blocks, angles.trig[row], own[n_shared:], slots, work)
            of_rows[row] = slots.sum(axis=1)

        self._map(sweep, len(X), segments.n_states)
        return self._angles.pullback(angles, of_rows, totals.sum(axis=0))

    def _pull(
        self, inputs: tuple[np.ndarray, np.ndarray], segments: Segments, states: np.ndarray, threads: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents of the matrices of all blocks, and derivatives by slots of turns, lane by lane.

        `states` has the first one at its beginning, and the cotangent of the last one at its end.
        """
        own = np.zeros((len(self._chunks), *inputs[0].shape))
        slots = np.zeros((len(self._chunks), self.tables.tapes.n_rows, LANES[DTYPE]))
        begins, inside, cotangent = states[: len(segments.ends) - 1], states[len(segments.ends) - 1 : -1], states[-1]
        tile = 4 ** most_inside(self.tables.n_qubits), LANES[DTYPE]
        rooms = Rooms(lambda: aligned_empty((self._n_kept + 1, *tile), DTYPE))
        parts = [range(a, b) for a, b in pairwise(segments.ends)]
        for n, part in enumerate(parts[:-1]):
            self._run((*inputs, False), part, [begins[n], *[begins[n + 1]] * len(part)], threads)

        def step(tiles: slice, stage: Stage, states: np.ndarray) -> None:
            found = own[self._number(tiles)], slots[self._number(tiles)]
            with rooms.one() as kept:
                reverse(stage, tiles.start, tiles.stop, *inputs, states, cotangent, *found, kept, self._work(1))

        for n, part in reversed(list(enumerate(parts))):
            chain = [begins[n], *inside[: len(part) - 1]]
            self._run((*inputs, False), part, chain, threads)
            self._through(step, part[::-1], chain[::-1], threads, sums=True)
        return own.sum(axis=0), slots.sum(axis=0)

    def _number(self, tiles: slice) -> int:
        return tiles.start // self._chunks[0].stop
