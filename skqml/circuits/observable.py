"""An observable in a light immutable object: what circuits, the engine and backends of users share."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from qiskit.quantum_info import SparsePauliOp

from .._checks import as_tuple, check_kind, check_numbers, is_number, shown
from ..states import CheckedState, each, instance, number

ALPHABET = "IXYZ01"
_EXPANSION = {"0": (("I", 0.5), ("Z", 0.5)), "1": (("I", 0.5), ("Z", -0.5))}


@dataclass(frozen=True, repr=False, init=False)
class Observable(CheckedState):
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

    labels: tuple[str, ...]
    coeffs: tuple[float, ...]

    _contents: ClassVar[dict] = {
        "labels": each(instance(str), kinds=(tuple,)),
        "coeffs": each(number(), kinds=(tuple,)),
    }

    def _check_whole(self):
        _check_labels(self.labels)
        _check_coeffs(self.coeffs, len(self.labels))

    def __init__(self, labels: str | Iterable[str], coeffs: ArrayLike = 1.0) -> None:
        labels = (labels,) if isinstance(labels, str) else as_tuple("labels", labels)
        _check_labels(labels)
        # A frozen dataclass can only store in this way.
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "coeffs", _check_coeffs(coeffs, len(labels)))

    @classmethod
    def from_operator(cls, operator) -> Self:
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
        check_kind("operator", operator, SparsePauliOp, "a SparsePauliOp")
        # Strings with phases (-iXY) carry them in the coefficients.
        labels, factors = zip(*operator.to_list(), strict=True)
        try:
            coeffs = np.asarray(factors, dtype=complex)
        except TypeError as error:
            raise ValueError(
                "An observable has numbers for coefficients, got parameters; assign them first."
            ) from error
        if np.abs(coeffs.imag).max() > 1e-12:
            raise ValueError(
                "An observable is Hermitian, but a coefficient of the operator has "
                f"the imaginary part {coeffs.imag[np.abs(coeffs.imag).argmax()]:g}."
            )
        return cls(labels, coeffs.real)

    @property
    def n_qubits(self) -> int:
        """Number of qubits."""
        return len(self.labels[0])

    def to_operator(self) -> SparsePauliOp:
        """Return the `SparsePauliOp` of the same matrix.

        Returns
        -------
        SparsePauliOp
            A projector on m qubits becomes 2^m Pauli strings; equal strings are added up.
        """
        terms: dict[str, float] = {}
        for label, coeff in zip(self.labels, self.coeffs, strict=True):
            for letters in product(*(_EXPANSION.get(c, ((c, 1.0),)) for c in label)):
                pauli = "".join(letter for letter, _ in letters)
                factor = prod(f for _, f in letters)
                terms[pauli] = terms.get(pauli, 0.0) + coeff * factor
        return SparsePauliOp.from_list(list(terms.items()))

    def __add__(self, other) -> "Observable":
        if not isinstance(other, Observable):
            return NotImplemented
        return Observable(self.labels + other.labels, self.coeffs + other.coeffs)

    def __mul__(self, factor) -> "Observable":
        if not is_number(factor):
            return NotImplemented
        return Observable(self.labels, tuple(float(factor) * c for c in self.coeffs))

    __rmul__ = __mul__

    def __neg__(self) -> "Observable":
        return -1.0 * self

    def __sub__(self, other) -> "Observable":
        return self + -1.0 * other if isinstance(other, Observable) else NotImplemented

    def __repr__(self) -> str:
        return f"Observable({self.labels!r}, {self.coeffs!r})"


def _check_labels(labels) -> None:
    if not labels:
        raise ValueError("labels must hold at least one label, such as 'ZI', got none.")
    for label in labels:
        if not isinstance(label, str) or not label or set(label) - set(ALPHABET):
            raise ValueError(f"labels must have one letter of {ALPHABET} a qubit, got {shown(label)}.")
    if len({len(label) for label in labels}) > 1:
        raise ValueError(f"labels must have equal length, got {labels!r}.")


def _check_coeffs(coeffs, n_labels) -> tuple[float, ...]:
    coeffs = check_numbers("coeffs", coeffs, (0, 1))
    if coeffs.ndim == 0:
        return (float(coeffs),) * n_labels
    if coeffs.shape != (n_labels,):
        raise ValueError(f"coeffs must be one for each of {n_labels} labels, got an array of shape {coeffs.shape}.")
    return tuple(coeffs.tolist())
