"""Basis states of lowest energy: the least that a ground state has to reach."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from ...engine.walsh import walsh
from .hamiltonians import MAX_QUBITS, PauliSums


def lowest_basis_states(sums: PauliSums, n_qubits: int) -> tuple[np.ndarray, np.ndarray]:
    """Basis states at the lowest diagonal entries ``<b|H|b>`` of Hamiltonians; no matrix is made.

    Up to 20 qubits all entries are compared, by a Walsh-Hadamard transform of the coefficients of strings of Z. Above,
    qubits are flipped one by one from 0...0 on as long as that lowers the entry.

    Returns
    -------
    bits : ndarray of int (n_operators, n_qubits)
        Qubit 0 first.
    energies : ndarray (n_operators,)
    """
    diagonal = [k for k, label in enumerate(sums.labels) if not set(label) - set("IZ")]
    masks = np.array([[letter == "Z" for letter in reversed(sums.labels[k])] for k in diagonal], dtype=int)
    masks, coefficients = masks.reshape(-1, n_qubits), sums.matrix[:, diagonal]
    search = _by_transform if n_qubits <= MAX_QUBITS else _by_flips
    bits = np.array([search(masks, row) for row in coefficients])
    return bits, sums.constant + (coefficients * (-1.0) ** (bits @ masks.T)).sum(axis=1)


def warn_above(bound, energies, errors, slack) -> None:
    """Warn where energies (n,) lie above those of basis states, by more than some slack and three standard errors."""
    excess = energies - bound - 3 * np.nan_to_num(errors)
    above = excess > slack
    if above.any():
        warnings.warn(
            f"{above.sum()} of {len(above)} energies lie above that of the Hamiltonian's lowest basis state, which "
            f"needs no training, by up to {excess.max():.3g}; raise n_restarts or max_iter, take another ansatz, or "
            "mitigate the backend's noise.",
            ConvergenceWarning,
            stacklevel=2,
        )


def _by_transform(masks, coefficients) -> np.ndarray:
    n_qubits = masks.shape[1]
    entries = np.zeros(2**n_qubits)
    np.add.at(entries, masks @ (1 << np.arange(n_qubits)), coefficients)
    return (int(walsh(entries).argmin()) >> np.arange(n_qubits)) & 1


def _by_flips(masks, coefficients) -> np.ndarray:
    bits = np.zeros(masks.shape[1], dtype=int)
    while True:
        gains = masks.T @ (coefficients * (-1.0) ** (masks @ bits))  # half of what each flip takes off
        if gains.max(initial=0.0) <= 1e-12 * np.abs(coefficients).sum():
            return bits
        bits[gains.argmax()] ^= 1
