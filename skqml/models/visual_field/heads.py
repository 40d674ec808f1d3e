"""Heads: from probabilities of basis states to expectation values, exactly as matrices or on a backend."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import ClassVar

import numpy as np

from ...backends.kept import KeptProgram
from ...backends.program import Program
from ...backends.redrawn import Drawing
from ...circuits import all_z
from ...states import CheckedState, count, floats, instance
from ..base.rotations.rotations import Rotations
from .circuits import basis_circuit, field_circuit, first_nodes, tree_angles, tree_pullback

Back = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class Head(CheckedState, ABC):
    """Values of Z of the first qubits in a state of given probabilities, behind trained rotations.

    Parameters
    ----------
    rotations : Rotations
    n_outputs : int
        Number of values.
    """

    _contents: ClassVar[dict] = {
        "rotations": instance(Rotations),
        "n_outputs": count(least=1),
    }

    def _check_whole(self):
        if self.n_outputs > self.rotations.n_qubits:
            raise ValueError(f"{self.n_outputs} outputs of {self.rotations.n_qubits} qubits")

    def __init__(self, rotations: Rotations, n_outputs: int):
        self.rotations = rotations
        self.n_outputs = n_outputs

    @property
    def n_weights(self) -> int:
        """Angles."""
        return len(self.rotations.gates)

    @abstractmethod
    def forward(self, P, theta, rng=None) -> tuple[np.ndarray, Back]:
        """Values (n_samples, n_outputs) for P (n_samples, 2^n), and a function from their cotangents.

        It gives those of log P and of the angles.
        """


class ExactHead(Head):
    """By the real matrix of the rotations."""

    @cached_property
    def _signs(self) -> np.ndarray:
        """Z of the measured qubits (2^n, n_outputs)."""
        i = np.arange(2**self.rotations.n_qubits)
        return 1.0 - 2.0 * (i[:, None] >> np.arange(self.n_outputs) & 1)

    def _matrix(self, theta):
        S, pullback = self.rotations.forward(theta[None], 2**self.rotations.n_qubits)
        return np.ascontiguousarray(S[0].real), lambda g: pullback(g[None])[0]


class PureHead(ExactHead):
    """``sum_i sqrt(P_i) |i>``."""

    def forward(self, P, theta, rng=None) -> tuple[np.ndarray, Back]:
        """``y = psi Z psi`` for ``psi = S sqrt(P)``."""
        S, of_S = self._matrix(theta)
        a = np.sqrt(P)
        psi = a @ S.T

        def pullback(g):
            d_psi = 2 * (g @ self._signs.T) * psi
            return 0.5 * a * (d_psi @ S), of_S(d_psi.T @ a)

        return psi**2 @ self._signs, pullback


class MixedHead(ExactHead):
    """``sum_i P_i |i><i|``: linear in P."""

    def forward(self, P, theta, rng=None) -> tuple[np.ndarray, Back]:
        """``y = P Q`` with ``Q_i = <i|S^T Z S|i>``."""
        S, of_S = self._matrix(theta)
        Q = S.T**2 @ self._signs
        return P @ Q, lambda g: (P * (g @ Q.T), of_S(2 * S * (self._signs @ (P.T @ g).T)))


class PureCircuitHead(Head):
    """One circuit a point on a backend."""

    _contents: ClassVar[dict] = {"program": instance(Program)}

    def __init__(self, rotations, n_outputs, backend, entangled=True):
        super().__init__(rotations, n_outputs)
        drawing = Drawing(field_circuit, rotations.n_qubits, rotations.gates, entangled)
        self.nodes = first_nodes(rotations.n_qubits, entangled)
        self.program = KeptProgram(backend, drawing, all_z(rotations.n_qubits)[:n_outputs])

    def forward(self, P, theta, rng=None) -> tuple[np.ndarray, Back]:
        """Angles of the tree, then the program."""
        angles, sums = tree_angles(P)
        values, back = self.program.forward(angles[:, self.nodes], theta, rng)

        def pullback(g):
            of_angles = np.zeros_like(angles)
            of_angles[:, self.nodes], of_theta = back(g)
            return tree_pullback(P, sums, of_angles), of_theta

        return values, pullback


class MixedCircuitHead(Head):
    """One circuit a basis state, however many points there are."""

    _contents: ClassVar[dict] = {"program": instance(Program), "_basis": floats(None, None)}

    def __init__(self, rotations, n_outputs, backend, entangled=True):
        super().__init__(rotations, n_outputs)
        n_qubits = rotations.n_qubits
        drawing = Drawing(basis_circuit, n_qubits, rotations.gates)
        self.program = KeptProgram(backend, drawing, all_z(n_qubits)[:n_outputs])
        self._basis = np.pi * (np.arange(2**n_qubits)[:, None] >> np.arange(n_qubits) & 1)

    def forward(self, P, theta, rng=None) -> tuple[np.ndarray, Back]:
        """Means over basis states."""
        Q, back = self.program.forward(self._basis, theta, rng)
        return P @ Q, lambda g: (P * (g @ Q.T), back(P.T @ g)[1])


def head_of(state, backend, rotations, n_outputs, entangled) -> Head:
    """The head of a state, "pure" or "mixed", on a backend, or by matrices where that is None."""
    pure = state == "pure"
    if backend is None:
        return (PureHead if pure else MixedHead)(rotations, n_outputs)
    return (PureCircuitHead if pure else MixedCircuitHead)(rotations, n_outputs, backend, entangled)
