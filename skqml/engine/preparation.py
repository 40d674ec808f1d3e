"""Rows as initial states: the gate `AmplitudePreparation`, with the data of a row, in front of a circuit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, Parameter, ParameterExpression

from .._amplitudes import AmplitudePreparation
from .checks import check_finite

_SAFE = 1e-200  # squares of norms between this and its inverse are sums of floats, but for what does not matter


def is_preparation(operation) -> bool:
    """Whether an operation prepares the data of a row."""
    return getattr(operation, "base_class", None) is AmplitudePreparation and operation.free


def split_preparation(circuit: QuantumCircuit) -> tuple[CircuitInstruction | None, QuantumCircuit]:
    """The instruction that prepares data, None if there is none, and the circuit without it.

    Raises
    ------
    ValueError
        If there are several, or gates before it on its qubits.
    """
    found = [k for k, i in enumerate(circuit.data) if is_preparation(i.operation)]
    if not found:
        return None, circuit
    first = circuit.data[found[0]]
    earlier = {q for i in circuit.data[: found[0]] for q in i.qubits if not isinstance(i.operation, Barrier)}
    if len(found) > 1 or earlier & set(first.qubits):
        raise ValueError(
            "Expected one preparation of amplitudes by data, before all other gates on its qubits, but got "
            f"{f'{len(found)} of them' if len(found) > 1 else 'gates before it'}; draw it first."
        )
    rest = circuit.copy()
    del rest.data[found[0]]
    return first, rest


@dataclass(frozen=True)
class Preparation:
    """Which columns of X are which amplitudes of which qubits.

    Attributes
    ----------
    qubits : tuple of int
        Ascending, the first the least bit of the number of an amplitude.
    columns, places : slice, or ndarray of int (n_columns,)
        Columns of X, and the amplitudes that they are.
    constants : ndarray (2**n_qubits,)
        Amplitudes of all rows, in places where no column is.
    """

    qubits: tuple[int, ...]
    columns: slice | np.ndarray
    places: slice | np.ndarray
    constants: np.ndarray

    @classmethod
    def read(cls, instruction: CircuitInstruction, circuit: QuantumCircuit, data: list[Parameter]) -> Self:
        """That of an instruction of a circuit."""
        given = [circuit.find_bit(q).index for q in instruction.qubits]
        qubits, numbers = sorted(given), {p: k for k, p in enumerate(data)}
        constants, columns, places = np.zeros(1 << len(qubits)), [], []
        for k, p in enumerate(instruction.operation.params):
            place = sum((k >> j & 1) << qubits.index(q) for j, q in enumerate(given))
            if not isinstance(p, ParameterExpression) or not p.parameters:
                constants[place] = float(p)
            elif p in numbers and numbers[p] not in columns:
                columns.append(numbers[p])
                places.append(place)
            else:
                raise ValueError(
                    "Expected amplitudes that are numbers or elements of the circuit's data vector, each once and "
                    f"without a factor, but got '{p}'; put its value into a column of X."
                )
        return cls(tuple(qubits), quickest_index(columns), quickest_index(places), constants)

    def amplitudes(self, X: np.ndarray) -> np.ndarray:
        """Amplitudes (n_samples, 2**n_qubits) of rows before they are normalised."""
        A = np.empty((len(X), len(self.constants)))
        A[...] = self.constants
        A[:, self.places] = X[:, self.columns]
        return A

    def __call__(self, X: np.ndarray) -> "PreparedRows":
        """States of rows."""
        return PreparedRows.of(self, self.amplitudes(X))


def quickest_index(index: Sequence[int] | np.ndarray) -> slice | np.ndarray:
    """Ascending neighbours as a slice, with which NumPy copies ten times as fast."""
    found = np.array(index, dtype=np.intp)
    first = int(found[0]) if len(found) else 0
    return slice(first, first + len(found)) if np.array_equal(found, first + np.arange(len(found))) else found


@dataclass(frozen=True)
class PreparedRows:
    """Amplitudes of norm 1, and their derivatives by the rows that they were made from.

    Attributes
    ----------
    preparation : Preparation
    states : ndarray (n_samples, 2**n_qubits)
    norms : ndarray (n_samples, 1)
        What the amplitudes were divided by.
    """

    preparation: Preparation
    states: np.ndarray
    norms: np.ndarray

    @classmethod
    def of(cls, preparation: Preparation, amplitudes: np.ndarray) -> Self:
        """Those of amplitudes that are not yet normalised; refused are rows of zeros, and what is not finite."""
        squares = np.einsum("nb,nb->n", amplitudes, amplitudes)[:, None]
        if not ((squares > _SAFE) & (squares < 1.0 / _SAFE)).all():
            return cls._scaled(preparation, amplitudes)
        norms = np.sqrt(squares)
        return cls(preparation, amplitudes / norms, norms)

    @classmethod
    def _scaled(cls, preparation: Preparation, amplitudes: np.ndarray) -> Self:
        """Those of amplitudes whose squares may leave the range of floats."""
        check_finite(amplitudes, "X")
        largest = np.abs(amplitudes).max(axis=1, keepdims=True)
        if not largest.all():
            raise ValueError(
                "Expected rows with amplitudes other than 0, which can be normalised, but row "
                f"{int(np.flatnonzero(largest == 0.0)[0])} has none; leave such rows out, or give AmplitudeEncoding an "
                "offset, which is one amplitude more."
            )
        states = amplitudes / largest
        norms = np.sqrt(np.einsum("nb,nb->n", states, states))[:, None]
        return cls(preparation, states / norms, largest * norms)

    def _tangent(self, D: np.ndarray) -> np.ndarray:
        """What is orthogonal to the states, divided by the norms: an operator that is its own transpose."""
        return (D - np.einsum("nb,nb->n", self.states, D)[:, None] * self.states) / self.norms

    def add_pullback(self, R: np.ndarray, dX: np.ndarray) -> None:
        """Add to dX those of the rows from those (n_samples, 2**n_qubits) of the states."""
        dX[:, self.preparation.columns] += self._tangent(R)[:, self.preparation.places]

    def tangents(self, dX: np.ndarray) -> np.ndarray:
        """Derivatives (n_samples, 2**n_qubits) of the states when the rows move along dX."""
        D = np.zeros_like(self.states)
        D[:, self.preparation.places] = dX[:, self.preparation.columns]
        return self._tangent(D)
