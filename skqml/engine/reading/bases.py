"""Observables as groups of terms that one measurement basis settles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit

from .paulis import as_observables, read_terms

_BASIS = {"I": "I", "X": "X", "Y": "Y", "Z": "Z", "0": "Z", "1": "Z"}


@dataclass(frozen=True)
class CommutingTerms:
    """Terms that commute qubit by qubit, so that the counts of one circuit give them all.

    Attributes
    ----------
    basis : tuple of (int, str)
        Measured qubits with the Pauli matrix whose eigenbasis they are measured in.
    labels : tuple of str
        Terms over ``IXYZ01``.
    matrix : ndarray (n_observables, n_terms)
        Coefficients of the terms.
    """

    basis: tuple[tuple[int, str], ...]
    labels: tuple[str, ...]
    matrix: np.ndarray

    @property
    def qubits(self) -> list[int]:
        """Measured qubits."""
        return [q for q, _ in self.basis]

    def rotations(self, n_qubits: int) -> QuantumCircuit:
        """Gates that turn the group's basis into the basis of Z."""
        circuit = QuantumCircuit(n_qubits)
        for q, letter in self.basis:
            if letter == "Y":
                circuit.sdg(q)
            if letter in "XY":
                circuit.h(q)
        return circuit

    def values(self, bits: np.ndarray) -> np.ndarray:
        """What outcomes, bits (n_outcomes, n_measured), add to the observables (n_outcomes, n_observables)."""
        place = {q: k for k, q in enumerate(self.qubits)}
        terms = np.ones((len(bits), len(self.labels)))
        for term, label in zip(terms.T, self.labels, strict=True):
            for q, letter in enumerate(reversed(label)):
                if letter in "01":
                    term *= bits[:, place[q]] == int(letter)
                elif letter != "I":
                    term *= 1.0 - 2.0 * bits[:, place[q]]
        return terms @ self.matrix.T


def group_terms(observables: Sequence, n_qubits: int) -> tuple[list[CommutingTerms], np.ndarray]:
    """Groups of all terms of some observables, and the observables' constants.

    Terms that clash with most others come first, each into the first group that it fits.

    Returns
    -------
    groups : list of CommutingTerms
    constant : ndarray (n_observables,)
        Coefficients of the identity.
    """
    coefficients: dict[str, np.ndarray] = {}
    observables = as_observables(observables)
    for k, observable in enumerate(observables):
        for label, coefficient in read_terms(observable, n_qubits):
            row = coefficients.setdefault(label, np.zeros(len(observables)))
            row[k] += coefficient
    constant = coefficients.pop("I" * n_qubits, np.zeros(len(observables)))
    bases = {label: "".join(_BASIS[letter] for letter in label) for label in coefficients}
    groups: list[tuple[list[str], list[str]]] = []  # letters of the basis, labels
    for label in _most_clashes_first(bases):
        for letters, labels in groups:
            if all("I" in pair or pair[0] == pair[1] for pair in zip(letters, bases[label], strict=True)):
                letters[:] = [max(pair) for pair in zip(letters, bases[label], strict=True)]
                labels.append(label)
                break
        else:
            groups.append((list(bases[label]), [label]))
    return [_group(letters, labels, coefficients) for letters, labels in groups], constant


def _group(letters: list[str], labels: list[str], coefficients: dict[str, np.ndarray]) -> CommutingTerms:
    basis = tuple((q, letter) for q, letter in enumerate(reversed(letters)) if letter != "I")
    return CommutingTerms(basis, tuple(labels), np.array([coefficients[label] for label in labels]).T)


def _most_clashes_first(bases: dict[str, str]) -> list[str]:
    codes = np.array([["IXYZ".index(letter) for letter in basis] for basis in bases.values()])
    clashes = [int(((codes != row) & (codes > 0) & (row > 0)).any(axis=1).sum()) for row in codes]
    return [label for _, label in sorted(zip(clashes, bases, strict=True), key=lambda pair: -pair[0])]
