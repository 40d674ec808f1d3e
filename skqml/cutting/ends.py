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


class End(NamedTuple):
    """One side of a cut: an axis of four in the tensor of its part.

    Attributes
    ----------
    axis : int
    angles : ndarray (n_settings, n_angles)
        What the part runs with.
    qubit : int or None
        Which is measured.
    letters : str
        What it is measured in.
    matrix : ndarray (4, n_settings, n_letters)
        The axis as sums over settings and letters.
    n_circuits : int
        Settings times bases.
    """

    axis: int
    angles: np.ndarray
    qubit: int | None
    letters: str
    matrix: np.ndarray
    n_circuits: int


def begins(axis: int) -> End:
    """A wire begins, in Pauli matrices over two."""
    return End(axis, _STATES, None, "I", _HALF_PAULIS[:, :, None], 4)


def leaves(axis: int, qubit: int) -> End:
    """A wire ends, and Pauli matrices are measured."""
    return End(axis, np.zeros((1, 0)), qubit, "IXYZ", np.eye(4)[:, None, :], 3)


def halves(axis: int, qubit: int, turn: float) -> End:
    """One side of ``exp(-i t ZZ / 2)``, with a fixed RZ beside it; the qubit is the one that takes Z up."""
    return End(axis, _TURNS + [turn, 0.0], qubit, "IZ", _HALVES, 5)
