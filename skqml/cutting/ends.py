"""The ends of cuts: what a part does where a wire or a gate is cut."""

from typing import NamedTuple

import numpy as np

_PI = np.pi
# Angles of RY and then RZ that make the states 0, 1, + and +i, and each Pauli matrix over two as a sum of these states.
_STATES = _PI * np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.0], [0.5, 0.5]])
_HALF_PAULIS = np.array([[1, 1, 0, 0], [-1, -1, 2, 0], [-1, -1, 0, 2], [1, -1, 0, 0]]) / 2
# Angles of RZ, and of RY on a qubit that the wire's Z is written to by CX: + takes nothing up, 0 is a measurement.
_TURNS = _PI * np.array([[0.0, 0.5], [1.0, 0.5], [0.5, 0.5], [-0.5, 0.5], [0.0, 0.0]])
# rho, Z rho Z, (Z rho + rho Z) / 2 and (Z rho - rho Z) / 2i as sums over these, with I or Z of that qubit measured.
_HALVES = np.zeros((4, 5, 2))
_HALVES[[0, 1, 2, 3, 3], [0, 1, 4, 2, 3], [0, 0, 1, 0, 0]] = 1.0, 1.0, 1.0, 0.5, -0.5
# With communication, a wire is turned by RZ and RY so that Z is X, Y or Z of it. Outcomes of X and of Y are sent on as
# the states that they are of, those of Z as the other one, with a minus.
_BASES = -_PI * np.array([[0.0, 0.5], [0.5, 0.5], [0.0, 0.0]])
_SENT_STATES = _PI * np.array([[0.5, 0.0], [0.5, 1.0], [0.5, 0.5], [0.5, -0.5], [1.0, 0.0], [0.0, 0.0]])
_SENT = np.diag([1.0, 1.0, 1.0, 1.0, -1.0, -1.0])
_OUTCOMES = np.eye(6).reshape(6, 3, 2)


class End(NamedTuple):
    """One side of a cut: an axis of four in the tensor of its part, or of six, a state that is sent on each.

    Attributes
    ----------
    axis : int
    angles : ndarray (n_settings, n_angles)
        What the part runs with.
    qubit : int or None
        Which is measured.
    letters : str
        What it is measured in.
    matrix : ndarray (4 or 6, n_settings, n_letters)
        The axis as sums over settings and letters.
    shares : ndarray (n_settings,)
        Of the shots: the root of the summed squares of the coefficients of a setting.
    n_bases : int
    """

    axis: int
    angles: np.ndarray
    qubit: int | None
    letters: str
    matrix: np.ndarray
    shares: np.ndarray
    n_bases: int = 1

    @property
    def n_circuits(self) -> int:
        """Settings times bases."""
        return len(self.shares) * self.n_bases


def begins(axis: int) -> End:
    """A wire begins, in Pauli matrices over two."""
    return End(axis, _STATES, None, "I", _HALF_PAULIS[:, :, None], np.linalg.norm(_HALF_PAULIS, axis=0))


def leaves(axis: int, qubit: int) -> End:
    """A wire ends, and Pauli matrices are measured."""
    return End(axis, np.zeros((1, 0)), qubit, "IXYZ", np.eye(4)[:, None, :], np.ones(1), 3)


def receives(axis: int) -> End:
    """A wire begins in the state that was sent."""
    return End(axis, _SENT_STATES, None, "I", _SENT[:, :, None], np.ones(6))


def sends(axis: int, qubit: int) -> End:
    """A wire is measured in one of three bases, and the outcome sent."""
    return End(axis, _BASES, qubit, "01", _OUTCOMES, np.ones(3))


def halves(axis: int, qubit: int, turn: float) -> End:
    """One side of ``exp(-i t ZZ / 2)``, with a fixed RZ beside it; the qubit is the one that takes Z up."""
    return End(axis, _TURNS + [turn, 0.0], qubit, "IZ", _HALVES, np.linalg.norm(_HALVES, axis=(0, 2)))
