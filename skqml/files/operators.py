"""Operators as labels and coefficients."""

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from .stand_ins import StandIn


class OperatorPart(StandIn):
    """Stands for a `SparsePauliOp` with numbers for coefficients."""

    kinds = ("qiskit.quantum_info.operators.symplectic.sparse_pauli_op.SparsePauliOp",)

    @staticmethod
    def written(value) -> tuple[list[str], np.ndarray]:
        """Return labels and complex coefficients."""
        labels, coeffs = zip(*value.to_list(), strict=True)
        try:
            return list(labels), np.array(coeffs, dtype=complex)
        except TypeError as error:
            raise TypeError(
                "Expected an operator with numbers for coefficients; assign its parameters first."
            ) from error

    @staticmethod
    def read(content) -> SparsePauliOp:
        """Return the operator."""
        try:
            labels, coeffs = content
            return SparsePauliOp(list(labels), np.asarray(coeffs, dtype=complex))
        except Exception as error:  # Qiskit raises errors of its own beside those of Python
            raise ValueError(
                f"Expected labels and coefficients of an operator, but they are broken: {error}."
            ) from error
