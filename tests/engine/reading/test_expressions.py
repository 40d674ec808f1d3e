"""Angles mean what Qiskit's own evaluation of them says, however they are built, and at any length."""

import pickle
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression, ParameterVector

from skqml import Exact, Noisy, all_z
from skqml.backends.aer import Aer
from skqml.backends.primitives import Primitive
from skqml.engine.reading.angles import Tape
from skqml.engine.reading.expressions import Atoms
from skqml.engine.reading.spot_check import SpotCheck
from tests.contracts.backends import sampler

X = [*ParameterVector("x", 2), Parameter("2x"), Parameter("lambda")]
BINARY = ["__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__"]
UNARY = ["__neg__", "sin", "cos", "tan", "arctan", "arcsin", "arccos", "exp", "log", "abs", "sign", "conjugate"]
numbers = st.floats(-3.0, 3.0).map(lambda v: round(v, 2)) | st.sampled_from([-2, -1, 1, 2, 3, 0.5])


def extended(inner):
    """Operations on smaller expressions, numbers among them, and substitutions."""
    operand = inner | numbers.filter(bool)
    return st.one_of(
        st.tuples(inner, st.sampled_from(BINARY), operand).map(lambda t: applied(getattr(t[0], t[1]), t[2])),
        st.tuples(inner, st.sampled_from(UNARY)).map(lambda t: applied(getattr(t[0], t[1]))),
        st.tuples(inner, numbers | inner).map(lambda t: applied(pow, *t)),
        st.tuples(numbers.filter(lambda v: v > 0), inner).map(lambda t: applied(pow, *t)),
        st.tuples(inner, inner).map(lambda t: applied(substituted, *t)),
    )


def substituted(outer, inner):
    return outer.assign(X[0], inner) if X[0] in outer.parameters else outer.assign(next(iter(outer.parameters)), inner)


def applied(operation, *operands):
    """What comes out, or None where Qiskit, which reckons at once with what is not free, divides by zero."""
    try:
        return operation(*operands)
    except ZeroDivisionError:
        return None


def is_free(expression):
    return isinstance(expression, ParameterExpression) and bool(expression.parameters)


expressions = st.recursive(st.sampled_from(X), lambda inner: extended(inner).filter(is_free), max_leaves=6)
points = arrays(float, 4, elements=st.floats(0.1, 2.0).map(lambda v: round(v, 3)))


def value(expression, point):
    atoms = Atoms(X)
    tape = Tape(atoms, [atoms.read(expression)])
    return tape.values(point[None, tape.inputs])[0, 0]


def by_qiskit(expression, point):
    try:
        return complex(expression.bind({p: point[X.index(p)] for p in expression.parameters}))
    except (ZeroDivisionError, RuntimeError):
        return np.nan


@settings(max_examples=200)
@given(expressions, points)
def test_an_expression_is_what_qiskit_makes_of_it(expression, point):
    """Or it is refused, or outside the real numbers: never another number."""
    expected = by_qiskit(expression, point)
    try:
        found = value(expression, point)
    except ValueError as error:
        assert "rewrite this angle" in str(error)
        return
    if np.isfinite(found) and np.isfinite(expected) and abs(expected) < 1e3:
        np.testing.assert_allclose(found, expected, atol=1e-6, rtol=1e-6)


BACKENDS = [Exact(), Noisy(), Aer(), Primitive(sampler, shots=100_000, random_state=0)]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda b: type(b).__name__)
@pytest.mark.parametrize(
    "shape",
    [lambda a, b: 1 / (-a * b), lambda a, b: b - 1 / (a * a), lambda a, b: 2 / (3 * a) / b, lambda a, b: (-a) ** 2 * b],
)
def test_signs_and_quotients_reach_every_backend(backend, shape):
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(1)
    circuit.rx(shape(*x), 0)
    rows = np.array([[0.8, 0.7], [-0.6, 1.1]])
    values = backend.compile(circuit, all_z(1))(rows)[:, 0]
    np.testing.assert_allclose(values, [np.cos(shape(*row)) for row in rows], atol=0.02 if backend.random else 1e-10)


def product_of_sums(n):
    a, b = ParameterVector("a", n), ParameterVector("b", n)
    return reduce(lambda p, q: p * q, [u + v for u, v in zip(a, b, strict=True)]), [*a, *b]


def long_sum(n):
    p = ParameterVector("p", n)
    return reduce(lambda u, v: u + v, p), list(p)


@pytest.mark.parametrize("built", [product_of_sums(24), long_sum(1500)], ids=["product of 24 sums", "1500 summands"])
def test_long_expressions(built):
    """A product of 24 sums has 16 million monomials, a sum of 1,500 parameters is as many levels deep."""
    expression, parameters = built
    point = np.linspace(0.3, 0.9, len(parameters))
    atoms = Atoms(parameters)
    tape = Tape(atoms, [atoms.read(expression)])
    expected = complex(expression.bind(dict(zip(parameters, point, strict=True)))).real
    np.testing.assert_allclose(tape.values(point[None, tape.inputs])[0, 0], expected, rtol=1e-12)
    assert len(pickle.dumps(tape)) < 2**17


def test_a_wrong_reading_is_refused():
    """Whatever the cause: here the meaning of a sum is changed under the reader's feet."""
    x = X[0]
    atoms = Atoms(X)
    check = SpotCheck(atoms.numbers)
    right = atoms.read(2 * x + x * X[1])
    assert check.agrees(2 * x + x * X[1], right, atoms.functions)
    for wrong in ({(0,): 2.0}, {(0,): 2.0, (0, 1): -1.0}, {(0,): 2.000001, (0, 1): 1.0}):
        assert not check.agrees(2 * x + x * X[1], wrong, atoms.functions)


@pytest.mark.parametrize("angle", [1j * X[0], X[0] + 2j, (X[0] * 1j).bind({X[0]: 1.0})], ids=str)
def test_angles_that_are_not_real(angle):
    with pytest.raises(ValueError, match="real functions"):
        Atoms(X).read(angle)
