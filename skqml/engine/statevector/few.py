"""Few rows: what does not depend on them is worked out once, as the calls from Python take longer than the sweeps."""

from dataclasses import dataclass

import numpy as np

from ..lane_trig import small_angles
from ..lanes import LANES, aligned_empty
from ..threads import one_blas_thread_if
from .compiled.adjoint import adjoint
from .compiled.forward import forward
from .measured import MeasuredStrings
from .tables import Tables

_DTYPE = np.dtype(float)
_LANES = LANES[_DTYPE]
_LARGEST = 2**16  # entries of a matrix that is written out


@dataclass
class FewRun:
    """What a forward sweep leaves for one backwards: cos and sin of shared angles, phases, angles of rows, states."""

    shared: np.ndarray
    phases: np.ndarray
    angles: np.ndarray
    states: np.ndarray


class FewRows:
    """Expectation values of one chunk of rows, and their pullback.

    Angles of rows are linear in X, and those that rows share in w; all matrices are written out. See `few_rows`.

    Parameters
    ----------
    tables : Tables
    measured : MeasuredStrings
    """

    def __init__(self, tables: Tables, measured: MeasuredStrings):
        self._tables, self._measured = tables, measured
        rows, shared, n = tables.tapes.rows, tables.tapes.shared, tables.tapes.n_shared
        self._rows, self._shift = rows.matrix()[: rows.n_features], rows.constant
        self._is_shifted = bool(self._shift.any())
        self._circuit = tables.circuit
        self._n_lines, self._ones = tables.parts << tables.n_qubits, np.ones(_LANES)
        n_amplitudes, phases = 1 << tables.n_qubits, tables.phases
        of_strings = [phases.exponents(e) for e in np.eye(len(shared.constant) - n)]
        sizes = len(of_strings), len(phases.tracked) * n_amplitudes
        exponents = np.reshape([e - e[:, :1] for e in of_strings], sizes)  # so that phases of real circuits are signs
        linear = np.concatenate([shared.matrix()[shared.n_features :], shared.constant[None]])
        linear = np.concatenate([linear[:, :n], linear[:, n:] @ exponents], axis=1)
        self._angles, self._angles_at_0 = linear[:-1], linear[-1]
        slopes = np.concatenate([self._angles[:, :n], -self._angles[:, n:]], axis=1)  # the sweep gives those of minus
        self._back = slopes[:, np.append(np.ones(n, bool), np.repeat(phases.tracked >= 0, n_amplitudes))].T.copy()
        self._n_products = max(linear.size, self._back.size)
        self._kept: tuple[bytes, tuple[np.ndarray, np.ndarray]] | None = None

    def _of_weights(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cos and sin of the angles that rows share, and factors of the phases."""
        kept, key = self._kept, w.tobytes()
        if kept is None or kept[0] != key:
            t, n = self._tables, self._tables.tapes.n_shared
            trig = _trig(w @ self._angles + self._angles_at_0)
            kept = self._kept = key, (trig[:n], trig[n:].reshape(-1, 1 << t.n_qubits, 2))
        return kept[1]

    def forward(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, FewRun]:
        """Expectation values (n_samples, n_strings), and a run for the way back."""
        t, n_samples, n_groups = self._tables, len(X), -(-len(X) // _LANES)
        with one_blas_thread_if(max(self._n_products, n_samples * self._rows.size)):
            shared, phases = self._of_weights(w)
            angles = X @ self._rows
        if self._is_shifted:
            angles += self._shift
        angles, n_work = small_angles(angles, _DTYPE), (1 << t.n_qubits) + 3 * t.tapes.n_slots + self._measured.n_work
        n_states = n_groups * self._n_lines
        room = aligned_empty((n_states + n_work, _LANES), _DTYPE)
        states, work = room[:n_states].reshape(n_groups, self._n_lines, _LANES), room[n_states:]
        forward(*self._circuit, phases, shared, angles, np.ones((n_groups, 1, _LANES)), states, work)
        return self._measured.means(states, n_samples, work), FewRun(shared, phases, angles, states)

    def pullback(self, run: FewRun, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those (n_samples, n_strings) of the expectation values."""
        t, states, n = self._tables, run.states, self._tables.tapes.n_shared
        n_states, n_found = len(states) * self._n_lines, len(self._back)
        n_work = (4 << t.n_qubits) + 4 * t.tapes.n_slots + self._measured.n_work
        room = aligned_empty((n_states + n_found + n_work, _LANES), _DTYPE)
        cotangents, found = room[:n_states].reshape(states.shape), room[n_states : n_states + n_found]
        work, of_initial = room[n_states + n_found :], np.empty((len(states), 1, _LANES))
        self._measured.fill_cotangents(states, g, cotangents, work)
        found[...] = 0.0
        of_rows = np.empty_like(run.angles)
        of_phases = found[n:].reshape(-1, 1 << t.n_qubits, _LANES)
        circuit = *self._circuit, run.phases, t.phases.tracked, run.shared, run.angles
        adjoint(*circuit, states, cotangents, of_initial, of_rows, found[:n], of_phases, work)
        with one_blas_thread_if(max(self._n_products, len(g) * self._rows.size)):
            return of_rows @ self._rows.T, found @ self._ones @ self._back


def _trig(angles: np.ndarray) -> np.ndarray:
    """Cos and sin of angles, side by side."""
    trig = np.empty((*angles.shape, 2))
    np.cos(angles, out=trig[..., 0])
    np.sin(angles, out=trig[..., 1])
    return trig


def few_rows(tables: Tables, dtype: np.dtype, measured: MeasuredStrings) -> FewRows | None:
    """What runs few rows of some tables; None if their angles are not linear, or a matrix would be large."""
    rows, shared = tables.tapes.rows, tables.tapes.shared
    if dtype != _DTYPE or tables.preparation is not None or not (rows.is_linear and shared.is_linear):
        return None
    n_angles = tables.tapes.n_shared + (len(tables.phases.tracked) << tables.n_qubits)
    n_shared = shared.n_weights + len(shared.constant)
    sizes = n_shared * n_angles, shared.n_weights * n_shared, rows.n_features * tables.tapes.n_rows
    no_weights = rows.inputs.size == 0 or rows.inputs[-1] < rows.n_features
    return FewRows(tables, measured) if no_weights and max(sizes) <= _LARGEST else None
