"""Angles of rows as the compiled sweeps read them, and derivatives by them traced back to X and w."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..groups import aligned, room, trig_lines
from ..lanes import LANES
from .compiled.adjoint import pull_elements
from .compiled.forward import build_blocks
from .compiled.tangent import block_rates
from .tables import NoisyTables

DTYPE = np.dtype(np.float64)


@dataclass
class NoisyAngles:
    """Angles of some rows.

    Attributes
    ----------
    U, w : ndarray (n_samples, n_inputs), (n_weights,)
        What the angles of rows depend on, and the weights.
    trig, shared_trig : ndarray (n_groups, 2 n_rows, lanes), (2 n_shared, lanes)
        Cos and sin in the slots of each row, and in those that rows share.
    shared : ndarray (12 n_shared_blocks, lanes)
        Matrices of the shared blocks.
    """

    U: np.ndarray
    w: np.ndarray
    trig: np.ndarray
    shared_trig: np.ndarray
    shared: np.ndarray


class NoisySlotAngles:
    """The angles of a noisy circuit, and the shared blocks that they make, as functions of X and w, with derivatives.

    Parameters
    ----------
    tables : NoisyTables
    in_lanes : callable
        Takes values (n_samples, k) to lines (n_groups, k, lanes).
    """

    def __init__(self, tables: NoisyTables, in_lanes: Callable[[np.ndarray], np.ndarray]):
        self._tapes, self._blocks, self._n = tables.tapes, tables.blocks, tables.n_shared
        self._in_lanes = in_lanes

    def __call__(self, X: np.ndarray, w: np.ndarray) -> NoisyAngles:
        """Angles of all rows of X."""
        shared_trig = trig_lines(alike(self._tapes.shared_angles(w)[None]), DTYPE)[0]
        U = self._tapes.rows.inputs_from(X, w)
        trig = trig_lines(self._in_lanes(self._tapes.row_angles(U)), DTYPE)
        shared = room(12 * self._n, DTYPE)
        build_blocks(self._blocks, 0, self._n, shared_trig, shared, room(12, DTYPE))
        return NoisyAngles(U, w, trig, shared_trig, shared)

    def pullback(self, angles: NoisyAngles, of_rows: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw).

        Parameters
        ----------
        angles : NoisyAngles
        of_rows : ndarray (n_samples, n_rows)
            Derivatives by the slots of each row.
        total : ndarray (12 n_shared_blocks,)
            Cotangents of the matrices of the shared blocks, summed over rows.
        """
        lines, slots = np.zeros((len(total), LANES[DTYPE])), np.zeros((self._tapes.n_shared, LANES[DTYPE]))
        lines[:, 0] = total
        work = room(12 * (self._blocks.longest + 2), DTYPE)
        pull_elements(self._blocks, 0, self._n, angles.shared_trig, lines, slots, work)
        return self._tapes.pullback(angles.U, angles.w, slots[:, 0], of_rows)

    def tangents(self, angles: NoisyAngles, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rates of the shared blocks' matrices (12 n_shared_blocks, lanes), and (n_groups, n_rows, lanes) of slots."""
        shared, rows = self._tapes.tangents(angles.U, angles.w, dX, dw)
        matrices, rates, work = (room(12 * n, DTYPE) for n in (self._n, self._n, 1))
        slots = alike(shared[None])[0]
        block_rates(self._blocks, 0, self._n, angles.shared_trig, slots, matrices, rates, work)
        return rates, aligned(self._in_lanes(rows), DTYPE)


def alike(values: np.ndarray) -> np.ndarray:
    """Values (n_samples, k) as (n_samples, k, lanes), the same in each lane."""
    return np.repeat(values[:, :, None], LANES[DTYPE], axis=2)
