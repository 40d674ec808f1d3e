"""Objects of SciPy as the arguments that they are made of."""

import numpy as np
import pytest
from scipy.interpolate import BSpline
from scipy.stats import loguniform

from skqml import parity
from skqml.files.scipy_objects import DistributionPart, SplinePart
from skqml.files.stand_ins import as_parts


@pytest.mark.parametrize("axis", [0, 1])
def test_splines_are_what_they_were(axis):
    """Along any axis, outside their knots too."""
    spline = BSpline(np.arange(8.0), np.random.default_rng(0).normal(size=(4, 4)), 3, extrapolate=False, axis=axis)
    again = SplinePart.read(SplinePart.written(spline))
    np.testing.assert_array_equal(again(np.linspace(-1, 8, 30)), spline(np.linspace(-1, 8, 30)))


@pytest.mark.parametrize(
    ("n_knots", "n_values", "degree"), [(5, 4, 3), (8, 2, 3), (8, 4, -1), (8, 4, 10**18), (0, 0, 0)]
)
def test_splines_that_read_outside_are_refused(n_knots, n_values, degree):
    """Knots, values and degree that do not go together."""
    with pytest.raises(ValueError, match="Expected the arrays of a spline"):
        SplinePart.read((np.arange(float(n_knots)), np.ones(n_values), degree, True, 0))


def test_distributions_are_what_they_were():
    """With the numbers that they were given, in files alone."""
    one = loguniform(0.1, b=10, scale=2)
    again = DistributionPart.read(DistributionPart.written(one))
    assert as_parts(one) is one
    np.testing.assert_array_equal(again.rvs(5, random_state=0), one.rvs(5, random_state=0))


@pytest.mark.parametrize(
    "content",
    [
        None,
        ("rv_histogram", [], {}),
        ("norm", [parity], {}),
        ("norm", [0.0], {"size": "1"}),
        ("norm", [0.0] * 5, {}),
        (["norm"], [], {}),
        ("__class__", [], {}),
    ],
    ids=range(7),
)
def test_what_is_no_distribution_is_refused(content):
    """Nothing is called but distributions of a list, with numbers."""
    with pytest.raises(ValueError, match="Expected name and numbers of a distribution") as caught:
        DistributionPart.read(content)
    assert "\n" not in str(caught.value)
