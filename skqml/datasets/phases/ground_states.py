"""Ground states of sums of operators."""

from collections.abc import Sequence

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import eigsh

from ..._checks import check_count, check_numbers

MOST_QUBITS = 14  # states of more take seconds each


def checked_couplings(couplings, n_samples, intervals, rng) -> np.ndarray:
    """Couplings (n_samples, n_intervals) as they are given, or uniform in their intervals."""
    if couplings is None:
        low, high = np.transpose(intervals)
        return rng.uniform(low, high, (check_count("n_samples", n_samples), len(low)))
    found = check_numbers("couplings", couplings, (2,))
    if not len(found) or found.shape[1] != len(intervals) or np.abs(found).max() > 1e6:
        raise ValueError(f"couplings must be rows of {len(intervals)} numbers of at most 1e6, got {found.shape}.")
    return found


def checked_qubits(n_qubits) -> int:
    """An even number of qubits: a chain of odd length has no ground state of its own in some phases."""
    if check_count("n_qubits", n_qubits, 4, MOST_QUBITS) % 2:
        raise ValueError(f"n_qubits must be even, got {n_qubits}.")
    return int(n_qubits)


def operator(letters: str, places: Sequence[Sequence[int]], n_qubits: int) -> csr_matrix:
    """The real matrix of a sum of Pauli strings of the same letters, at several places."""
    strings = [(letters, list(place), 1.0) for place in places]
    return csr_matrix(SparsePauliOp.from_sparse_list(strings, n_qubits).to_matrix(sparse=True).real)


def ground_states(terms: Sequence[csr_matrix], coefficients: np.ndarray) -> np.ndarray:
    """Lowest eigenvectors (n_samples, 2^n_qubits) of ``sum_k c_k H_k``, their largest amplitude being positive.

    Parameters
    ----------
    terms : sequence of csr_matrix
        Real symmetric matrices H_k.
    coefficients : ndarray (n_samples, n_terms)
    """
    start = np.random.default_rng(0).normal(size=terms[0].shape[0])  # it has a share of every symmetry
    S = [eigsh(sum(c * H for c, H in zip(row, terms, strict=True)), 1, which="SA", v0=start)[1] for row in coefficients]
    states = np.concatenate(S, axis=1).T
    largest = np.take_along_axis(states, np.abs(states).argmax(axis=1)[:, None], axis=1)
    return states * np.sign(largest)
