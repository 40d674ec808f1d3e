"""Observables: sums of products of Pauli matrices and projectors, in a light immutable object."""

from dataclasses import dataclass
from itertools import combinations, product
from numbers import Real

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from skqml._checks import as_tuple, check_count, check_numbers, shown

ALPHABET = "IXYZ01"
_EXPANSION = {"0": (("I", 0.5), ("Z", 0.5)), "1": (("I", 0.5), ("Z", -0.5))}


@dataclass(frozen=True, repr=False)
class Observable:
    """A Hermitian operator as a sum of labelled products.

    ``O = sum_j coeffs[j] labels[j]``, where a label has one letter a qubit, the rightmost for
    qubit 0: a Pauli matrix ``I X Y Z``, or a projector, ``0`` for ``|0><0|`` or ``1`` for ``|1><1|``.

    Unlike a `SparsePauliOp` it is hashable, and NumPy does not turn it into a dense matrix, so
    that it can be a parameter of an estimator and of a grid search.

    Parameters
    ----------
    labels : str or sequence of str
        Products of equal length.
    coeffs : float or sequence of float, default=1.0
        Real coefficients, one a label; a single number stands for all.

    Raises
    ------
    ValueError
        For letters outside ``IXYZ01``, labels of different length, no label at all, or
        coefficients that are not real, finite and one a label.

    Examples
    --------
    >>> from skqml.circuits.observables import Observable
    >>> Observable("ZI") + 0.5 * Observable("11")
    Observable(('ZI', '11'), (1.0, 0.5))
    >>> Observable("0").to_operator()
    SparsePauliOp(['I', 'Z'],
                  coeffs=[0.5+0.j, 0.5+0.j])
    """

    labels: tuple
    coeffs: tuple = 1.0

    def __post_init__(self):
        labels = (self.labels,) if isinstance(self.labels, str) else as_tuple("labels", self.labels)
        _check_labels(labels)
        # A frozen dataclass can only store what it has tidied in this way.
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "coeffs", _check_coeffs(self.coeffs, len(labels)))

    @classmethod
    def from_operator(cls, operator):
        """Return a `SparsePauliOp` as an observable.

        Parameters
        ----------
        operator : SparsePauliOp
            Hermitian, with numbers for coefficients.

        Returns
        -------
        Observable

        Raises
        ------
        TypeError
            If it is no `SparsePauliOp`.
        ValueError
            If a coefficient has an imaginary part above 1e-12 or is a parameter.
        """
        if not isinstance(operator, SparsePauliOp):
            raise TypeError(f"Expected operator to be a SparsePauliOp, got {type(operator).__name__}.")
        # Strings with phases (-iXY) carry them in the coefficients.
        labels, coeffs = zip(*operator.to_list(), strict=True)
        try:
            coeffs = np.asarray(coeffs, dtype=complex)
        except TypeError as error:
            raise ValueError("An observable has numbers for coefficients, got parameters; "
                             "assign them first.") from error
        if np.abs(coeffs.imag).max() > 1e-12:
            raise ValueError("An observable is Hermitian, but a coefficient of the operator has "
                             f"the imaginary part {coeffs.imag[np.abs(coeffs.imag).argmax()]:g}.")
        return cls(labels, coeffs.real)

    @property
    def n_qubits(self):
        """Number of qubits."""
        return len(self.labels[0])

    def to_operator(self):
        """Return the `SparsePauliOp` of the same matrix.

        Returns
        -------
        SparsePauliOp
            A projector on m qubits becomes 2^m Pauli strings; equal strings are added up.
        """
        terms = {}
        for label, coeff in zip(self.labels, self.coeffs, strict=True):
            for letters in product(*(_EXPANSION.get(c, ((c, 1.0),)) for c in label)):
                pauli = "".join(letter for letter, _ in letters)
                factor = np.prod([f for _, f in letters])
                terms[pauli] = terms.get(pauli, 0.0) + coeff * factor
        return SparsePauliOp.from_list(list(terms.items()))

    def __add__(self, other):
        if not isinstance(other, Observable):
            return NotImplemented
        return Observable(self.labels + other.labels, self.coeffs + other.coeffs)

    def __mul__(self, factor):
        if not isinstance(factor, Real):
            return NotImplemented
        return Observable(self.labels, tuple(float(factor) * c for c in self.coeffs))

    __rmul__ = __mul__

    def __neg__(self):
        return -1.0 * self

    def __sub__(self, other):
        return self + -1.0 * other if isinstance(other, Observable) else NotImplemented

    def __repr__(self):
        return f"Observable({self.labels!r}, {self.coeffs!r})"


def all_z(n_qubits):
    """Return Z of each qubit.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        One a qubit, qubit 0 first.

    Examples
    --------
    >>> from skqml.circuits.observables import all_z
    >>> [o.labels[0] for o in all_z(3)]
    ['IIZ', 'IZI', 'ZII']
    """
    return tuple(_pauli(n_qubits, {q: "Z"}) for q in range(check_count("n_qubits", n_qubits)))


def all_zz(n_qubits):
    """Return Z Z of each pair of qubits.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        n (n - 1) / 2 of them, in the order (0, 1), (0, 2), ..., (1, 2), ...

    Examples
    --------
    >>> from skqml.circuits.observables import all_zz
    >>> [o.labels[0] for o in all_zz(3)]
    ['IZZ', 'ZIZ', 'ZZI']
    """
    pairs = combinations(range(check_count("n_qubits", n_qubits)), 2)
    return tuple(_pauli(n_qubits, dict.fromkeys(pair, "Z")) for pair in pairs)


def all_paulis(n_qubits):
    """Return X, Y and Z of each qubit: what fixes every one-qubit reduced density matrix.

    ``rho_q = (I + <X_q> X + <Y_q> Y + <Z_q> Z) / 2``.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        X, Y, Z of qubit 0, then of qubit 1, ...

    Examples
    --------
    >>> from skqml.circuits.observables import all_paulis
    >>> [o.labels[0] for o in all_paulis(2)]
    ['IX', 'IY', 'IZ', 'XI', 'YI', 'ZI']
    """
    qubits = range(check_count("n_qubits", n_qubits))
    return tuple(_pauli(n_qubits, {q: letter}) for q in qubits for letter in "XYZ")


def parity(n_qubits):
    """Return the product of Z over all qubits.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        A single one, of value +1 on bit strings with an even number of ones, else -1.

    Examples
    --------
    >>> from skqml.circuits.observables import parity
    >>> parity(3)
    (Observable(('ZZZ',), (1.0,)),)
    """
    return (Observable("Z" * check_count("n_qubits", n_qubits)),)


def projectors(n_qubits, bitstrings=None):
    """Return the projectors on basis states, whose values are their probabilities.

    Parameters
    ----------
    n_qubits : int
    bitstrings : sequence of str, default=None
        Basis states, rightmost bit for qubit 0; all 2^n of them, in rising order, if None.

    Returns
    -------
    tuple of Observable

    Raises
    ------
    ValueError
        If a bit string has not ``n_qubits`` letters 0 or 1.

    Examples
    --------
    >>> from skqml.circuits.observables import projectors
    >>> [o.labels[0] for o in projectors(2)]
    ['00', '01', '10', '11']
    """
    n_qubits = check_count("n_qubits", n_qubits)
    if bitstrings is None:
        bitstrings = (format(k, f"0{n_qubits}b") for k in range(2**n_qubits))
    bitstrings = as_tuple("bitstrings", bitstrings)
    for bits in bitstrings:
        if not isinstance(bits, str) or len(bits) != n_qubits or set(bits) - set("01"):
            raise ValueError(f"Expected bitstrings of {n_qubits} letters 0 or 1, got {bits!r}.")
    return tuple(Observable(bits) for bits in bitstrings)


def _pauli(n_qubits, letters):
    """Return the product with the given letter on each qubit of a dict, else I."""
    return Observable("".join(letters.get(q, "I") for q in reversed(range(n_qubits))))


def _check_labels(labels):
    if not labels:
        raise ValueError("labels must hold at least one label, such as 'ZI', got none.")
    for label in labels:
        if not isinstance(label, str) or not label or set(label) - set(ALPHABET):
            raise ValueError(f"labels must have one letter of {ALPHABET} a qubit, got {shown(label)}.")
    if len({len(label) for label in labels}) > 1:
        raise ValueError(f"labels must have equal length, got {labels!r}.")


def _check_coeffs(coeffs, n_labels):
    coeffs = check_numbers("coeffs", coeffs, (0, 1))
    if coeffs.ndim == 0:
        return (float(coeffs),) * n_labels
    if coeffs.shape != (n_labels,):
        raise ValueError(f"coeffs must be one for each of {n_labels} labels, got an array of shape {coeffs.shape}.")
    return tuple(coeffs.tolist())
