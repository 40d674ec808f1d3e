"""Objects of SciPy in estimators of others, as the arguments that they are made of.

Their own states are no plain data: a distribution holds code as text, and compiled code reads a spline where its
state says.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from .stand_ins import StandIn

_DISTRIBUTIONS = frozenset(
    "bernoulli beta binom cauchy chi2 expon gamma geom halfnorm invgamma laplace lognorm loguniform norm poisson "
    "powerlaw randint reciprocal t triang truncnorm uniform weibull_min".split()
)
_MOST_ARGUMENTS = 10


class _Foreign(StandIn):
    """Stands for an object in an estimator of others: in files alone, not in pickles and digests of ours."""

    kinds: ClassVar[tuple[str, ...]] = ()


class DistributionPart(_Foreign):
    """Stands for a distribution of `scipy.stats` with its numbers, such as ``loguniform(0.1, 10)``."""

    kinds = ("scipy.stats._distn_infrastructure.rv_frozen",)

    @staticmethod
    def written(value) -> tuple[str, list, dict[str, Any]]:
        """Return its name and arguments."""
        import scipy.stats

        name = value.dist.name
        if name not in _DISTRIBUTIONS or type(getattr(scipy.stats, name)) is not type(value.dist):
            raise TypeError(
                f"Expected one of the distributions {', '.join(sorted(_DISTRIBUTIONS))} of scipy.stats, got {name!r}, "
                "which is not in a file: give a list of values instead."
            )
        _check_numbers([*value.args, *value.kwds.values()])
        return name, list(value.args), dict(value.kwds)

    @staticmethod
    def read(content) -> Any:
        """Return the distribution."""
        import scipy.stats

        try:
            name, args, named = content
            if name not in _DISTRIBUTIONS:
                raise ValueError(f"no distribution {name!r} is known")
            _check_numbers([*args, *named.values()])
            return getattr(scipy.stats, name)(*args, **named)
        except Exception as error:  # whatever SciPy makes of what was given
            raise ValueError(f"Expected name and numbers of a distribution, but they are broken: {error}.") from error


class SplinePart(_Foreign):
    """Stands for a `BSpline` of `scipy.interpolate`."""

    kinds = ("scipy.interpolate._bsplines.BSpline",)

    @staticmethod
    def written(value) -> tuple:
        """Return knots, coefficients, degree, what holds outside the knots, and the axis."""
        return value.t, np.moveaxis(value.c, 0, value.axis), int(value.k), value.extrapolate, int(value.axis)

    @staticmethod
    def read(content) -> Any:
        """Return the spline, which SciPy checks as it is made."""
        from scipy.interpolate import BSpline

        try:
            knots, coefficients, degree, outside, axis = content
            for array in (knots, coefficients):
                if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or not np.isfinite(array).all():
                    raise ValueError("knots and coefficients are arrays of finite numbers")
            return BSpline(knots, coefficients, degree, outside, axis)
        except Exception as error:  # whatever SciPy makes of what was given
            raise ValueError(f"Expected the arrays of a spline, but they are broken: {error}.") from error


PARTS = (DistributionPart, SplinePart)


def _check_numbers(values: Iterable) -> None:
    given = list(values)
    if len(given) > _MOST_ARGUMENTS or not all(isinstance(one, (int, float, np.number)) for one in given):
        raise TypeError(
            f"Expected a distribution of at most {_MOST_ARGUMENTS} single numbers, got another, which no file "
            "holds: give a list of values instead."
        )
