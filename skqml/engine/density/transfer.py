"""Pauli transfer matrices: what gates and channels do to expectation values of Pauli strings.

A state is the real vector r_P = Tr[P rho] over all Pauli strings P; a channel E is the real matrix
T_PQ = 2^-n Tr[P E(Q)]. The digit of a string at a qubit is 0, 1, 2, 3 for I, X, Z, Y (bit 0 for X,
bit 1 for Z), the first qubit the least digit.
"""

from collections.abc import Sequence
from functools import lru_cache, reduce

import numpy as np

X, Z, Y = 1, 2, 3
_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]])
_ROUNDING = 1e-15  # smaller entries are taken for zeros, which cost no time


@lru_cache(maxsize=4)
def strings(n_qubits: int) -> np.ndarray:
    """All Pauli strings as matrices (4**n_qubits, 2**n_qubits, 2**n_qubits)."""
    if n_qubits == 0:
        return np.ones((1, 1, 1), dtype=complex)
    rest = strings(n_qubits - 1)
    product = np.einsum("pab,qcd->pqacbd", _PAULIS, rest)
    return product.reshape(4 * len(rest), 2 * rest.shape[1], 2 * rest.shape[2])


def of_kraus(operators: Sequence[np.ndarray]) -> np.ndarray:
    """Transfer matrix of the channel sum_k K rho K^dagger, which preserves the trace."""
    size = len(operators[0])
    P = strings(size.bit_length() - 1)
    images = sum(K @ P @ np.conj(K).T for K in operators)
    T = (P.reshape(len(P), -1).conj() @ images.reshape(len(P), -1).T).real / size
    return tidy(T)


def tidy(T: np.ndarray) -> np.ndarray:
    """The matrix without rounding errors in its zeros and in the trace of what comes out."""
    T = np.where(np.abs(T) < _ROUNDING, 0.0, T)
    T[0] = 0.0
    T[0, 0] = 1.0
    return T


def embed(T: np.ndarray, qubits: Sequence[int], places: Sequence[int]) -> np.ndarray:
    """The matrix T of some qubits as one of more qubits, in the order of `places`."""
    if tuple(qubits) == tuple(places):
        return T
    n, rest = len(places), [q for q in places if q not in qubits]
    order = [*qubits, *rest]
    full = np.kron(np.eye(4 ** len(rest)), T).reshape((4,) * (2 * n))
    axes = [n - 1 - order.index(q) for q in reversed(places)]  # the last axis is the first qubit
    return full.transpose(axes + [n + a for a in axes]).reshape(4**n, 4**n)


def compose(maps: Sequence[tuple[np.ndarray, Sequence[int]]], places: Sequence[int]) -> np.ndarray:
    """Transfer matrix on `places` of some (matrix, qubits), the first acting first."""
    embedded = (embed(T, qubits, places) for T, qubits in maps)
    return tidy(reduce(lambda total, T: T @ total, embedded, np.eye(4 ** len(places))))


def cost(T: np.ndarray) -> float:
    """Operations for one entry of a state: a load, a store, and the entries that are not zero."""
    return 2.0 + np.count_nonzero(T) / len(T)
