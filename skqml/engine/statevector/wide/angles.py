"""Angles of lanes as the compiled sweeps read them, and derivatives traced back to X and w."""

from dataclasses import dataclass

import numpy as np

from ...groups import trig_lines
from ..tables import Tables
from .tables import WideTables


@dataclass
class LaneAngles:
    """Angles of some rows, and what they start from.

    Attributes
    ----------
    U, w : ndarray (n_samples, n_inputs), (n_weights,)
        What the angles of rows depend on, and the weights.
    trig : ndarray (n_samples, 3 n_slots, lanes)
        Cos, sin and -sin of the angles in all slots.
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

    def of_lane_slot(self, q: int) -> np.ndarray:
        """Derivatives (n_samples, lanes) of these by the angle of a qubit in lanes."""
        return self.slopes[q] * np.delete(self.factors, q, axis=0).prod(axis=0)


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
        wide, lanes = self._wide, 1 << self._wide.n_lane_bits
        U, of_rows = self._tapes.angles(X, w)
        angles = self._of_lanes(of_rows)
        trig = trig_lines(angles, self._dtype, 3)
        turns = np.stack([angles[:, k] if k >= 0 else np.zeros((len(X), lanes)) for k in wide.lane_slots])
        is_set = (np.arange(lanes) >> np.arange(wide.n_lane_bits)[:, None, None] & 1).astype(bool)
        cos, sin = np.cos(turns), np.sin(turns)
        return LaneAngles(U, w, trig, np.where(is_set, sin, cos), np.where(is_set, cos, -sin))

    def _of_lanes(self, of_rows: np.ndarray) -> np.ndarray:
        """Values (n_samples, n_slots, lanes) from those of all angles."""
        return (self._wide.matrix @ of_rows.T).T.reshape(len(of_rows), self._wide.n_slots, -1)

    def tangents(self, angles: LaneAngles, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rates (n_samples, n_slots, lanes) of all slots, and (n_samples, 1, lanes) of `LaneAngles.initial`."""
        shared, rows = self._tapes.tangents(angles.U, angles.w, dX, dw)
        steps = self._of_lanes(np.concatenate([np.broadcast_to(shared, (len(rows), shared.size)), rows], axis=1))
        moves = np.zeros_like(angles.factors[0])
        for q, slot in enumerate(self._wide.lane_slots):
            if slot >= 0:
                moves += steps[:, slot] * angles.of_lane_slot(q)
        return steps, moves[:, None].astype(self._dtype, order="C")

    def pullback(self, angles: LaneAngles, g: np.ndarray, of_initial: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw).

        Parameters
        ----------
        angles : LaneAngles
        g : ndarray (n_samples, n_slots, lanes), overwritten
            Derivatives by the angles in all slots.
        of_initial : ndarray (n_samples, lanes)
            Derivatives by the amplitudes of the qubits in lanes.
        """
        for q, slot in enumerate(self._wide.lane_slots):
            if slot >= 0:
                g[:, slot] += of_initial * angles.of_lane_slot(q)
        of_angles = (self._wide.matrix.T @ g.reshape(len(g), -1).T).T
        return self._tapes.pullback_angles(angles.U, angles.w, of_angles)
