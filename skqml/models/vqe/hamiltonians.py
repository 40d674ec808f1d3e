"""Hamiltonians: given as operators, or as rows of numbers that a function makes operators of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.sparse.linalg import eigsh
from scipy.spatial.distance import cdist

from ..._checks import check_count
from ...backends.terms import coefficients
from ...circuits import Observable
from ...engine.threads import one_blas_thread
from ...states import CheckedState, each, floats, instance

_CHAIN = 3  # qubits of the default Hamiltonian
_MAX_DENSE = 2**8  # states, up to which a dense eigenvalue problem is the quicker one
MAX_QUBITS = 20  # of an exact diagonalisation


def ising_chain(row, n_qubits=_CHAIN) -> Observable:
    """Transverse-field Ising chain with fields from a row of numbers.

    ``H = - sum_q Z_q Z_{q+1} - sum_q h_q X_q``, with ``h_q`` the sum of the features j = q modulo
    n_qubits; a row of fewer features than qubits is repeated.

    Parameters
    ----------
    row : array-like (n_features,)
    n_qubits : int, default=3

    Returns
    -------
    Observable

    Examples
    --------
    >>> from skqml.models.vqe.hamiltonians import ising_chain
    >>> ising_chain([0.5], n_qubits=2)
    Observable(('ZZ', 'IX', 'XI'), (-1.0, -0.5, -0.5))
    """
    row = np.asarray(row, dtype=float)
    index = np.arange(max(n_qubits, len(row)))
    fields = np.bincount(index % n_qubits, row[index % len(row)], n_qubits)
    bonds = ["I" * (n_qubits - 2 - q) + "ZZ" + "I" * q for q in range(n_qubits - 1)]
    flips = ["I" * (n_qubits - 1 - q) + "X" + "I" * q for q in range(n_qubits)]
    return Observable(bonds + flips, [-1.0] * len(bonds) + (-fields).tolist())


def are_operators(X) -> bool:
    """Whether X is an operator or holds one; nothing is turned into an array, which for an operator is 4^n numbers."""
    if _is_operator(X):
        return True
    if isinstance(X, np.ndarray) and X.dtype != object:
        return False
    return isinstance(X, (list, tuple, np.ndarray)) and any(_is_operator(x) for x in X)


def read_operators(X) -> tuple[Observable, ...]:
    """One operator, or a sequence of operators on equally many qubits, as observables.

    Raises
    ------
    TypeError
        If an element is neither a `SparsePauliOp` nor an `Observable`.
    ValueError
        For operators that are empty, not Hermitian or of different size.
    """
    operators = tuple(_read(x) for x in ([X] if _is_operator(X) else X))
    sizes = sorted({operator.n_qubits for operator in operators})
    if len(sizes) > 1:
        raise ValueError(f"Expected Hamiltonians on equally many qubits, got some on {sizes[0]} and on {sizes[-1]}.")
    return operators


def operators_of_rows(X, hamiltonian: Callable | None) -> tuple[Observable, ...]:
    """The operator that a function names for each row of an array; see `ising_chain` for None."""
    return read_operators([(hamiltonian or ising_chain)(row) for row in X])


def unit_of(operators: Sequence[Observable]) -> float:
    """A power of two as large as the largest coefficient, if its square could overflow or vanish; else 1."""
    largest = max(abs(c) for operator in operators for c in operator.coeffs)
    return 1.0 if 1e-100 < largest < 1e100 else float(np.ldexp(1.0, int(np.frexp(largest)[1]) - 1))


def in_units(operators: Sequence[Observable], unit: float) -> Sequence[Observable]:
    """Operators with their coefficients in units of a number."""
    if unit == 1.0:
        return operators
    return tuple(Observable(operator.labels, np.array(operator.coeffs) / unit) for operator in operators)


def _is_operator(x) -> bool:
    return isinstance(x, (SparsePauliOp, Observable))


def _read(x) -> Observable:
    if not _is_operator(x):
        raise TypeError(
            f"A Hamiltonian is a SparsePauliOp or an Observable, got {type(x).__name__}; make "
            "one with SparsePauliOp.from_operator or from_list."
        )
    if isinstance(x, SparsePauliOp) and not x.num_qubits:
        raise ValueError("Expected a Hamiltonian on at least one qubit, got an operator on none.")
    observable = x if isinstance(x, Observable) else Observable.from_operator(x)
    if not any(observable.coeffs):
        raise ValueError("Expected a Hamiltonian with at least one term, got an operator that is empty or zero.")
    return observable


@dataclass(frozen=True)
class PauliSums(CheckedState):
    """Hamiltonians as coefficients of the same Pauli strings.

    Attributes
    ----------
    labels : tuple of str
        Strings of at least one of them, without the identity.
    matrix : ndarray (n_operators, n_labels)
    constant : ndarray (n_operators,)
        Coefficients of the identity.
    """

    labels: tuple[str, ...]
    matrix: np.ndarray
    constant: np.ndarray

    _contents: ClassVar[dict] = {
        "labels": each(instance(str), "n_labels", kinds=(tuple,)),
        "matrix": floats("n_operators", "n_labels"),
        "constant": floats("n_operators"),
    }

    @classmethod
    def read(cls, operators: Sequence[Observable], labels: Sequence[str] = ()) -> "PauliSums":
        """Sums of some operators, with the given strings first."""
        plain = [
            o if set("".join(o.labels)) <= set("IXYZ") else Observable.from_operator(o.to_operator()) for o in operators
        ]
        terms = [list(zip(o.labels, o.coeffs, strict=True)) for o in plain]  # without projectors
        identity = "I" * operators[0].n_qubits
        (_, *found), matrix = coefficients(terms, [identity, *labels])
        return cls(tuple(found), matrix[:, 1:], matrix[:, 0])

    def take(self, rows) -> "PauliSums":
        """The sums of these numbers."""
        return PauliSums(self.labels, self.matrix[rows], self.constant[rows])

    def compare(self, other: "PauliSums") -> tuple[np.ndarray, np.ndarray]:
        """Distances (n_operators, n_others) of the coefficients to those of sums that begin with the same labels.

        Returns
        -------
        distances : ndarray of float
            Without the identity's coefficients.
        same : ndarray of bool
            Where all coefficients are equal.
        """
        more = len(other.labels) - len(self.labels)
        distances = cdist(np.pad(self.matrix, ((0, 0), (0, more))), other.matrix)
        return distances, (distances == 0) & (self.constant[:, None] == other.constant)

    @property
    def scale(self) -> np.ndarray:
        """Sum of the absolute coefficients (n_operators,), a bound on the energies without the constant; 1 for 0."""
        total = np.abs(self.matrix).sum(axis=1)
        return np.where(total > 0, total, 1.0)


@one_blas_thread()
def ground_energy(operator: Observable, n_electrons: int | None = None) -> float:
    """Lowest eigenvalue by diagonalisation, of all states or of those with so many qubits in state 1.

    Raises
    ------
    ValueError
        Above 20 qubits; for a number of electrons that the qubits cannot hold, or that the operator changes.
    """
    if operator.n_qubits > MAX_QUBITS:
        raise ValueError(
            f"Exact diagonalisation is for up to {MAX_QUBITS} qubits, got a Hamiltonian on {operator.n_qubits}."
        )
    H = operator.to_operator().to_matrix(sparse=True).tocsr()
    if n_electrons is not None:
        H = _of_electrons(H, operator.n_qubits, n_electrons)
    if H.shape[0] <= _MAX_DENSE:
        return float(np.linalg.eigvalsh(H.toarray())[0])
    # Without a start of its own ARPACK takes a random one.
    start = np.random.default_rng(0).normal(size=H.shape[0])
    return float(eigsh(H, k=1, which="SA", v0=start, return_eigenvectors=False)[0])


def _of_electrons(H, n_qubits: int, n_electrons: int):
    """Block of a sparse matrix (2^n, 2^n) on the states with so many ones."""
    check_count("n_electrons", n_electrons, 0, n_qubits, also="None or ")
    kept = np.bitwise_count(np.arange(2**n_qubits)) == n_electrons
    rows = H[kept]
    if abs(rows[:, ~kept]).sum() > 1e-9 * abs(rows).sum():
        raise ValueError(
            "Expected a Hamiltonian that keeps the number of qubits in state 1, as in the Jordan-Wigner mapping, got "
            "one that changes it; leave n_electrons out."
        )
    return rows[:, kept]
