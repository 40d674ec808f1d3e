"""A second opinion: what was read from an expression against Qiskit's own evaluation of it."""

import math
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression

# Parameters are drawn from these intervals, the next where the function is not real in the one before, or so steep that
# rounding errors, and not its formula, decide.
_INTERVALS = ((0.2, 1.0), (-1.0, 1.0), (-4.0, 4.0), (0.1, 3.0), (1.0, 10.0), (-10.0, -1.0), (10.0, 1000.0))
_CLOSE = 1e-8  # relative: another function differs by far more at a random point, rounding by far less


class SpotCheck:
    """Compares polynomials of parameters and functions with expressions at random points.

    Parameters
    ----------
    numbers : mapping from Parameter to int
        The atom of each parameter.
    """

    def __init__(self, numbers: Mapping[Parameter, int]):
        self._numbers = numbers
        self._points: list[list[float]] = []  # values of all atoms, a list for each interval

    def agrees(self, expression: ParameterExpression, polynomial: Mapping, functions: Sequence[tuple]) -> bool:
        """Whether both give the same number at the first point where they can be compared, or else at most points.

        Parameters
        ----------
        expression : ParameterExpression
        polynomial : Polynomial
        functions : list of (function, derivative, argument)
            Of all atoms behind the parameters.

        Returns
        -------
        bool
            True as well where no point is in the domain of the function.
        """
        votes: list[bool] = []
        for k in range(len(_INTERVALS)):
            point = self._point(k, functions)
            value, size = _value(polynomial, point)
            expected = self._evaluated(expression, point) if math.isfinite(value) else None
            if expected is not None:
                votes.append(abs(value - expected) <= _CLOSE * size)
                if votes[0]:
                    return True
        return 2 * sum(votes) >= len(votes)

    def _point(self, k: int, functions: Sequence[tuple]) -> list[float]:
        if k == len(self._points):
            rng = Random(k)
            self._points.append([rng.uniform(*_INTERVALS[k]) for _ in self._numbers])
        point = self._points[k]
        for function, _, argument in functions[len(point) - len(self._numbers) :]:
            with np.errstate(all="ignore"):  # values that are not real come as NaN
                point.append(float(function(np.float64(_value(argument, point)[0]))))
        return point

    def _evaluated(self, expression: ParameterExpression, point: list[float]) -> complex | None:
        try:
            return complex(expression.bind({p: point[self._numbers[p]] for p in expression.parameters}))
        except (ZeroDivisionError, RuntimeError):  # Qiskit's words for infinity and NaN
            return None


def _value(polynomial: Mapping, point: list[float]) -> tuple[float, float]:
    """Value of a polynomial, and the sum of the sizes of its terms."""
    terms = [c * math.prod(map(point.__getitem__, monomial)) for monomial, c in polynomial.items()]
    return sum(terms), sum(map(abs, terms))
