"""Slots: the angles of a circuit, each written down once, and their values for rows and weights."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..checks import check_finite
from .angles import Tape
from .expressions import Atoms, Polynomial

_NO_DATA = np.empty((1, 0))


class Slot(NamedTuple):
    """Where an angle stands: its number among those that all rows share, or among those of each row."""

    of_rows: bool
    number: int


class Slots:
    """Gives each angle a slot, and equal angles the same.

    Parameters
    ----------
    atoms : Atoms
        The reader that made the angles.
    """

    def __init__(self, atoms: Atoms):
        self._atoms = atoms
        self._numbers: dict[bool, dict[tuple, int]] = {False: {}, True: {}}  # of rows: angle -> number

    def add(self, angle: Polynomial, of_rows: bool | None = None) -> Slot:
        """The slot of an angle, among those of rows if it depends on data; ``of_rows`` may say otherwise."""
        of_rows = self._atoms.is_of_rows(angle) if of_rows is None else of_rows
        numbers = self._numbers[of_rows]
        return Slot(of_rows, numbers.setdefault(tuple(sorted(angle.items())), len(numbers)))

    def index(self, slot: Slot | None) -> int:
        """Number of a slot where those that rows share come first; -1 for none."""
        return -1 if slot is None else slot.number + slot.of_rows * len(self._numbers[False])

    def tapes(self, *more: Polynomial) -> "Tapes":
        """Tapes of all slots; the shared one goes on with more angles that rows share."""
        shared, rows = ([dict(angle) for angle in self._numbers[of_rows]] for of_rows in (False, True))
        return Tapes(len(shared), len(rows), Tape(self._atoms, [*shared, *more]), Tape(self._atoms, rows))


@dataclass(frozen=True)
class Tapes:
    """The angles in all slots as functions of rows X and weights w, with derivatives.

    Attributes
    ----------
    n_shared, n_rows : int
        Slots that all rows share, and slots of each row.
    shared, rows : Tape
        Their angles.
    """

    n_shared: int
    n_rows: int
    shared: Tape
    rows: Tape

    @property
    def n_features(self) -> int:
        """Columns of X."""
        return self.rows.n_features

    @property
    def n_weights(self) -> int:
        """Length of w."""
        return self.rows.n_weights

    @property
    def n_slots(self) -> int:
        """All slots."""
        return self.n_shared + self.n_rows

    def shared_angles(self, w: np.ndarray) -> np.ndarray:
        """Angles (n_shared,) that all rows share; refused where they are not finite."""
        angles = self.shared.values(self.shared.inputs_from(_NO_DATA, w))[0]
        check_finite(angles, "weights")
        return angles

    def row_angles(self, U: np.ndarray) -> np.ndarray:
        """Angles (n_samples, n_rows) of each row from the columns U; refused where they are not finite."""
        angles = self.rows.values(U)
        check_finite(angles, "X")
        return angles

    def angles(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the angles of rows depend on, and all angles (n_samples, n_slots or more), shared ones first."""
        U, shared = self.rows.inputs_from(X, w), self.shared_angles(w)
        return U, np.concatenate([np.broadcast_to(shared, (len(X), len(shared))), self.row_angles(U)], axis=1)

    def tangents(self, U: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of shared angles and of those of rows along (dX, dw)."""
        at, along = (self.shared.inputs_from(_NO_DATA, v) for v in (w, dw))
        return self.shared.tangents(at, along)[0], self.rows.tangents(U, self.rows.inputs_from(dX, dw))

    def pullback(
        self, U: np.ndarray, w: np.ndarray, g_shared: np.ndarray, g_rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the angles that rows share, summed over rows, and of each row's own."""
        dX, dw = self.rows.inputs_to(self.rows.pullback(U, g_rows))
        of_shared = self.shared.pullback(self.shared.inputs_from(_NO_DATA, w), g_shared[None])
        return dX, dw + self.shared.inputs_to(of_shared)[1]

    def pullback_angles(self, U: np.ndarray, w: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those (n_samples, n_slots or more) of all angles; see `angles`."""
        shared, rows = np.split(g, [g.shape[1] - self.n_rows], axis=1)
        return self.pullback(U, w, shared.sum(axis=0), rows)
