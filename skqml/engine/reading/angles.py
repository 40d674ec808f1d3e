"""Angles of a whole batch of rows at once, with derivatives, from polynomials in atoms."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array

from .expressions import Atoms, Polynomial

_MAX_DENSE = 1_000_000  # entries; below this a dense product is quicker than a sparse one


def _quicker_form(matrix: csr_array):
    """The matrix as it multiplies quickest, dense unless it is large."""
    return matrix if np.prod(matrix.shape) > _MAX_DENSE else matrix.toarray()


class _Polynomials:
    """Values, tangents and cotangents of a list of polynomials over the columns of an array."""

    def __init__(self, polynomials: Sequence[Polynomial], columns: Mapping[int, int]):
        monomials = sorted({m for p in polynomials for m in p if m}, key=lambda m: (len(m), m))
        place = {m: k for k, m in enumerate(monomials)}
        self.constant = np.array([p.get((), 0.0) for p in polynomials])
        entries = [(place[m], k, v) for k, p in enumerate(polynomials) for m, v in p.items() if m]
        rows, cols, data = np.array(entries).T if entries else np.empty((3, 0))
        shape = len(monomials), len(polynomials)
        matrix = csr_array((data, (rows.astype(np.intp), cols.astype(np.intp))), shape=shape)
        self.matrix = _quicker_form(matrix)
        degrees = sorted({len(m) for m in monomials})
        self.factors = [
            np.array([[columns[a] for a in m] for m in monomials if len(m) == d], dtype=np.intp).T for d in degrees
        ]

    def __getstate__(self):
        return vars(self) | {"matrix": csr_array(self.matrix)}  # mostly zeros: a program stays small

    def __setstate__(self, state):
        vars(self).update(state)
        self.matrix = _quicker_form(self.matrix)

    def values(self, U):
        """Values (n_samples, n_polynomials) for the columns of U."""
        return self._monomials(U) @ self.matrix + self.constant

    def _monomials(self, U):
        parts = [U[:, f].prod(axis=1) if len(f) > 1 else U[:, f[0]] for f in self.factors]
        return np.concatenate([np.empty((len(U), 0)), *parts], axis=1)

    def _partials(self, U):
        """Yield, for each factor of each monomial, its column and the product of the others."""
        for f in self.factors:
            for k in range(len(f)):
                yield f[k], U[:, np.delete(f, k, axis=0)].prod(axis=1) if len(f) > 1 else 1.0

    def tangents(self, U, dU):
        """Derivative of the values in the direction dU."""
        parts, done = [], self._partials(U)
        for f in self.factors:
            parts.append(sum(dU[:, column] * rest for column, rest in (next(done) for _ in f)))
        return np.concatenate([np.empty((len(U), 0)), *parts], axis=1) @ self.matrix

    def add_cotangents(self, U, g, dU):
        """Add to dU the cotangents of the columns that belong to cotangents g of the values."""
        dM = g @ self.matrix.T
        start, done = 0, self._partials(U)
        for f in self.factors:
            part = dM[:, start : start + f.shape[1]]
            for column, rest in (next(done) for _ in f):
                if len(f) > 1:  # only then may a column come twice
                    np.add.at(dU.T, column, (part * rest).T)
                else:
                    dU[:, column] += part
            start += f.shape[1]


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
    """

    def __init__(self, atoms: Atoms, polynomials: Sequence[Polynomial]):
        n_inputs = len(atoms.numbers)
        needed = {a for p in polynomials for m in p for a in m}
        for k in range(len(atoms.functions) - 1, -1, -1):
            if n_inputs + k in needed:
                needed |= {a for m in atoms.functions[k][2] for a in m}
        self.inputs = np.array(sorted(a for a in needed if a < n_inputs), dtype=np.intp)
        columns = {int(a): k for k, a in enumerate(self.inputs)}
        self._functions = []
        for k, (function, derivative, argument) in enumerate(atoms.functions):
            if n_inputs + k in needed:
                self._functions.append((function, derivative, _Polynomials([argument], columns)))
                columns[n_inputs + k] = len(columns)
        self._outputs = _Polynomials(polynomials, columns)

    def inputs_from(self, X, w):
        """Columns U from the columns of X and from weights w alike for all rows."""
        of_data = self.inputs < X.shape[1]
        U = np.empty((len(X), len(self.inputs)))
        U[:, of_data] = X[:, self.inputs[of_data]]
        U[:, ~of_data] = w[self.inputs[~of_data] - X.shape[1]]
        return U

    def inputs_to(self, dU, n_features: int, n_weights: int):
        """Cotangents (dX, dw) from those of the columns U; dw is summed over rows."""
        of_data = self.inputs < n_features
        dX, dw = np.zeros((len(dU), n_features)), np.zeros(n_weights)
        dX[:, self.inputs[of_data]] = dU[:, of_data]
        dw[self.inputs[~of_data] - n_features] = dU[:, ~of_data].sum(axis=0)
        return dX, dw

    def _extend(self, U):
        for function, _, argument in self._functions:
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # reported as a bad angle
                U = np.concatenate([U, function(argument.values(U))], axis=1)
        return U

    def values(self, U):
        """Values (n_samples, n_polynomials) for parameters U (n_samples, n_inputs)."""
        with np.errstate(invalid="ignore", over="ignore"):  # infinity times 0: reported as a bad angle
            return self._outputs.values(self._extend(U))

    def tangents(self, U, dU):
        """Derivative of the values at U in the direction dU, same shape as the values."""
        full = self._extend(U)
        for _, derivative, argument in self._functions:
            U = full[:, : dU.shape[1]]
            step = derivative(argument.values(U)) * argument.tangents(U, dU)
            dU = np.concatenate([dU, step], axis=1)
        return self._outputs.tangents(full, dU)

    def cotangents(self, U, g):
        """Cotangents (n_samples, n_inputs) of the parameters for cotangents g of the values."""
        full = self._extend(U)
        dU = np.zeros_like(full)
        self._outputs.add_cotangents(full, g, dU)
        for k in range(len(self._functions) - 1, -1, -1):
            _, derivative, argument = self._functions[k]
            step = derivative(argument.values(full)) * dU[:, len(self.inputs) + k, None]
            argument.add_cotangents(full, step, dU)
        return dU[:, : len(self.inputs)]
