"""Observables as Pauli strings and coefficients."""

from collections.abc import Sequence

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..._checks import as_tuple

# A letter as a sum of (x, z, coefficient): 0 and 1 are the projectors (1 +- Z) / 2.
_LETTERS = {
    "X": ((1, 0, 1.0),),
    "Y": ((1, 1, 1.0),),
    "Z": ((0, 1, 1.0),),
    "0": ((0, 0, 0.5), (0, 1, 0.5)),
    "1": ((0, 0, 0.5), (0, 1, -0.5)),
}

_MAX_PROJECTED = 20  # qubits of a projector, which is a sum of 2**20 strings


def as_observables(observables) -> tuple:
    """The observables of a sequence; one by itself, whose terms Qiskit would hand out, is a sequence of one."""
    return (observables,) if is_observable(observables) else as_tuple("observables", observables)


def is_observable(value) -> bool:
    """Whether a value is one observable, Qiskit's or ours."""
    return isinstance(value, SparsePauliOp) or (hasattr(value, "labels") and hasattr(value, "coeffs"))


def read_terms(observable, n_qubits: int) -> list[tuple[str, float]]:
    """Labels over IXYZ01 (rightmost letter: first qubit) and real coefficients."""
    if not is_observable(observable):
        raise TypeError(
            "observables must be SparsePauliOps or Observables, such as parity(n_qubits), alone or in a sequence, such "
            f"as all_z(n_qubits); got {type(observable).__name__} among them."
        )
    is_qiskits = isinstance(observable, SparsePauliOp)
    labels = observable.paulis.to_labels() if is_qiskits else observable.labels
    coeffs = np.asarray(observable.coeffs)
    if coeffs.dtype == object:
        raise TypeError("Expected observables of numbers for coefficients, but some are parameters; assign them.")
    if np.iscomplexobj(coeffs) and np.abs(np.imag(coeffs)).max(initial=0.0) > 1e-12:
        raise ValueError("Expected a Hermitian observable, but some coefficients are complex.")
    if not np.isfinite(coeffs).all():
        raise ValueError("Expected observables of finite coefficients, but some are NaN or infinite.")
    wrong = [label for label in labels if len(label) != n_qubits]
    if wrong:
        raise ValueError(
            f"Expected observables on the circuit's {n_qubits} qubits, but '{wrong[0]}' is on {len(wrong[0])}."
        )
    return list(zip(labels, np.real(coeffs).tolist(), strict=True))


def check_projectors(label: str) -> None:
    """Refuse a product whose projectors are a sum of more Pauli strings than anybody can wait for."""
    n_projected = label.count("0") + label.count("1")
    if n_projected > _MAX_PROJECTED:
        raise ValueError(
            f"Expected projectors on at most {_MAX_PROJECTED} qubits, but '{label}' is on {n_projected}, a sum of "
            f"2**{n_projected} Pauli strings; project fewer qubits (fidelities of wide circuits: a backend that has "
            "states, such as MPS, or a ProjectedKernel)."
        )


def read_observables(observables: Sequence, n_qubits: int) -> tuple[list[tuple[int, int]], np.ndarray, np.ndarray]:
    """All strings (x, z) of some observables, and their coefficients.

    Returns
    -------
    paulis : list of (x, z)
        Distinct strings without the identity; bit q belongs to qubit q.
    matrix : ndarray (n_observables, n_strings)
    constant : ndarray (n_observables,)
        Coefficients of the identity.
    """
    sums = [_sum_of_strings(read_terms(o, n_qubits)) for o in as_observables(observables)]
    paulis = sorted({pauli for total in sums for pauli in total if pauli != (0, 0)})
    place = {pauli: k for k, pauli in enumerate(paulis)}
    matrix = np.zeros((len(sums), len(paulis)))
    for row, total in zip(matrix, sums, strict=True):
        for pauli, coefficient in total.items():
            if pauli != (0, 0):
                row[place[pauli]] = coefficient
    return paulis, matrix, np.array([total.get((0, 0), 0.0) for total in sums])


def _sum_of_strings(terms: list[tuple[str, float]]) -> dict[tuple[int, int], float]:
    total: dict[tuple[int, int], float] = {}
    for label, coefficient in terms:
        check_projectors(label)
        strings = [(0, 0, coefficient)]
        for q, letter in enumerate(reversed(label)):
            if letter != "I":
                strings = [(x | a << q, z | b << q, c * d) for x, z, c in strings for a, b, d in _LETTERS[letter]]
        for x, z, value in strings:
            total[x, z] = total.get((x, z), 0.0) + value
    return total
