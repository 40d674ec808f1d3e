"""Few rows: what does not depend on them is worked out once, as the calls from Python take longer than the sweeps."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ..lanes import LANES
from .compiled.cubes import n_lines
from .compiled.few import few_back, few_forward
from .measured import MeasuredStrings
from .tables import Tables

_DTYPE = np.dtype(float)
_LANES = LANES[_DTYPE]
_LARGEST = 2**16  # entries of a matrix that is written out


class FewRun(NamedTuple):
    """What a forward sweep leaves for one backwards: cos and sin of shared angles, and states and features of rows."""

    trig: np.ndarray
    kept: np.ndarray


class FewRows:
    """Expectation values of one chunk of rows, and their pullback.

    Angles of rows are linear in X, and those that rows share in w; all matrices are written out. See `few_rows`.

    Parameters
    ----------
    tables : Tables
    measured : MeasuredStrings
    """

    def __init__(self, tables: Tables, measured: MeasuredStrings):
        rows, shared, n = tables.tapes.rows, tables.tapes.shared, tables.tapes.n_shared
        features = csr_array(np.concatenate([rows.matrix()[: rows.n_features], rows.constant[None]]).T)
        slots = features.indptr, features.indices, features.data, n
        self._circuit = *tables.circuit, tables.parts - 1, *measured.read_together, *slots
        self._n_features, self._n_weights = rows.n_features, rows.n_weights
        self._n_lines, self._n_strings = (tables.parts << tables.n_qubits) + rows.n_features + 1, measured.n_strings
        n_amplitudes, n_slots, phases = 1 << tables.n_qubits, tables.tapes.n_slots, tables.phases
        self._n_work = 6 + 3 * n_amplitudes + 3 * n_slots + measured.n_strings + n_lines(tables.ops)
        of_strings = [phases.exponents(e) for e in np.eye(len(shared.constant) - n)]
        sizes = len(of_strings), len(phases.tracked) * n_amplitudes
        exponents = np.reshape([e - e[:, :1] for e in of_strings], sizes)  # so that phases of real circuits are signs
        linear = np.concatenate([shared.matrix()[shared.n_features :], shared.constant[None]])
        linear = np.concatenate([linear[:, :n], linear[:, n:] @ exponents], axis=1)
        self._constants, self._of_weights = _lines(linear[-1:])[:, 0], _entries(linear[:-1])
        slopes = np.concatenate([linear[:-1, :n], -linear[:-1, n:]], axis=1)  # the sweep gives those of minus
        tracked = np.append(np.ones(n, bool), np.repeat(phases.tracked >= 0, n_amplitudes))
        n_found = np.count_nonzero(tracked)
        self._back = phases.tracked, n_found, *_entries(slopes[:, tracked].T)
        self._size_back = _LANES * (
            self._n_work + n_slots + 2 * tables.parts * n_amplitudes + n_found + rows.n_features
        )
        self._kept: tuple[bytes | None, np.ndarray] = None, np.empty((0, 2))

    def forward(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, FewRun] | None:
        """Expectation values (n_samples, n_strings), and a run for the way back; None of angles that are not small."""
        if not (X.flags.carray and w.flags.carray):  # Numba would compile anew for arrays that cannot be written
            X, w = X.copy(), w.copy()
        (known, trig), key = self._kept, w.tobytes()
        is_new = known != key
        if is_new:
            trig = np.empty((_LANES * len(self._constants), 2))
        kept = np.empty(_LANES * (-(-len(X) // _LANES) * self._n_lines + self._n_work))
        values = np.empty((len(X), self._n_strings))
        constants = self._constants if is_new else self._constants[:0]
        if not few_forward(*self._circuit, constants, *self._of_weights, w, X, trig, kept, values):
            return None
        if is_new:
            self._kept = key, trig
        return values, FewRun(trig, kept)

    def pullback(self, run: FewRun, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those (n_samples, n_strings) of the expectation values."""
        dX, dw = np.empty((len(g), self._n_features)), np.empty(self._n_weights)
        few_back(*self._circuit, *self._back, *run, np.empty(self._size_back), g, dX, dw)
        return dX, dw


def _lines(matrix: np.ndarray) -> np.ndarray:
    """Matrix (k, n) with eight of its columns a line, (n_lines, k, lanes), and zeros behind the last."""
    k, n = matrix.shape
    lines = np.zeros((k, -(-n // _LANES), _LANES))
    lines.reshape(k, lines.shape[1] * _LANES)[:, :n] = matrix
    return lines.transpose(1, 0, 2).copy()


def _entries(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is not 0 in lines of eight columns: where each line begins (n_lines + 1,), its rows, and their numbers."""
    lines = _lines(matrix)
    places = lines.any(axis=2)
    return np.append(0, places.sum(axis=1).cumsum()), np.nonzero(places)[1], lines[places]


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
