"""Tables of a noisy circuit run over rows of X: states, pulled back observables, derivatives."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..checks import check_finite
from ..lanes import LANES, aligned_empty
from ..statevector.compiled.forward import unpack
from ..threads import map_chunks, n_threads
from .compiled.adjoint import pull_elements, reverse, transposed_sweep
from .compiled.forward import build_blocks, forward, zero_state
from .compiled.tangent import block_rates, tangent
from .tables import MAP, Tables

_CHUNK_COST = 200_000  # vector operations of one chunk: about half a millisecond, worth a thread
_DTYPE = np.dtype(np.float64)
_LANES = LANES[_DTYPE]


@dataclass
class Angles:
    """Angles of some rows, as the compiled sweeps read them.

    Attributes
    ----------
    U, U_shared : ndarray (n_samples, n_inputs), (1, n_shared_inputs)
        What the angles of rows, and those that rows share, depend on.
    tables, shared_table : ndarray (n_groups, 2 n_slots, lanes), (2 n_shared_slots, lanes)
        Cos and sin of the slots.
    shared : ndarray (12 n_shared, lanes)
        Matrices of the shared blocks.
    """

    U: np.ndarray
    U_shared: np.ndarray
    tables: np.ndarray
    shared_table: np.ndarray
    shared: np.ndarray


class NoisySweeps:
    """Runs tables over rows, a chunk of them a thread.

    Parameters
    ----------
    tables : Tables
    threads : int or None
        Upper limit of threads; ``None`` for all that the process may use.
    max_memory : int
        Bytes that states may take at one time.
    """

    def __init__(self, tables: Tables, threads: int | None, max_memory: int):
        self.tables = tables
        self.threads = threads
        self.max_memory = max_memory
        self._n_local = int(4 ** tables.maps.shapes[:, 0].max(initial=0))
        self._longest = int(np.diff(tables.blocks.ends).max(initial=0))

    @property
    def size(self) -> int:
        """Pauli strings of a state."""
        return 4**self.tables.n_qubits

    # Angles

    def angles(self, X, w) -> Angles:
        """Angles of all rows, tabulated."""
        t = self.tables
        U_shared = t.shared_tape.inputs_from(np.zeros((1, t.n_features)), w)
        of_shared = t.shared_tape.values(U_shared)
        check_finite(of_shared, "weights")
        shared_table = _table(np.tile(of_shared, (_LANES, 1)))[0]
        U = t.row_tape.inputs_from(X, w)
        of_rows = t.row_tape.values(U)
        check_finite(of_rows, "X")
        shared = self._work(12 * t.n_shared)
        build_blocks(t.blocks, 0, t.n_shared, shared_table, shared, self._work(12))
        return Angles(U, U_shared, _table(of_rows), shared_table, shared)

    def _work(self, n: int) -> np.ndarray:
        return aligned_empty((n, _LANES), _DTYPE)

    # Rows in chunks

    def _map(self, function: Callable[[slice], object], n_groups: int, states_each: int) -> None:
        """Call function on slices of groups, which hold so many states at one time: always the same
        slices, so that sums are the same for any number of threads."""
        step = max(1, _CHUNK_COST // (self.size * (2 + len(self.tables.ops))))
        chunks = [slice(a, min(a + step, n_groups)) for a in range(0, n_groups, step)]
        at_once = self.max_memory // (states_each * self._state_bytes)
        threads = max(1, min(n_threads(self.threads), at_once))
        map_chunks(lambda k: function(chunks[k]), len(chunks), threads)

    @property
    def _state_bytes(self) -> int:
        return 8 * _LANES * self.size

    def _states(self, n: int) -> np.ndarray:
        return aligned_empty((n, self.size, _LANES), _DTYPE)

    def _zero_states(self, chunk: slice) -> np.ndarray:
        states = self._states(chunk.stop - chunk.start)
        zero_state(states[0])
        states[1:] = states[0]
        return states

    def from_entries(self, entries: np.ndarray, chunk: slice, indices=slice(None)) -> np.ndarray:
        """States of a chunk of groups with some entries (n_samples, n_indices), or (n_indices,) for all rows."""
        states = self._states(chunk.stop - chunk.start)
        states[...] = 0.0
        rows = entries[chunk.start * _LANES : chunk.stop * _LANES] if entries.ndim > 1 else entries
        states[:, indices] = rows[:, None] if entries.ndim == 1 else _grouped(rows)
        return states

    # Sweeps

    def _forward(self, angles: Angles, chunk: slice) -> np.ndarray:
        t, states = self.tables, self._zero_states(chunk)
        work = self._work(12 * t.n_blocks + 12 + self._n_local)
        forward(t.ops, t.blocks, t.n_shared, t.maps, t.turns, angles.shared, angles.tables[chunk], states, work)
        return states

    def entries(self, X, w, indices: np.ndarray) -> np.ndarray:
        """Entries (n_samples, n_indices) of the final states."""
        angles = self.angles(X, w)
        n_groups = len(angles.tables)
        found = np.empty((n_groups, len(indices), _LANES))

        def sweep(chunk):
            found[chunk] = self._forward(angles, chunk)[:, indices]

        self._map(sweep, n_groups, 2)
        return found.transpose(0, 2, 1).reshape(n_groups * _LANES, len(indices))[: len(X)]

    def states(self, X, w) -> np.ndarray:
        """Final states (n_samples, 4**n_qubits)."""
        angles, out = self.angles(X, w), np.empty((len(X), 1, self.size))

        def sweep(chunk):
            unpack(self._forward(angles, chunk), out[chunk.start * _LANES : chunk.stop * _LANES])

        self._map(sweep, len(angles.tables), 2)
        return out[:, 0]

    def pulled_back(self, X, w, observable: np.ndarray) -> np.ndarray:
        """An observable's coefficients (4**n_qubits,) pulled back to the first states of each row."""
        t, angles, out = self.tables, self.angles(X, w), np.empty((len(X), 1, self.size))

        def sweep(chunk):
            cotangents = self.from_entries(observable, chunk)
            work = self._work(12 * t.n_blocks + 12 + self._n_local)
            transposed_sweep(
                t.ops,
                t.blocks,
                t.n_shared,
                t.transposed,
                t.turns,
                angles.shared,
                angles.tables[chunk],
                cotangents,
                work,
            )
            unpack(cotangents, out[chunk.start * _LANES : chunk.stop * _LANES])

        self._map(sweep, len(angles.tables), 2)
        return out[:, 0]

    def tangents(self, X, w, dX, dw, observable: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Final states, or an observable pulled back, and their derivatives along (dX, dw)."""
        t, angles = self.tables, self.angles(X, w)
        rates = _grouped(t.row_tape.tangents(angles.U, t.row_tape.inputs_from(dX, dw)))
        shared_rates = self._shared_rates(angles, dw)
        out = np.empty((2, len(X), 1, self.size))
        maps = t.maps if observable is None else t.transposed

        def sweep(chunk):
            first = self._zero_states(chunk) if observable is None else self.from_entries(observable, chunk)
            slopes = self._states(len(first))
            slopes[...] = 0.0
            own_rates = np.ascontiguousarray(rates[chunk])
            tangent(
                t.ops,
                t.blocks,
                t.n_shared,
                maps,
                t.turns,
                angles.shared,
                shared_rates,
                angles.tables[chunk],
                own_rates,
                observable is not None,
                first,
                slopes,
                self._work(24 * t.n_blocks + 12 + self._n_local),
            )
            rows = slice(chunk.start * _LANES, chunk.stop * _LANES)
            unpack(first, out[0, rows])
            unpack(slopes, out[1, rows])

        self._map(sweep, len(angles.tables), 2)
        return out[0, :, 0], out[1, :, 0]

    def _shared_rates(self, angles: Angles, dw) -> np.ndarray:
        """Derivatives (12 n_shared, lanes) of the shared blocks' matrices along dw."""
        t = self.tables
        steps = t.shared_tape.tangents(angles.U_shared, t.shared_tape.inputs_from(np.zeros((1, t.n_features)), dw))
        slots = np.ascontiguousarray(np.broadcast_to(steps[0][:, None], (steps.shape[1], _LANES)))
        matrices, rates, work = (self._work(12 * n) for n in (t.n_shared, t.n_shared, 1))
        block_rates(t.blocks, 0, t.n_shared, angles.shared_table, slots, matrices, rates, work)
        return rates

    # Derivatives

    def pullback(self, X, w, cotangents: Callable[[slice], np.ndarray], first=None) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states.

        Parameters
        ----------
        cotangents : callable
            Gives those of a chunk of groups.
        first : callable or None
            Gives the first states of a chunk of groups; ``None`` for |0..0>.

        Raises
        ------
        ValueError
            If the states that have to be kept do not fit in the memory allowed.
        """
        t, angles = self.tables, self.angles(X, w)
        n_groups, n_slots = len(angles.tables), angles.tables.shape[1] // 2
        of_rows = np.zeros((n_groups, n_slots, _LANES))
        totals: dict[int, np.ndarray] = {}  # by first group: their sum has a fixed order
        segments, n_kept = self._segments()
        room: list[np.ndarray] = []  # used again by the next chunk: fresh memory is slow

        def sweep(chunk):
            total = np.zeros((12 * t.n_shared, _LANES))
            try:
                kept = room.pop()
            except IndexError:  # first chunk of its thread
                kept = self._states(n_kept + len(segments))
            reverse(
                t.ops,
                segments,
                t.blocks,
                t.n_shared,
                t.maps,
                t.transposed,
                t.turns,
                angles.shared,
                angles.tables[chunk],
                (first or self._zero_states)(chunk),
                cotangents(chunk),
                total,
                of_rows[chunk],
                kept[: n_kept + 1],
                kept[n_kept + 1 :],
                self._work(24 * t.n_blocks + 12 * (self._longest + 2) + self._n_local),
            )
            totals[chunk.start] = total.sum(axis=1)
            room.append(kept)

        self._map(sweep, n_groups, n_kept + len(segments) + 2)
        dX, dw = self._of_rows(angles, of_rows, len(X))
        return dX, dw + self._of_shared(angles, sum(totals[a] for a in sorted(totals)))

    def _segments(self) -> tuple[np.ndarray, int]:
        """Ends of the fewest segments whose states fit in memory, and the most states that one keeps."""
        keeping = np.flatnonzero(self.tables.ops[:, 0] != MAP)
        n_states = self.max_memory // self._state_bytes - 4
        for n_segments in range(1, len(keeping) + 1):
            n_kept = -(-len(keeping) // n_segments)
            if n_kept + n_segments <= n_states:
                ends = [0, *keeping[n_kept::n_kept], len(self.tables.ops)]
                return np.array(ends, dtype=np.int64), n_kept
        if not len(keeping):
            return np.array([0, len(self.tables.ops)]), 0
        needed = int(2 * np.ceil(np.sqrt(len(keeping))) + 4) * self._state_bytes
        raise ValueError(
            f"Expected a noisy circuit whose gradient fits in max_memory={self.max_memory} bytes, but the states that "
            f"have to be kept need {needed} bytes; use fewer qubits or a larger max_memory."
        )

    def _of_rows(self, angles: Angles, of_rows: np.ndarray, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
        t = self.tables
        g = of_rows.transpose(0, 2, 1).reshape(len(of_rows) * _LANES, of_rows.shape[1])[:n_samples]
        return t.row_tape.inputs_to(t.row_tape.cotangents(angles.U, g), t.n_features, t.n_weights)

    def _of_shared(self, angles: Angles, total) -> np.ndarray:
        """Cotangents of the weights from those of the shared blocks' matrices."""
        t = self.tables
        if not t.n_shared:
            return np.zeros(t.n_weights)
        lines = np.zeros((12 * t.n_shared, _LANES))
        lines[:, 0] = total
        slots = np.zeros((len(angles.shared_table) // 2, _LANES))
        pull_elements(t.blocks, 0, t.n_shared, angles.shared_table, lines, slots, self._work(12 * (self._longest + 2)))
        dU = t.shared_tape.cotangents(angles.U_shared, slots[:, 0][None])
        return t.shared_tape.inputs_to(dU, t.n_features, t.n_weights)[1]


def _grouped(values: np.ndarray) -> np.ndarray:
    """Values (n_samples, k) as (n_groups, k, lanes), with zeros behind the last row."""
    n_groups = -(-len(values) // _LANES)
    full = np.zeros((n_groups * _LANES, values.shape[1]))
    full[: len(values)] = values
    return full.reshape(n_groups, _LANES, values.shape[1]).transpose(0, 2, 1)


def _table(angles: np.ndarray) -> np.ndarray:
    """Lines cos, sin (n_groups, 2 n_slots, lanes) of angles (n_samples, n_slots)."""
    groups = _grouped(angles)
    lines = aligned_empty((len(groups), angles.shape[1], 2, _LANES), _DTYPE)
    np.cos(groups, out=lines[:, :, 0])
    np.sin(groups, out=lines[:, :, 1])
    return lines.reshape(len(groups), 2 * angles.shape[1], _LANES)
