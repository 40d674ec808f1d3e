"""Probabilities of outcomes by strings of Z: the slow, correct default."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from .._checks import as_tuple, check_count, check_kind
from ..circuits.observables import product_of_letters
from ..engine.walsh import walsh
from .program import Probabilities

_MAX_MEASURED = 26  # qubits whose outcomes are listed


def all_bits(n: int) -> np.ndarray:
    """Bits (2**n, n) of the numbers 0 .. 2**n - 1, least bit first; refuse more than fit."""
    if n > _MAX_MEASURED:
        raise ValueError(
            f"Expected at most {_MAX_MEASURED} measured qubits, but got {n}, with 2**{n} outcomes; measure fewer, or "
            "draw shots with Aer(shots=...)."
        )
    return (np.arange(1 << n)[:, None] >> np.arange(n)) & 1


def measured(circuit, qubits) -> tuple[int, ...]:
    """The qubits of a circuit that are measured, as integers; refuse what is none, or given twice."""
    n_qubits = check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit").num_qubits
    found = tuple(check_count("qubits", q, 0, n_qubits - 1) for q in as_tuple("qubits", qubits))
    if not found or len(set(found)) < len(found):
        raise ValueError(f"qubits must be at least one, all different, got {found}.")
    return found


class StringProbabilities(Probabilities):
    """Probabilities from the expectation values of all strings of Z: any exact backend can.

    ``p(b) = 2^-m sum_s (-1)^(s.b) <Z^s>`` over the subsets s of the m measured qubits.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    qubits : sequence of int
    """

    def __init__(self, backend, circuit: QuantumCircuit, qubits: Sequence[int]):
        qubits = measured(circuit, qubits)
        self.bits = all_bits(len(qubits))
        subsets = [[q for q, bit in zip(qubits, row, strict=True) if bit] for row in self.bits]
        strings = [product_of_letters(circuit.num_qubits, dict.fromkeys(subset, "Z")) for subset in subsets]
        self._program = backend.compile(circuit, strings)

    def __call__(self, X, w=None) -> np.ndarray:
        return np.maximum(walsh(self._program(X, w)), 0.0) / len(self.bits)
