"""Rotations as monomial generators, which compiled loops apply."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ....states import CheckedState, count, each, instance
from .turns import turn, turn_back

Pullback = Callable[[np.ndarray], np.ndarray]
Gate = tuple[str, tuple[int, ...]]

_PAULIS = {
    "rx": np.array([[0, 1], [1, 0]], dtype=complex),
    "ry": np.array([[0, -1j], [1j, 0]]),
    "rz": np.diag([1.0, -1.0]).astype(complex),
}


@dataclass(frozen=True)
class Rotations(CheckedState):
    """Gates of one angle each, on qubits of which the first is the least bit.

    Attributes
    ----------
    n_qubits : int
    gates : tuple of (str, tuple of int)
        "rx", "ry", "rz", "crx" or "cry", and qubits.
    """

    n_qubits: int
    gates: tuple[Gate, ...]

    _contents: ClassVar[dict] = {
        "n_qubits": count(least=1),
        "gates": each(each(instance(str, tuple))),
    }

    def _check_whole(self):
        for name, qubits in self.gates:
            if name.removeprefix("c") not in _PAULIS or len(qubits) != 1 + name.startswith("c"):
                raise ValueError(f"no gate {name!r} on qubits {qubits}")
            if not all(isinstance(q, int) and 0 <= q < self.n_qubits for q in qubits):
                raise ValueError(f"qubits {qubits} out of {self.n_qubits}")

    @cached_property
    def _generators(self) -> tuple[np.ndarray, np.ndarray]:
        tables = [_monomial(name, qubits, self.n_qubits) for name, qubits in self.gates]
        return np.array([source for source, _ in tables]), np.array([factor for _, factor in tables])

    def forward(self, theta, n_columns) -> tuple[np.ndarray, Pullback]:
        """First columns of the unitaries, and the pullback from their cotangents to those of the angles.

        Parameters
        ----------
        theta : ndarray (n, n_gates)
        n_columns : int

        Returns
        -------
        U : ndarray (n, 2^n_qubits, n_columns)
        pullback : callable
            For a function of derivative ``Re sum(conj(dU) U')``.
        """
        dimension = 2**self.n_qubits
        U = np.zeros((len(theta), dimension, n_columns), dtype=complex)
        U[:, range(n_columns), range(n_columns)] = 1.0
        turn(*self._generators, theta, U)

        def pullback(dU):
            slopes = np.empty_like(theta)
            turn_back(*self._generators, theta, U.copy(), np.array(dU, dtype=complex), slopes)
            return slopes

        return U, pullback

    def draw(self, qc: QuantumCircuit, qubits, theta) -> None:
        """Append the gates to a circuit."""
        for (name, places), angle in zip(self.gates, theta, strict=True):
            getattr(qc, name)(angle, *(qubits[q] for q in places))


def _monomial(name, qubits, n_qubits) -> tuple[np.ndarray, np.ndarray]:
    """The generator of a gate as sources and factors of the amplitudes."""
    pauli, i = _PAULIS[name.removeprefix("c")], np.arange(2**n_qubits)
    bit = i >> qubits[-1] & 1
    flipped = i if name == "rz" else i ^ 1 << qubits[-1]
    factor = pauli[bit, bit if name == "rz" else 1 - bit]
    return flipped, factor * (i >> qubits[0] & 1) if name.startswith("c") else factor
