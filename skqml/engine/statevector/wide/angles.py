"""Angles of lanes as the compiled sweeps read them, and derivatives traced back to X and w."""

from dataclasses import dataclass

import numpy as np

from ...groups import fill_trig
from ...lanes import aligned_empty
from ..tables import Tables
from .tables import WideTables


@dataclass
class LaneAngles:
    """Angles of some rows, and what they start from.

    Attributes
    ----------
    U, w : ndarray (n_samples, n_inputs), (n_weights,)
        What the angles of rows depend on, and the weights.
    trig : ndarray (n_samples, 6 n_slots, lanes)
        Cos, sin and -sin of the angles in all slots, and then of minus these.
    factors : ndarray (n_lane_bits, n_samples, lanes)
        What each qubit in lanes gives to the first state.
    slopes : ndarray (n_lane_bits, n_samples, lanes)
        Their derivatives by the angles.
    """

    U: np.ndarray
    w: np.ndarray
    trig: np.ndarray
    factors: np.ndarray
    slopes: np.ndarray

    @property
    def initial(self) -> np.ndarray:
        """Amplitudes (n_samples, 1, lanes) of the qubits in lanes."""
        return self.factors.prod(axis=0)[:, None].astype(self.trig.dtype, order="C")


class AnglesOfLanes:
    """The angles of lanes as a function of X and w, with derivatives.

    Parameters
    ----------
    tables : Tables
    wide : WideTables
    dtype : dtype
    """

    def __init__(self, tables: Tables, wide: WideTables, dtype: np.dtype):
        self._tapes, self._wide, self._dtype = tables.tapes, wide, dtype

    def __call__(self, X: np.ndarray, w: np.ndarray) -> LaneAngles:
        """Angles of all rows of X."""
        U, wide = self._tapes.rows.inputs_from(X, w), self._wide
        shared, rows = self._tapes.shared_angles(w), self._tapes.row_angles(U)
        all_angles = np.concatenate([np.broadcast_to(shared, (len(X), len(shared))), rows], axis=1)
        lanes = 1 << wide.n_lane_bits
        angles = (wide.matrix @ all_angles.T).T.reshape(len(X), wide.n_slots, lanes)
        trig = aligned_empty((len(X), 6 * wide.n_slots, lanes), self._dtype)
        fill_trig(trig, np.concatenate([angles, -angles], axis=1), 3)
        turns = np.stack([angles[:, k] if k >= 0 else np.zeros((len(X), lanes)) for k in wide.lane_slots])
        is_set = (np.arange(lanes) >> np.arange(wide.n_lane_bits)[:, None, None] & 1).astype(bool)
        cos, sin = np.cos(turns), np.sin(turns)
        return LaneAngles(U, w, trig, np.where(is_set, sin, cos), np.where(is_set, cos, -sin))

    def cotangents(
        self, angles: LaneAngles, total: np.ndarray, of_initial: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw).

        Parameters
        ----------
        angles : LaneAngles
        total : ndarray (n_samples, 2 n_slots, lanes)
            Derivatives by the angles in all slots, and then by minus these.
        of_initial : ndarray (n_samples, lanes)
            Derivatives by the amplitudes of the qubits in lanes.
        """
        wide, n_samples = self._wide, len(total)
        g = total[:, : wide.n_slots] - total[:, wide.n_slots :]
        for q, slot in enumerate(wide.lane_slots):
            if slot >= 0:
                others = np.delete(angles.factors, q, axis=0).prod(axis=0)
                g[:, slot] += of_initial * angles.slopes[q] * others
        of_angles = (wide.matrix.T @ g.reshape(n_samples, -1).T).T
        n_shared = of_angles.shape[1] - self._tapes.n_rows
        return self._tapes.cotangents(angles.U, angles.w, of_angles[:, :n_shared].sum(axis=0), of_angles[:, n_shared:])
