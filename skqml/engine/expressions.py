"""Qiskit's parameter expressions as polynomials in parameters and function values."""

import ast
from collections.abc import Mapping
from functools import partial

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression

# A polynomial in numbered atoms: {(atom, atom, ...): coefficient}; the key () is the constant.
Polynomial = dict[tuple[int, ...], float]

_MAX_EXPANDED_POWER = 4  # higher powers become one atom, so that (x + 1)**50 does not explode


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
