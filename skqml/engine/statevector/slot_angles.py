"""Angles and first states of rows as the compiled sweeps read them, and derivatives traced back to X and w."""

from dataclasses import dataclass

import numpy as np

from ..groups import grouped, ungrouped
from ..lane_trig import small_angles
from ..lanes import LANES
from ..preparation import PreparedRows
from .tables import Tables


@dataclass
class Angles:
    """Angles of some rows, and what they start from.

    Attributes
    ----------
    U, w : ndarray (n_samples, n_inputs), (n_weights,)
        What the angles of rows depend on, and the weights.
    of_rows : ndarray (n_samples, n_rows)
        Angles in the slots of each row, up to whole turns.
    shared_trig, phases : ndarray (n_shared, 2), (n_phases, 2**n_qubits, 2)
        Cos and sin in the slots that rows share, and the factors of the phases that they share.
    prepared : PreparedRows or None
    initial : ndarray (n_groups, 2**n_prepared, lanes)
        Amplitudes of the prepared qubits; ones if there are none.
    """

    U: np.ndarray
    w: np.ndarray
    of_rows: np.ndarray
    shared_trig: np.ndarray
    phases: np.ndarray
    prepared: PreparedRows | None
    initial: np.ndarray


class SlotAngles:
    """The angles of a circuit as a function of X and w, with derivatives.

    Parameters
    ----------
    tables : Tables
    dtype : dtype
    """

    def __init__(self, tables: Tables, dtype: np.dtype):
        self._tapes, self._phases, self._dtype = tables.tapes, tables.phases, dtype
        self._preparation = tables.preparation
        self._kept: tuple[bytes, tuple[np.ndarray, np.ndarray]] | None = None

    def __getstate__(self) -> dict:
        return vars(self) | {"_kept": None}

    def __call__(self, X: np.ndarray, w: np.ndarray) -> Angles:
        """Angles of all rows of X."""
        kept, key = self._kept, w.tobytes()
        if kept is None or kept[0] != key:
            kept = self._kept = key, self._shared(w)
        U = self._tapes.rows.inputs_from(X, w)
        of_rows = small_angles(self._tapes.row_angles(U), self._dtype)
        if self._preparation is None:
            lanes = LANES[self._dtype]
            return Angles(U, w, of_rows, *kept[1], None, np.ones((-(-len(X) // lanes), 1, lanes), self._dtype))
        prepared = self._preparation(X)
        initial = grouped(prepared.states, self._dtype)
        return Angles(U, w, of_rows, *kept[1], prepared, initial)

    def _shared(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`Angles.shared_trig` and `Angles.phases`."""
        n, angles = self._tapes.n_shared, self._tapes.shared_angles(w)
        exponents = self._phases.exponents(angles[n:])
        exponents -= exponents[:, :1]  # so that the phases of a real circuit are signs
        trig, factors = np.empty((n, 2), self._dtype), np.empty((*exponents.shape, 2), self._dtype)
        for k, function in enumerate((np.cos, np.sin)):
            function(angles[:n], out=trig[:, k])
            function(exponents, out=factors[..., k])
        return trig, factors

    def pullback(
        self, angles: Angles, of_initial: np.ndarray, of_rows: np.ndarray, total: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw).

        Parameters
        ----------
        angles : Angles
        of_initial : ndarray (n_groups, 2**n_prepared, lanes)
            Derivatives by the amplitudes of the prepared qubits.
        of_rows : ndarray (n_samples, n_rows)
            Derivatives by the slots of each row.
        total : ndarray (n_shared + n_tracked 2**n_qubits,)
            Derivatives by the shared slots, then by the entries of the tracked phases, summed over rows.
        """
        n, phases = self._tapes.n_shared, self._phases
        g_phases = phases.pullback(total[n:].reshape(phases.n_tracked, 1 << phases.n_qubits))
        dX, dw = self._tapes.pullback(angles.U, angles.w, np.concatenate([total[:n], g_phases]), of_rows)
        if angles.prepared is not None:
            angles.prepared.add_pullback(ungrouped(of_initial, len(dX)).astype(float), dX)
        return dX, dw

    def tangents(self, angles: Angles, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rates of all slots, of the phases and of the prepared amplitudes along (dX, dw).

        Arrays (n_groups, n_slots, lanes), (n_phases, 2**n_qubits), (n_groups, 2**n_prepared, lanes).
        """
        n, (shared, rows) = self._tapes.n_shared, self._tapes.tangents(angles.U, angles.w, dX, dw)
        steps = np.concatenate([np.broadcast_to(shared[:n], (len(rows), n)), rows], axis=1)
        rates, initial = self._phases.exponents(shared[n:]).astype(self._dtype), np.zeros_like(angles.initial)
        if angles.prepared is not None:
            initial = grouped(angles.prepared.tangents(dX), self._dtype)
        return grouped(steps, self._dtype), rates, initial
