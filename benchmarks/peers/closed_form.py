"""The same states from the formula alone, in NumPy: the independent answer, and the input of the bare product."""

from itertools import combinations

import numpy as np


def states(X: np.ndarray) -> np.ndarray:
    """Return the states (D(x) H)^2 |0...0>, shape (n_samples, 2**n_features), qubit 0 as the lowest bit.

    D(x) is diagonal with phase sum_i 2 x_i b_i + sum_{i<j} 2 (pi - x_i) (pi - x_j) (b_i xor b_j) on the bit string b
    (Havlicek et al. 2019, Nature 567:209, in the sign convention of Qiskit).
    """
    n_qubits = X.shape[1]
    bits = (np.arange(2**n_qubits)[:, None] >> np.arange(n_qubits)) & 1
    phases = 2 * X @ bits.T
    for i, j in combinations(range(n_qubits), 2):
        phases += np.outer(2 * (np.pi - X[:, i]) * (np.pi - X[:, j]), bits[:, i] ^ bits[:, j])
    diagonal = np.exp(1j * phases)
    psi = diagonal / 2 ** (n_qubits / 2)
    return diagonal * _hadamard_all(psi, n_qubits)


def _hadamard_all(psi: np.ndarray, n_qubits: int) -> np.ndarray:
    for qubit in range(n_qubits):
        pairs = psi.reshape(len(psi), -1, 2, 2**qubit)
        low, high = pairs[:, :, 0], pairs[:, :, 1]
        psi = np.stack((low + high, low - high), axis=2).reshape(len(psi), -1)
    return psi / 2 ** (n_qubits / 2)


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples)."""
    S = states(X)
    return np.abs(S @ S.conj().T) ** 2
