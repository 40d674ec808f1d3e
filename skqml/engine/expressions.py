"""Angles of a whole batch of rows from Qiskit's parameter expressions, with derivatives."""

import ast
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression
from scipy.sparse import csr_array

# A polynomial in numbered atoms: {(atom, atom, ...): coefficient}; the key () is the constant.
Polynomial = dict[tuple[int, ...], float]

_MAX_EXPANDED_POWER = 4  # higher powers become one atom, so that (x + 1)**50 does not explode


_MAX_DENSE = 1_000_000  # entries; below this a dense product is quicker than a sparse one


def _power(exponent: float, u):
    return u**exponent


def _power_derivative(exponent: float, u):
    return exponent * u ** (exponent - 1.0)


def _reciprocal_root(u):
    return 1.0 / np.sqrt(1.0 - u * u)


def _minus_reciprocal_root(u):
    return -_reciprocal_root(u)


def _minus_sin(u):
    return -np.sin(u)


def _tan_derivative(u):
    return 1.0 / np.cos(u) ** 2


def _atan_derivative(u):
    return 1.0 / (1.0 + u * u)


# Each function with its derivative; named ones, because lambdas do not pickle.
_FUNCTIONS = {
    "sin": (np.sin, np.cos),
    "cos": (np.cos, _minus_sin),
    "tan": (np.tan, _tan_derivative),
    "asin": (np.arcsin, _reciprocal_root),
    "acos": (np.arccos, _minus_reciprocal_root),
    "atan": (np.arctan, _atan_derivative),
    "exp": (np.exp, np.exp),
    "log": (np.log, np.reciprocal),
    "abs": (np.abs, np.sign),
    "sign": (np.sign, np.zeros_like),
}


def add(p: Polynomial, q: Polynomial, factor: float = 1.0) -> Polynomial:
    """Sum ``p + factor * q`` of two polynomials."""
    total = dict(p)
    for monomial, coefficient in q.items():
        total[monomial] = total.get(monomial, 0.0) + factor * coefficient
    return total


def _multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    product: Polynomial = {}
    for a, u in p.items():
        for b, v in q.items():
            key = tuple(sorted(a + b))
            product[key] = product.get(key, 0.0) + u * v
    return product


def _as_constant(p: Polynomial) -> float | None:
    return p.get((), 0.0) if all(not key or not value for key, value in p.items()) else None


class Atoms:
    """Reads parameter expressions into polynomials over parameters and function values.

    Atoms ``0 .. n_inputs - 1`` are the parameters (data first, then weights); each further atom
    is a function of a polynomial in earlier atoms, so that a list of them is a program.

    Parameters
    ----------
    numbers : mapping from Parameter to int
        The atom of each parameter.
    """

    def __init__(self, numbers: Mapping[Parameter, int]):
        self.numbers = dict(numbers)
        self.functions: list[tuple] = []  # (function, derivative, argument)
        self._known: dict[tuple, int] = {}
        self._canonical = {p: Parameter(f"_{k}") for p, k in self.numbers.items()}

    def read(self, expression: ParameterExpression | float) -> Polynomial:
        """Polynomial of an expression; a name such as ``2x`` or ``lambda`` is no obstacle."""
        if isinstance(expression, Parameter):
            return {(self.numbers[expression],): 1.0}
        if not isinstance(expression, ParameterExpression):
            return {(): float(expression)}
        names = {p: self._canonical[p] for p in expression.parameters}
        text = str(expression.subs(names))
        try:
            return self._node(ast.parse(text, mode="eval").body)
        except (SyntaxError, KeyError, TypeError) as error:
            raise ValueError(
                f"Expected gate angles that are real functions made of +, -, *, /, ** and "
                f"{', '.join(_FUNCTIONS)}, but got '{expression}'; rewrite this angle."
            ) from error

    def _node(self, node: ast.expr) -> Polynomial:
        match node:
            case ast.Constant(value=int() | float() as value):
                return {(): float(value)}
            case ast.Name(id=name):
                return {(int(name[1:]),): 1.0}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return add({}, self._node(operand), -1.0)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(self._node(left), op, self._node(right))
            case ast.Call(func=ast.Name(id="conj"), args=[argument]):
                return self._node(argument)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self._function(name, *_FUNCTIONS[name], self._node(argument))
        raise TypeError(ast.dump(node))

    def _binary(self, p: Polynomial, op: ast.operator, q: Polynomial) -> Polynomial:
        match op:
            case ast.Add():
                return add(p, q)
            case ast.Sub():
                return add(p, q, -1.0)
            case ast.Mult():
                return _multiply(p, q)
            case ast.Div():
                return _multiply(p, self._raise_to(q, -1.0))
            case ast.Pow():
                exponent = _as_constant(q)
                if exponent is not None:
                    return self._raise_to(p, exponent)
                log_p = self._function("log", *_FUNCTIONS["log"], p)
                return self._function("exp", *_FUNCTIONS["exp"], _multiply(q, log_p))
        raise TypeError(ast.dump(op))

    def _raise_to(self, p: Polynomial, exponent: float) -> Polynomial:
        constant = _as_constant(p)
        if constant is not None:
            return {(): constant**exponent}
        if exponent in range(_MAX_EXPANDED_POWER + 1):
            result: Polynomial = {(): 1.0}
            for _ in range(int(exponent)):
                result = _multiply(result, p)
            return result
        pair = partial(_power, exponent), partial(_power_derivative, exponent)
        return self._function(f"**{exponent!r}", *pair, p)

    def _function(self, name: str, function, derivative, argument: Polynomial) -> Polynomial:
        key = (name, tuple(sorted(argument.items())))
        if key not in self._known:
            self._known[key] = len(self.numbers) + len(self.functions)
            self.functions.append((function, derivative, argument))
        return {(self._known[key],): 1.0}


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
        self.matrix = matrix if np.prod(shape) > _MAX_DENSE else matrix.toarray()
        degrees = sorted({len(m) for m in monomials})
        self.factors = [
            np.array([[columns[a] for a in m] for m in monomials if len(m) == d], dtype=np.intp).T
            for d in degrees
        ]

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
                others = np.delete(f, k, axis=0)
                yield f[k], U[:, others].prod(axis=1)

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
            with np.errstate(invalid="ignore", divide="ignore"):  # reported as a bad angle
                U = np.concatenate([U, function(argument.values(U))], axis=1)
        return U

    def values(self, U):
        """Values (n_samples, n_polynomials) for parameters U (n_samples, n_inputs)."""
        with np.errstate(invalid="ignore"):  # infinity times 0: reported as a bad angle
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
