"""Sums of labelled terms as coefficients of the same labels."""

from collections.abc import Iterable, Sequence

import numpy as np


def coefficients(
    sums: Sequence[Iterable[tuple[str, float]]], first: Iterable[str] = ()
) -> tuple[list[str], np.ndarray]:
    """Labels of all terms behind some first ones, and their coefficients (n_sums, n_labels)."""
    places = {label: k for k, label in enumerate(first)}
    found = [(row, places.setdefault(label, len(places)), c) for row, terms in enumerate(sums) for label, c in terms]
    matrix = np.zeros((len(sums), len(places)))
    for row, column, coefficient in found:
        matrix[row, column] += coefficient
    return list(places), matrix


def pauli_label(x: int, z: int, n_qubits: int) -> str:
    """The Pauli string of these masks."""
    return "".join("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in reversed(range(n_qubits)))
