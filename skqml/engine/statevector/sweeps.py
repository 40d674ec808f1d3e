"""Tables run over rows of X: states, their cotangents and their tangents."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..checks import check_finite, check_memory
from ..lanes import LANES, aligned_empty
from ..threads import map_chunks, n_threads, one_blas_thread
from .compiled.adjoint import adjoint
from .compiled.forward import forward, unpack
from .compiled.tangent import tangent
from .fusion import walsh
from .tables import Tables

_ARRAYS = 4  # as large as the states: these, cotangents and work arrays
_CHUNK_COST = 500_000  # vector operations of one chunk: half a millisecond, worth a thread


@dataclass
class Angles:
    """Angles of some rows, as the compiled sweeps read them.

    Attributes
    ----------
    U : ndarray (n_samples, n_inputs)
        What the angles of rows depend on.
    of_rows : ndarray (n_groups, n_rows, lanes)
        Angles of the slots of each row.
    rows : ndarray (n_groups, 3 n_rows, lanes)
        Table of these slots, filled by the forward sweep of each group.
    shared, phases : ndarray (3 n_shared, lanes), (n_phases, 2**n_qubits, 2)
        Table of the slots that rows share, and the phases that they share.
    """

    U: np.ndarray
    of_rows: np.ndarray
    rows: np.ndarray
    shared: np.ndarray
    phases: np.ndarray


@dataclass
class Run:
    """Angles and final states (n_groups, parts 2**n_qubits, lanes) of some rows."""

    angles: Angles
    states: np.ndarray


def check_sweeps(n_qubits: int, max_memory: int, dtype, parts: int = 1) -> None:
    """Refuse circuits of which one group of rows does not fit; states have a real part at least."""
    dtype = np.dtype(dtype)
    needed = _ARRAYS * dtype.itemsize * LANES[dtype] * parts << n_qubits
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

    def __init__(self, tables: Tables, threads: int | None, max_memory: int, dtype):
        self.tables = tables
        self.threads = threads
        self.max_memory = max_memory
        self.dtype = np.dtype(dtype)
        self.lanes = LANES[self.dtype]
        self._kept: tuple[np.ndarray, tuple[np.ndarray, np.ndarray]] | None = None
        check_sweeps(tables.n_qubits, max_memory, self.dtype, tables.parts)

    @property
    def group_bytes(self) -> int:
        """Bytes of the states of one group of rows."""
        return self.dtype.itemsize * self.lanes * self.tables.parts << self.tables.n_qubits

    @property
    def _peak_bytes(self) -> int:
        return _ARRAYS * self.group_bytes

    def blocks(self, n_samples: int) -> list[slice]:
        """Slices of rows whose sweeps fit in the memory allowed."""
        step = self.lanes * max(1, self.max_memory // self._peak_bytes)
        return [slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step)]

    def _map(self, function: Callable[[slice], object], n_groups: int) -> None:
        """Call function on slices of groups: always the same ones, so that sums are the same
        for any number of threads."""
        step = max(1, _CHUNK_COST // self.tables.cost)
        chunks = [slice(a, a + step) for a in range(0, n_groups, step)]
        map_chunks(lambda k: function(chunks[k]), len(chunks), n_threads(self.threads))

    def _shared_angles(self, w) -> np.ndarray:
        t = self.tables
        angles = t.shared_tape.values(w[t.shared_tape.inputs - t.n_features][None])[0]
        check_finite(angles, "weights")
        return angles

    def _phase_turns(self, angles: np.ndarray) -> np.ndarray:
        """Angles (n_phases, 2**n_qubits) of the shared phases from those of their strings."""
        t = self.tables
        strings = np.zeros((len(t.tracked), 1 << t.n_qubits))
        strings[t.phase_index, t.phase_mask] = angles
        return walsh(strings) * -0.5

    def _shared(self, w) -> tuple[np.ndarray, np.ndarray]:
        """Table and phases that all rows share; those of the last weights are kept."""
        kept = self._kept
        if kept is None or not np.array_equal(kept[0], w):
            kept = self._kept = w.copy(), self._shared_tables(w)
        return kept[1]

    def _shared_tables(self, w) -> tuple[np.ndarray, np.ndarray]:
        t = self.tables
        angles = self._shared_angles(w)
        shared = self._empty(1, 3 * t.n_shared)[0]
        _fill(shared, np.broadcast_to(angles[: t.n_shared, None], (t.n_shared, self.lanes)))
        turns = self._phase_turns(angles[t.n_shared :])
        turns -= turns[:, :1]  # so that the phases of a real circuit are signs
        return shared, np.stack([np.cos(turns), np.sin(turns)], axis=-1).astype(self.dtype)

    def __getstate__(self):
        return vars(self) | {"_kept": None}

    def _angles(self, X, w) -> Angles:
        t = self.tables
        shared, phases = self._shared(w)
        U = t.row_tape.inputs_from(X, w)
        of_rows = t.row_tape.values(U)
        check_finite(of_rows, "X")
        of_rows = self.grouped(of_rows)
        return Angles(U, of_rows, self._empty(len(of_rows), 3 * t.n_rows), shared, phases)

    def _forward(self, angles: Angles, chunk: slice, states: np.ndarray) -> None:
        t = self.tables
        _fill(angles.rows[chunk], angles.of_rows[chunk])
        work = self.work((4 << t.n_qubits) + 3 * t.n_slots)
        forward(t.ops, t.start, t.linear, t.quadratic, angles.phases, angles.shared, angles.rows[chunk], states, work)

    def run(self, X, w) -> Run:
        """Sweep over all rows of X, which have to fit in memory."""
        angles = self._angles(X, w)
        states = self._empty(len(angles.rows), self.tables.parts << self.tables.n_qubits)
        self._map(lambda chunk: self._forward(angles, chunk, states[chunk]), len(states))
        return Run(angles, states)

    @one_blas_thread()
    def amplitudes(self, X, w) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits)."""
        out = np.empty((len(X), self.tables.parts, 1 << self.tables.n_qubits), self.dtype)
        for block in self.blocks(len(X)):
            self._fill_amplitudes(self._angles(X[block], w), out[block])
        return out

    def _fill_amplitudes(self, angles: Angles, out: np.ndarray) -> None:
        def sweep(chunk):
            # States that are copied at once stay in the processor's cache.
            states = self._empty(len(angles.rows[chunk]), self.tables.parts << self.tables.n_qubits)
            self._forward(angles, chunk, states)
            unpack(states, out[chunk.start * self.lanes : chunk.stop * self.lanes])

        self._map(sweep, len(angles.rows))

    def grouped(self, values: np.ndarray) -> np.ndarray:
        """Values (n_samples, k) as (n_groups, k, lanes), with zeros behind the last row."""
        n_groups = -(-len(values) // self.lanes)
        full = np.zeros((n_groups * self.lanes, values.shape[1]), self.dtype)
        full[: len(values)] = values
        return full.reshape(n_groups, self.lanes, -1).transpose(0, 2, 1)

    def lines(self, values: np.ndarray) -> np.ndarray:
        """Contiguous copy of grouped values that starts on a cache line."""
        lines = aligned_empty(values.shape, self.dtype)
        lines[...] = values
        return lines

    def _empty(self, n_groups: int, n: int) -> np.ndarray:
        return aligned_empty((n_groups, n, self.lanes), self.dtype)

    def work(self, n: int) -> np.ndarray:
        """Scratch for the compiled functions."""
        return self._empty(1, n)[0]

    def pullback(self, run: Run, cotangents: np.ndarray, X, w) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states, which are used up."""
        t, a = self.tables, run.angles
        n_groups, n_phases = len(run.states), 1 + max(t.tracked, default=-1)
        n_totals = t.n_shared + (n_phases << t.n_qubits)
        of_rows = np.zeros((n_groups, t.n_rows, self.lanes), self.dtype)
        totals: dict[int, np.ndarray] = {}  # by first group: their sum has a fixed order

        def sweep(chunk):
            states = self.lines(run.states[chunk])
            total = np.zeros((n_totals, self.lanes), self.dtype)
            of_phases = total[t.n_shared :].reshape(n_phases, 1 << t.n_qubits, self.lanes)
            adjoint(
                t.ops,
                t.start,
                t.linear,
                t.quadratic,
                a.phases,
                t.tracked,
                a.shared,
                a.rows[chunk],
                states,
                cotangents[chunk],
                of_rows[chunk],
                total[: t.n_shared],
                of_phases,
                self.work((5 << t.n_qubits) + 2 + 4 * t.n_slots),
            )
            totals[chunk.start] = total.sum(axis=1, dtype=float)

        self._map(sweep, n_groups)
        slopes = of_rows.transpose(0, 2, 1).reshape(n_groups * self.lanes, t.n_rows)[: len(X)]
        dU = t.row_tape.cotangents(a.U, slopes.astype(float))
        dX, dw = t.row_tape.inputs_to(dU, t.n_features, t.n_weights)
        g = self._shared_cotangents(np.sum([totals[k] for k in sorted(totals)], axis=0))
        places = t.shared_tape.inputs - t.n_features
        dw[places] += t.shared_tape.cotangents(w[places][None], g[None])[0]
        return dX, dw

    def _shared_cotangents(self, total: np.ndarray) -> np.ndarray:
        """Cotangents of the shared tape's values from sums over rows."""
        t = self.tables
        of_strings = walsh(total[t.n_shared :].reshape(-1, 1 << t.n_qubits)) * 0.5
        tracked = t.tracked[t.phase_index]
        free = tracked >= 0
        g = np.zeros(t.n_shared + len(tracked))
        g[: t.n_shared] = total[: t.n_shared]
        g[t.n_shared :][free] = of_strings[tracked[free], t.phase_mask[free]]
        return g

    def pullback_amplitudes(self, X, w, R) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents R of the amplitudes, in their shape."""
        dX, dw = np.empty(X.shape), np.zeros(len(w))
        for block in self.blocks(len(X)):
            parts_last = R[block].transpose(0, 2, 1)
            cotangents = self.lines(self.grouped(parts_last.reshape(len(parts_last), -1)))
            dX[block], step = self.pullback(self.run(X[block], w), cotangents, X[block], w)
            dw += step
        return dX, dw

    def tangents(self, X, w, dX, dw) -> tuple[np.ndarray, np.ndarray]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
        shape = len(X), self.tables.parts, 1 << self.tables.n_qubits
        S, D = np.empty(shape, self.dtype), np.empty(shape, self.dtype)
        for block in self.blocks(len(X)):
            states, tangents = self._tangents(X[block], w, dX[block], dw)
            unpack(states, S[block])
            unpack(tangents, D[block])
        return S, D

    def _tangents(self, X, w, dX, dw) -> tuple[np.ndarray, np.ndarray]:
        t, run = self.tables, self.run(X, w)
        a = run.angles
        places = t.shared_tape.inputs - t.n_features
        step = t.shared_tape.tangents(w[places][None], dw[places][None])[0]
        rates = self._phase_turns(step[t.n_shared :]).astype(self.dtype)
        of_rows = t.row_tape.tangents(a.U, t.row_tape.inputs_from(dX, dw))
        of_shared = np.broadcast_to(step[: t.n_shared], (len(X), t.n_shared))
        steps = self.lines(self.grouped(np.concatenate([of_shared, of_rows], axis=1)))
        tangents = np.empty_like(run.states)

        def sweep(chunk):
            work = self.work((5 << t.n_qubits) + 2 + 3 * t.n_slots)
            tangent(
                t.ops,
                t.start,
                t.linear,
                t.quadratic,
                a.phases,
                rates,
                a.shared,
                a.rows[chunk],
                steps[chunk],
                run.states[chunk],
                tangents[chunk],
                work,
            )

        self._map(sweep, len(tangents))
        return run.states, tangents


def _fill(table: np.ndarray, angles: np.ndarray) -> None:
    """Set lines cos, sin, -sin of a table (..., 3 n_slots, lanes) for each slot's angle."""
    lines = table.reshape(*angles.shape[:-1], 3, angles.shape[-1])
    np.cos(angles, out=lines[..., 0, :], casting="same_kind")
    np.sin(angles, out=lines[..., 1, :], casting="same_kind")
    np.negative(lines[..., 1, :], out=lines[..., 2, :])
