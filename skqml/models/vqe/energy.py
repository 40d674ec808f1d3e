"""Energies of the states of one circuit under many Hamiltonians at once."""

from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError

from ...backends.program import Program
from ...circuits.weights import fresh_weights
from ...engine.reading.lower import split_parameters
from .hamiltonians import PauliSums


def draw_ansatz(ansatz: Callable, n_qubits: int) -> QuantumCircuit:
    """The circuit of an ansatz on so many qubits, its weights the vector w.

    Raises
    ------
    ValueError
        If the ansatz is for other qubits, draws data, or no weight.
    """
    qc = QuantumCircuit(n_qubits)
    try:
        ansatz(qc, fresh_weights()[1])
    except QiskitError as error:
        raise ValueError(f"The ansatz cannot be drawn on the Hamiltonian's {n_qubits} qubits: {error}") from error
    data, weights = split_parameters(qc)
    if qc.num_qubits != n_qubits or data or not weights:
        raise ValueError(
            f"Expected an ansatz with weights and no data on the Hamiltonian's {n_qubits} qubits, got one on "
            f"{qc.num_qubits} with {len(weights)} weights and {len(data)} features."
        )
    return qc


class Energies:
    """Energies of rows of weights under Hamiltonians that are sums of the same Pauli strings.

    One program serves all Hamiltonians, and all rows run side by side: weights are its data.

    Parameters
    ----------
    program : Program
        Its observables are the strings of the sums.
    sums : PauliSums
    """

    def __init__(self, program: Program, sums: PauliSums):
        self.program = program
        self.sums = sums

    def __call__(self, W, operators, rng=None) -> np.ndarray:
        """Energies (n_rows,) of rows of weights, each under the Hamiltonian of its number."""
        return self._sum(self.program(W, None, rng), self.sums.matrix[operators], operators)

    def table(self, W) -> np.ndarray:
        """Energies (n_rows, n_operators) of each row of weights under each Hamiltonian."""
        return self.program(W) @ self.sums.matrix.T + self.sums.constant

    def forward(self, W, operators, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Energies (n_rows,) as in a call, and their slopes (n_rows, n_weights)."""
        values, pullback = self.program.forward(W, None, rng)
        coefficients = self.sums.matrix[operators]
        return self._sum(values, coefficients, operators), pullback(coefficients)[0]

    def _sum(self, values, coefficients, operators) -> np.ndarray:
        return np.einsum("nk,nk->n", values, coefficients) + self.sums.constant[operators]
