"""Extrapolators against the curves they assume.

Statistical bounds are set so that a correct program fails for one seed in a million at most; seeds are fixed.
"""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom, t
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LinearRegression

from skqml.mitigation import exponential, linear, neural_network, poly_exponential, polynomial, richardson
from skqml.mitigation.extrapolation import is_linear, scales_needed
from skqml.mitigation.regressors import regress

THREE = np.array([1.0, 2.0, 3.0])
EIGHT = np.array([1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.5, 7.0])
ALL = [linear, polynomial, richardson, exponential, poly_exponential]
SMALL = partial(neural_network, hidden_layer_sizes=(2,), n_networks=50)
WITH_NETWORK = [*ALL, SMALL, partial(regress, regressor=LinearRegression())]

numbers = st.floats(-2.0, 2.0).map(lambda v: round(v, 3))


@given(st.integers(1, 5), arrays(float, (5, 3), elements=numbers))
def test_richardson_is_exact_on_polynomials(n, coefficients):
    scales = EIGHT[:n]
    values = np.vander(scales, n, increasing=True) @ coefficients[:n]
    np.testing.assert_allclose(richardson(scales, values)[0], coefficients[0], atol=1e-9)


@given(arrays(float, (3, 2, 2), elements=numbers), st.booleans())
def test_polynomials_are_exact_on_polynomials(coefficients, weighted):
    values = np.einsum("sk,kij->sij", np.vander(EIGHT, 3, increasing=True), coefficients)
    errors = np.linspace(0.1, 0.3, 8)[:, None, None] * np.ones((2, 2)) if weighted else None
    np.testing.assert_allclose(polynomial(EIGHT, values, errors)[0], coefficients[0], atol=1e-9)
    straight = np.einsum("sk,kij->sij", np.vander(EIGHT, 2, increasing=True), coefficients[:2])
    np.testing.assert_allclose(linear(EIGHT, straight, errors)[0], coefficients[0], atol=1e-9)


@pytest.mark.parametrize("scales", [THREE, np.array([1.0, 3.0, 5.0]), EIGHT, EIGHT / 200])
@pytest.mark.parametrize("weighted", [False, True])
def test_exponentials_are_exact_on_exponentials(scales, weighted):
    rng = np.random.default_rng(0)
    a, b, c = rng.uniform(-1, 1, 50), rng.uniform(0.1, 1, 50) * rng.choice([-1, 1], 50), rng.uniform(0.05, 3, 50)
    values = a + b * np.exp(-c / np.ptp(scales) * scales[:, None])
    errors = rng.uniform(0.01, 0.02, values.shape) if weighted else None
    value, error = exponential(scales, values, errors)
    np.testing.assert_allclose(value, a + b, atol=1e-9)
    assert (error > 1e-3).all() if weighted else (error < 1e-9).all()


def test_poly_exponential_is_exact_on_its_own_curves():
    q = np.array([[0.2, -0.1], [-0.3, -0.2], [-0.05, 0.01]])
    values = 0.1 - np.exp(np.vander(EIGHT, 3, increasing=True) @ q)
    np.testing.assert_allclose(poly_exponential(EIGHT, values, asymptote=0.1)[0], 0.1 - np.exp(q[0]), atol=1e-9)
    simple = partial(poly_exponential, degree=1)
    np.testing.assert_allclose(simple([1, 2], 2 * np.exp([-0.3, -0.6]))[0], 2.0, atol=1e-12)


@pytest.mark.parametrize(
    "values",
    [[0.5, 0.6, 0.5], [0, 0, 0], [1, 0.9, 0], [0.3, 0.2, 0.1], [0.5, 0.1, 0.1], [-1, 1, 1e-9], [1, 0, -1]],
)
@pytest.mark.parametrize("errors", [None, [0.01, 0.0, 0.02], [0.0, 0.0, 0.0]])
@pytest.mark.parametrize("extrapolate", ALL)
def test_any_values_have_a_finite_limit(extrapolate, values, errors):
    value, error = extrapolate(THREE, values, errors)
    assert np.isfinite([value, error]).all()
    assert abs(value) < 200
    assert error >= 0


def test_without_an_exponential_the_limit_is_that_of_a_line_or_a_polynomial():
    turning = np.array([0.5, 0.6, 0.4])
    np.testing.assert_allclose(exponential(THREE, turning), linear(THREE, turning), atol=1e-12)
    np.testing.assert_allclose(poly_exponential(THREE, turning - 0.5), polynomial(THREE, turning - 0.5), atol=1e-12)
    straight = np.array([0.5, 0.4, 0.3])
    np.testing.assert_allclose(exponential(THREE, straight)[0], 0.6, atol=1e-12)


@pytest.mark.parametrize("extrapolate", WITH_NETWORK)
def test_entries_are_extrapolated_each_on_its_own(extrapolate):
    rng = np.random.default_rng(1)
    values, errors = rng.uniform(0.2, 1, (8, 2, 2)), rng.uniform(0.01, 0.1, (8, 2, 2))
    value, error = extrapolate(EIGHT, values, errors)
    assert value.shape == error.shape == (2, 2)
    one = extrapolate(EIGHT, values[:, 1, 0], errors[:, 1, 0])
    np.testing.assert_allclose(one, [value[1, 0], error[1, 0]], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("extrapolate", "curve"),
    [
        (richardson, np.square),
        (polynomial, np.square),
        (exponential, lambda s: 0.1 - 0.8 * np.exp(-0.1 * s)),
        (poly_exponential, lambda s: np.exp(-0.1 * s - 0.02 * s**2)),
    ],
)
def test_shifting_the_scales_evaluates_the_same_fit_elsewhere(extrapolate, curve):
    for s in (-1.0, 0.5, 2.0, 6.0):
        np.testing.assert_allclose(extrapolate(THREE - s, curve(THREE))[0], curve(s), atol=1e-9)


def scattered(curve, scales, sigma, n=4000, seed=0):
    return curve(scales)[:, None] + sigma[:, None] * np.random.default_rng(seed).normal(size=(len(scales), n))


CURVES = {
    linear: (lambda s: 0.9 - 0.05 * s, EIGHT),
    polynomial: (lambda s: 0.9 - 0.1 * s + 0.004 * s**2, EIGHT),
    richardson: (lambda s: 0.9 - 0.1 * s + 0.004 * s**2, THREE),
    poly_exponential: (lambda s: np.exp(-0.1 - 0.1 * s), EIGHT),
    exponential: (lambda s: 0.1 + 0.8 * np.exp(-0.4 * s), EIGHT),
}


@pytest.mark.parametrize("extrapolate", CURVES, ids=lambda f: f.__name__)
def test_two_errors_hold_the_limit_as_often_as_they_say(extrapolate):
    """At least 95.4 per cent where the model is true: points that scatter more by chance make errors larger."""
    curve, scales = CURVES[extrapolate]
    sigma = np.linspace(0.002, 0.005, len(scales))
    values = scattered(curve, scales, sigma)
    value, error = extrapolate(scales, values, np.broadcast_to(sigma[:, None], values.shape))
    held = (np.abs(value - curve(0.0)) < 2 * error).sum()
    assert held > binom.ppf(1e-6, 4000, 0.9545 if extrapolate is not exponential else 0.945)
    if extrapolate is richardson:
        assert held < binom.ppf(1 - 1e-6, 4000, 0.9545)
    assert 0.7 < np.std(value) / np.median(error) < 1.3


def test_errors_from_residuals_follow_student():
    curve = CURVES[linear][0]
    values = scattered(curve, EIGHT, np.full(8, 0.01))
    value, error = linear(EIGHT, values)
    held = (np.abs(value - 0.9) < t.ppf(0.95, 6) * error).sum()
    assert binom.ppf(1e-6, 4000, 0.9) < held < binom.ppf(1 - 1e-6, 4000, 0.9)


def test_points_with_small_errors_weigh_more():
    values, errors = np.array([0.9, 0.8, 0.9]), np.array([0.001, 0.001, 0.1])
    assert abs(linear(THREE, values, errors)[0] - 1.0) < 0.01
    assert abs(linear(THREE, values)[0] - 1.0) > 0.1


def test_regressors_extrapolate():
    value, error = regress(EIGHT, 1 - 0.1 * EIGHT, regressor=LinearRegression())
    np.testing.assert_allclose([value, error], [1.0, np.nan], atol=1e-9)
    errors = np.linspace(0.01, 0.02, 8)
    line = regress(EIGHT, 1 - 0.1 * EIGHT, errors, regressor=LinearRegression())
    np.testing.assert_allclose(line, linear(EIGHT, 1 - 0.1 * EIGHT, errors), atol=1e-12)
    process = GaussianProcessRegressor(RBF(5.0), alpha=1e-8, optimizer=None)
    assert abs(regress(EIGHT, np.exp(-0.1 * EIGHT), regressor=process)[0] - 1) < 0.02


def test_a_network_extrapolates_a_smooth_curve():
    rates = np.linspace(0.005, 0.05, 10)
    values = np.stack([np.exp(-10 * rates), 0.3 - 0.5 * np.exp(-20 * rates)], axis=1)
    value, error = neural_network(rates, values)
    raw = np.abs(values[0] - [1.0, -0.2])
    assert (np.abs(value - [1.0, -0.2]) < raw / 3).all()
    assert np.isnan(error).all()
    once = partial(neural_network, rates, values[:, 0], n_networks=50)
    assert once()[0] == once()[0]
    assert once(random_state=7)[0] != once()[0]


def test_extrapolators_say_what_they_need():
    needs = [scales_needed(f) for f in (linear, polynomial, richardson, exponential, poly_exponential, neural_network)]
    assert needs == [2, 3, 1, 3, 3, 2]
    assert scales_needed(partial(polynomial, degree=4)) == 5
    assert scales_needed(lambda scales, values, errors: (values[0], errors)) == 1
    assert [is_linear(f) for f in (linear, partial(polynomial, degree=1), exponential)] == [True, True, False]


@pytest.mark.parametrize(
    ("extrapolate", "scales"),
    [
        (richardson, [1, 1, 3]),
        (linear, [1]),
        (polynomial, [1, 2]),
        (exponential, [1, 2, 2]),
        (poly_exponential, [1, 3]),
        (neural_network, [1]),
        (partial(polynomial, degree=3), [1, 2, 3]),
    ],
)
def test_too_few_scales_are_refused(extrapolate, scales):
    with pytest.raises(ValueError, match="distinct noise scales"):
        extrapolate(scales, np.ones(len(scales)))
