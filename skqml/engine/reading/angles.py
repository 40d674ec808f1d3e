"""Angles of a whole batch of rows at once, with derivatives, from polynomials in atoms."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import groupby
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit
from scipy.sparse import csr_array

from ...states.checked import CheckedState
from ...states.rules import each, floats, instance
from ..preparation import quickest_index, split_preparation
from .expressions import Atoms, Polynomial
from .lower import flatten, is_free, split_parameters
from .unitary_part import unitary_part

_MAX_DENSE = 1_000_000  # entries; below this a dense product is quicker than a sparse one


def _quicker_form(matrix: csr_array) -> csr_array | np.ndarray:
    """The matrix as it multiplies quickest, dense unless it is large."""
    return matrix if np.prod(matrix.shape) > _MAX_DENSE else matrix.toarray()


class _Products:
    """Monomials of one degree: each is a product of that many columns.

    Parameters
    ----------
    factors : ndarray of int (degree, n_monomials)
        The columns to multiply.
    """

    def __init__(self, factors: np.ndarray):
        self.factors = factors

    def __len__(self) -> int:
        return self.factors.shape[1]

    def values(self, U: np.ndarray) -> np.ndarray:
        """Values (n_samples, n_monomials) for the columns of U."""
        return U[:, self.factors].prod(axis=1) if len(self.factors) > 1 else U[:, self.factors[0]]

    def tangents(self, U: np.ndarray, dU: np.ndarray) -> np.ndarray:
        """Derivatives of the values in the direction dU."""
        return reduce(np.add, (dU[:, column] * rest for column, rest in self._partials(U)))

    def add_pullback(self, U: np.ndarray, g: np.ndarray, dU: np.ndarray) -> None:
        """Add to dU the cotangents of the columns that belong to cotangents g of the values."""
        for column, rest in self._partials(U):
            if len(self.factors) > 1:  # only then may a column come twice
                np.add.at(dU.T, column, (g * rest).T)
            else:
                dU[:, column] += g

    def _partials(self, U: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray | float]]:
        """The k-th column of each monomial, and the derivative by it: the product of the others."""
        for k, column in enumerate(self.factors):
            yield column, U[:, np.delete(self.factors, k, axis=0)].prod(axis=1) if len(self.factors) > 1 else 1.0


class _Polynomials(CheckedState):
    """Values, tangents and cotangents of a list of polynomials over the columns of an array."""

    _contents: ClassVar[dict] = {
        "constant": floats("n_polynomials"),
        "matrix": instance(csr_array),
        "products": each(instance(_Products)),
    }

    def _check_whole(self) -> None:
        n_monomials = sum(map(len, self.products))
        if self.matrix.shape != (n_monomials, len(self.constant)) or not np.isfinite(self.matrix.data).all():
            raise ValueError(f"a matrix of shape {self.matrix.shape} for {n_monomials} monomials")

    def __init__(self, polynomials: Sequence[Polynomial], columns: Mapping[int, int]):
        monomials = sorted({m for p in polynomials for m in p if m}, key=lambda m: (len(m), m))
        self.constant = np.array([p.get((), 0.0) for p in polynomials])
        self.matrix = _quicker_form(_coefficients(polynomials, monomials))
        self.products = [
            _Products(np.array([[columns[a] for a in m] for m in same_degree], dtype=np.intp).T)
            for _, same_degree in groupby(monomials, key=len)
        ]

    def __getstate__(self) -> dict:
        return super().__getstate__() | {"matrix": csr_array(self.matrix)}  # mostly zeros: a program stays small

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        self.matrix = _quicker_form(self.matrix)

    @cached_property
    def _are_columns(self) -> bool:
        """Whether the monomials are the first columns, in their order."""
        n_monomials = self.matrix.shape[0]
        return all(np.array_equal(p.factors, np.arange(n_monomials)[None]) for p in self.products)

    @cached_property
    def _is_shifted(self) -> bool:
        return bool(self.constant.any())

    def is_linear(self, n_columns: int) -> bool:
        """Whether the values are the product of so many columns with the matrix, and constants."""
        return self._are_columns and self.matrix.shape[0] == n_columns

    def values(self, U: np.ndarray) -> np.ndarray:
        """Values (n_samples, n_polynomials) for the columns of U."""
        is_linear = self.is_linear(U.shape[1])
        values = U @ self.matrix if is_linear else self._combined(U, [p.values(U) for p in self.products])
        return values + self.constant if self._is_shifted else values

    def tangents(self, U: np.ndarray, dU: np.ndarray) -> np.ndarray:
        """Derivative of the values in the direction dU."""
        return self._combined(U, [p.tangents(U, dU) for p in self.products])

    def _combined(self, U: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate([np.empty((len(U), 0)), *parts], axis=1) @ self.matrix

    def add_pullback(self, U: np.ndarray, g: np.ndarray, dU: np.ndarray) -> None:
        """Add to dU the cotangents of the columns that belong to cotangents g of the values."""
        of_monomials, stop = g @ self.matrix.T, 0
        for products in self.products:
            start, stop = stop, stop + len(products)
            products.add_pullback(U, of_monomials[:, start:stop], dU)


def _coefficients(polynomials: Sequence[Polynomial], monomials: Sequence[tuple[int, ...]]) -> csr_array:
    """Matrix (n_monomials, n_polynomials) of the coefficients."""
    place = {m: k for k, m in enumerate(monomials)}
    entries = [(place[m], k, v) for k, p in enumerate(polynomials) for m, v in p.items() if m]
    rows, cols, data = np.array(entries).T if entries else np.empty((3, 0))
    return csr_array((data, (rows.astype(np.intp), cols.astype(np.intp))), shape=(len(monomials), len(polynomials)))


class Tape:
    """A list of polynomials over parameters and functions, evaluated for many rows at once.

    Parameters
    ----------
    atoms : Atoms
        The reader that made the polynomials.
    polynomials : list of Polynomial
        What is to be evaluated.

    Attributes
    ----------
    inputs : ndarray of int
        The parameters (as atom numbers) that the polynomials need: the columns of ``U``.
    is_linear : bool
        Whether all polynomials are of degree 1 at most, in parameters alone.
    """

    def __init__(self, atoms: Atoms, polynomials: Sequence[Polynomial]):
        self.n_features, self.n_weights = atoms.n_features, atoms.n_weights
        n_inputs, needed = len(atoms.numbers), _needed_atoms(atoms, polynomials)
        self.inputs = np.array([a for a in needed if a < n_inputs], dtype=np.intp)
        n_features = np.searchsorted(self.inputs, atoms.n_features)
        self._features = quickest_index(self.inputs[:n_features])
        self._weights = quickest_index(self.inputs[n_features:] - atoms.n_features)
        self._n_features = int(n_features)  # of the inputs
        self._are_features = len(self.inputs) == n_features == atoms.n_features  # all of them, and no weight
        columns = {a: k for k, a in enumerate(needed)}
        self._functions = [
            (function.value, function.derivative, _Polynomials([function.argument], columns))
            for function in (atoms.functions[a - n_inputs] for a in needed if a >= n_inputs)
        ]
        self._outputs = _Polynomials(polynomials, columns)
        self.is_linear = not self._functions and self._outputs.is_linear(len(self.inputs))

    @property
    def constant(self) -> np.ndarray:
        """Constants (n_polynomials,) of the polynomials."""
        return self._outputs.constant

    def matrix(self) -> np.ndarray:
        """Coefficients (n_features + n_weights, n_polynomials) of polynomials that are linear."""
        coefficients = np.zeros((self.n_features + self.n_weights, len(self.constant)))
        coefficients[self.inputs] = csr_array(self._outputs.matrix).toarray()
        return coefficients

    @property
    def size(self) -> int:
        """Multiplications that the polynomials of one row take, as a product with a matrix."""
        return int(np.prod(self._outputs.matrix.shape))

    def inputs_from(self, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        """Columns U from the columns of X and from weights w alike for all rows."""
        if self._are_features and self.is_linear:  # whose derivatives do not ask for U: X may change until then
            return X
        U = np.empty((len(X), len(self.inputs)))
        U[:, : self._n_features] = X[:, self._features]
        U[:, self._n_features :] = w[self._weights]
        return U

    def inputs_to(self, dU: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the columns U; dw is summed over rows."""
        dw = np.zeros(self.n_weights)
        if self._are_features:
            return dU, dw
        dX = np.zeros((len(dU), self.n_features))
        dX[:, self._features] = dU[:, : self._n_features]
        if self._n_features < len(self.inputs):
            # NumPy sums contiguous columns in pairs, which rounds less.
            dw[self._weights] = np.asfortranarray(dU[:, self._n_features :]).sum(axis=0)
        return dX, dw

    def _extend(self, U: np.ndarray) -> np.ndarray:
        """The columns U and, behind them, the functions."""
        for function, _, argument in self._functions:
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # reported as a bad angle
                U = np.concatenate([U, function(argument.values(U))], axis=1)
        return U

    def values(self, U: np.ndarray) -> np.ndarray:
        """Values (n_samples, n_polynomials) for parameters U (n_samples, n_inputs)."""
        with np.errstate(invalid="ignore", over="ignore"):  # infinity times 0: reported as a bad angle
            return self._outputs.values(self._extend(U))

    def tangents(self, U: np.ndarray, dU: np.ndarray) -> np.ndarray:
        """Derivative of the values at U in the direction dU, same shape as the values."""
        full = self._extend(U)
        for _, derivative, argument in self._functions:
            U = full[:, : dU.shape[1]]
            step = derivative(argument.values(U)) * argument.tangents(U, dU)
            dU = np.concatenate([dU, step], axis=1)
        return self._outputs.tangents(full, dU)

    def pullback(self, U: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Cotangents (n_samples, n_inputs) of the parameters for cotangents g of the values."""
        if self.is_linear:
            return g @ self._outputs.matrix.T
        full = self._extend(U)
        dU = np.zeros_like(full)
        self._outputs.add_pullback(full, g, dU)
        last_first = reversed(list(enumerate(self._functions, start=len(self.inputs))))
        for column, (_, derivative, argument) in last_first:
            step = derivative(argument.values(full)) * dU[:, column, None]
            argument.add_pullback(full, step, dU)
        return dU[:, : len(self.inputs)]


def _needed_atoms(atoms: Atoms, polynomials: Sequence[Polynomial]) -> list[int]:
    """The atoms in polynomials and in the functions that these need, ascending."""
    n_inputs, needed = len(atoms.numbers), {a for p in polynomials for m in p for a in m}
    for k in reversed(range(len(atoms.functions))):
        if n_inputs + k in needed:
            needed |= {a for m in atoms.functions[k].argument for a in m}
    return sorted(needed)


def free_angles(circuit: QuantumCircuit) -> Tape:
    """All angles that depend on data or weights, gate after gate."""
    data, weights = split_parameters(circuit)
    return _tape(circuit, Atoms(data, weights), is_free)


def data_angles(circuit: QuantumCircuit) -> Tape:
    """All angles that depend on data, gate after gate."""
    data, weights = split_parameters(circuit)
    own = set(data)
    return _tape(circuit, Atoms(data, weights), lambda angle: is_free(angle) and bool(angle.parameters & own))


def _tape(circuit, atoms, wanted) -> Tape:
    circuit = split_preparation(unitary_part(circuit))[1]  # amplitudes are no angles
    parameters = (p for operation, _ in flatten(circuit, keep_fixed=True) for p in operation.params)
    return Tape(atoms, [atoms.read(p) for p in parameters if wanted(p)])
