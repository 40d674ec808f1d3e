"""Probabilities of the outcomes when qubits are measured."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from .._checks import as_tuple, check_count, check_kind
from .backend import Backend, Probabilities
from .checks import as_rows, as_weights
from .lower import lower
from .passes import walsh
from .sweeps import Sweeps
from .tables import tabulate


def all_bits(n: int) -> np.ndarray:
    """Bits (2**n, n) of the numbers 0 .. 2**n - 1, least bit first."""
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

    def __init__(self, backend: Backend, circuit: QuantumCircuit, qubits: Sequence[int]):
        qubits = measured(circuit, qubits)
        self.bits = all_bits(len(qubits))
        strings = []
        for subset in self.bits:
            z = [q for q, bit in zip(qubits, subset, strict=True) if bit]
            term = ("Z" * len(z), z, 1.0)
            strings.append(SparsePauliOp.from_sparse_list([term], circuit.num_qubits))
        self._program = backend.compile(circuit, strings)

    def __call__(self, X, w=None) -> np.ndarray:
        return np.maximum(walsh(self._program(X, w)), 0.0) / len(self.bits)


class StateProbabilities(Probabilities):
    """Probabilities from amplitudes; qubits on which the measured ones do not depend are not run.

    Parameters
    ----------
    circuit : QuantumCircuit
    qubits : sequence of int
    threads, max_memory, dtype
        See `Sweeps`.
    """

    def __init__(self, circuit: QuantumCircuit, qubits: Sequence[int], threads, max_memory, dtype):
        qubits = measured(circuit, qubits)
        tables, strings = tabulate(lower(circuit), [(0, 1 << q) for q in qubits])
        self.sweeps = Sweeps(tables, threads, max_memory, dtype)
        masks, signs = np.array([(z, sign) for _, z, sign in strings]).T
        # CX, X and SWAP gates are not run: they only rename the outcomes.
        outcomes = np.arange(1 << tables.n_qubits)[:, None]
        self.bits = np.bitwise_count(outcomes & masks) & 1 ^ (signs < 0)

    def __call__(self, X, w=None) -> np.ndarray:
        t = self.sweeps.tables
        S = self.sweeps.amplitudes(as_rows(X, t.n_features), as_weights(w, t.n_weights))
        return np.einsum("npb,npb->nb", S, S, dtype=float)
