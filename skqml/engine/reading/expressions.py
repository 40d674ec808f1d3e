"""Qiskit's parameter expressions as polynomials in parameters and function values."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression

from .spot_check import SpotCheck

# A polynomial in numbered atoms: {(atom, atom, ...): coefficient}; the key () is the constant.
Polynomial = dict[tuple[int, ...], float]
Ufunc = Callable[[Any], Any]

_MAX_EXPANDED_POWER = 4  # higher powers become one atom, so that (x + 1)**50 does not explode
_MAX_PRODUCT = 128  # monomials; a factor of longer products becomes one atom, so that they do not explode


def _power(exponent: float, u: np.ndarray) -> np.ndarray:
    return u**exponent


def _power_derivative(exponent: float, u: np.ndarray) -> np.ndarray:
    return exponent * u ** (exponent - 1.0)


def _reciprocal_root(u: np.ndarray) -> np.ndarray:
    return 1.0 / np.sqrt(1.0 - u * u)


def _minus(function: Ufunc, u: np.ndarray) -> np.ndarray:
    return -function(u)


def _tan_derivative(u: np.ndarray) -> np.ndarray:
    return 1.0 / np.cos(u) ** 2


def _atan_derivative(u: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + u * u)


# Each function with its derivative; named ones, because lambdas do not pickle.
_FUNCTIONS: dict[str, tuple[Ufunc, Ufunc]] = {
    "SIN": (np.sin, np.cos),
    "COS": (np.cos, partial(_minus, np.sin)),
    "TAN": (np.tan, _tan_derivative),
    "ASIN": (np.arcsin, _reciprocal_root),
    "ACOS": (np.arccos, partial(_minus, _reciprocal_root)),
    "ATAN": (np.arctan, _atan_derivative),
    "EXP": (np.exp, np.exp),
    "LOG": (np.log, np.reciprocal),
    "ABS": (np.abs, np.sign),
    "SIGN": (np.sign, np.zeros_like),
}
_IDENTITY: tuple[Ufunc, Ufunc] = (np.positive, np.ones_like)


def add(p: Polynomial, q: Polynomial, factor: float = 1.0) -> Polynomial:
    """Sum ``p + factor * q`` of two polynomials."""
    total = dict(p)
    for monomial, coefficient in q.items():
        total[monomial] = total.get(monomial, 0.0) + factor * coefficient
    return total


def _as_constant(p: Polynomial) -> float | None:
    return p.get((), 0.0) if all(not key or not value for key, value in p.items()) else None


class Function(NamedTuple):
    """A function of a polynomial, and its derivative."""

    value: Ufunc
    derivative: Ufunc
    argument: Polynomial


class Atoms:
    """Reads parameter expressions into polynomials over parameters and function values.

    Atoms ``0 .. n_inputs - 1`` are the parameters (data first, then weights); each further atom
    is a function of a polynomial in earlier atoms, so that a list of them is a program.

    Parameters
    ----------
    data, weights : sequence of Parameter
    """

    def __init__(self, data: Sequence[Parameter], weights: Sequence[Parameter] = ()):
        self.n_features, self.n_weights = len(data), len(weights)
        self.numbers = {p: k for k, p in enumerate([*data, *weights])}
        self.functions: list[Function] = []
        self._of_rows = set(range(self.n_features))
        self._known: dict[tuple, int] = {}
        self._check = SpotCheck(self.numbers)

    def is_of_rows(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial depends on data, so that each row has a value of its own."""
        return any(atom in self._of_rows for monomial in polynomial for atom in monomial)

    def read(self, expression: ParameterExpression | float) -> Polynomial:
        """Polynomial of an expression.

        Raises
        ------
        ValueError
            If the expression holds what is no real function known here, or if the polynomial is
            not what Qiskit's own evaluation gives.
        """
        if isinstance(expression, Parameter):
            return {(self.numbers[expression],): 1.0}
        if not isinstance(expression, ParameterExpression):
            return {(): float(expression)}
        try:
            polynomial = self._replay(expression)
        except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
            raise _unreadable(expression) from error
        if not self._check.agrees(expression, polynomial, self.functions):
            raise _unreadable(expression)
        return {monomial: c for monomial, c in polynomial.items() if c or not monomial}

    def _replay(self, expression: ParameterExpression) -> Polynomial:
        """The polynomial that the steps give by which Qiskit itself stores an expression.

        Its text is ambiguous: ``1/(-x*y)`` is printed as ``1/-x*y``. Each step takes operands of its own or, where it
        has none, earlier results; there is no recursion, however long the expression.
        """
        steps = expression._qpy_replay if expression.parameters else []
        if not steps:  # a parameter in an expression's clothes, or a number where all parameters have cancelled
            return self._operand(next((p for p in expression.parameters if expression == p), expression))
        stack: list[Polynomial] = []
        for step in steps:
            name = str(step.op).rpartition(".")[2]
            if name in _BINARY:
                second = stack.pop() if step.rhs is None else self._operand(step.rhs)
                first = stack.pop() if step.lhs is None else self._operand(step.lhs)
                stack.append(_BINARY[name](self, first, second))
                continue
            argument = stack.pop() if step.lhs is None else self._operand(step.lhs)
            stack.append(argument if name == "CONJ" else self._function(name, *_FUNCTIONS[name], argument))
        return stack.pop()  # what may lie below it are constants that Qiskit computed and then wrote out

    def _operand(self, value: ParameterExpression | float) -> Polynomial:
        return {(self.numbers[value],): 1.0} if isinstance(value, Parameter) else {(): float(value)}

    def multiply(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Product of two polynomials."""
        if len(p) * len(q) > _MAX_PRODUCT:
            p, q = (self._function("", *_IDENTITY, r) if len(r) > 1 else r for r in (p, q))
        product: Polynomial = {}
        for a, u in p.items():
            for b, v in q.items():
                key = tuple(sorted(a + b))
                product[key] = product.get(key, 0.0) + u * v
        return product

    def power(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """A polynomial to the power of another."""
        exponent = _as_constant(q)
        if exponent is not None:
            return self.raised(p, exponent)
        log_p = self._function("LOG", *_FUNCTIONS["LOG"], p)
        return self._function("EXP", *_FUNCTIONS["EXP"], self.multiply(q, log_p))

    def raised(self, p: Polynomial, exponent: float) -> Polynomial:
        """A polynomial to the power of a number."""
        constant = _as_constant(p)
        if constant is not None:
            return {(): float(constant**exponent)}  # TypeError for the root of a negative number
        if exponent in range(_MAX_EXPANDED_POWER + 1):
            return reduce(self.multiply, [p] * int(exponent), {(): 1.0})
        pair = partial(_power, exponent), partial(_power_derivative, exponent)
        return self._function(f"**{exponent!r}", *pair, p)

    def _function(self, name: str, value: Ufunc, derivative: Ufunc, argument: Polynomial) -> Polynomial:
        key = (name, tuple(sorted(argument.items())))
        if key not in self._known:
            self._known[key] = atom = len(self.numbers) + len(self.functions)
            self.functions.append(Function(value, derivative, argument))
            if self.is_of_rows(argument):
                self._of_rows.add(atom)
        return {(self._known[key],): 1.0}


_BINARY: dict[str, Callable[[Atoms, Polynomial, Polynomial], Polynomial]] = {
    "ADD": lambda atoms, p, q: add(p, q),
    "SUB": lambda atoms, p, q: add(p, q, -1.0),
    "RSUB": lambda atoms, p, q: add(q, p, -1.0),
    "MUL": Atoms.multiply,
    "DIV": lambda atoms, p, q: atoms.multiply(p, atoms.raised(q, -1.0)),
    "RDIV": lambda atoms, p, q: atoms.multiply(q, atoms.raised(p, -1.0)),
    "POW": Atoms.power,
    "RPOW": lambda atoms, p, q: atoms.power(q, p),
}


def _unreadable(expression: ParameterExpression) -> ValueError:
    text = str(expression)
    return ValueError(
        "Expected gate angles that are real functions made of +, -, *, /, **, sin, cos, tan, arcsin, arccos, arctan, "
        f"exp, log, abs and sign, but got '{text if len(text) < 200 else text[:200] + '...'}'; rewrite this angle."
    )
