"""The affine map that every estimator applies to its features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.preprocessing import StandardScaler

from skqml.models.base.inputs import Standardizer


def fit(X, sample_weight=None, standardize=True, bandwidth=1.0, automatic=1.0):
    return Standardizer.fit(
        X, sample_weight, standardize=standardize, bandwidth=bandwidth, auto_bandwidth=lambda n_features: automatic
    )


NUMBERS = st.floats(-1e6, 1e6).map(lambda v: round(v, 3))
MATRICES = arrays(float, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6), elements=NUMBERS)


@given(X=MATRICES)
def test_rows_come_out_with_mean_zero_and_variance_one_or_zero(X):
    Z = fit(X).transform(X)
    assert np.isfinite(Z).all()
    np.testing.assert_allclose(Z.mean(axis=0), 0.0, atol=1e-5)
    variances = Z.var(axis=0)
    assert np.all((np.abs(variances - 1) < 1e-5) | (variances == 0))


@pytest.mark.parametrize("value", [-3.3, 0.1, 1e9, 0.0, 1e-300])
@pytest.mark.parametrize("n_samples", [1, 7, 150, 5000])
def test_constant_column_becomes_zero_for_any_value(value, n_samples):
    standardizer = fit(np.full((n_samples, 1), value))
    np.testing.assert_array_equal(standardizer.transform(np.array([[value], [value + 1.0]])), 0.0)


def test_column_that_is_constant_but_for_rows_of_weight_zero():
    X, weight = np.array([[0.1], [0.1], [0.1], [5.0]]), np.array([1.0, 2.0, 3.0, 0.0])
    np.testing.assert_array_equal(fit(X, weight).transform(X), 0.0)


def test_columns_that_are_nearly_zero():
    assert np.isfinite(fit(np.array([[1e-200], [0.0]])).transform(np.ones((1, 1)))).all()


def test_it_is_scikit_learns_scaler():
    X, weight = np.random.default_rng(0).normal(3, 2, (20, 3)), np.arange(20.0)
    for w in (None, weight):
        expected = StandardScaler().fit(X, sample_weight=w).transform(X)
        np.testing.assert_allclose(fit(X, w, bandwidth=0.7).transform(X), 0.7 * expected, atol=1e-12)


@given(X=MATRICES, seed=st.integers(0, 9))
def test_weights_are_repetitions(X, seed):
    weight = np.random.default_rng(seed).integers(0, 4, len(X))
    weight[0] = 1
    weighted, repeated = fit(X, weight.astype(float)), fit(np.repeat(X, weight, axis=0))
    np.testing.assert_allclose(weighted.mean, repeated.mean, rtol=1e-9, atol=1e-9)
    used = np.flatnonzero(weight)
    np.testing.assert_allclose(weighted.transform(X[used]), repeated.transform(X[used]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("bandwidth", "standardize", "factor"), [("auto", True, 0.3), ("auto", False, 1.0), (2, False, 2.0)]
)
def test_bandwidth(bandwidth, standardize, factor):
    X = np.array([[-1.0], [1.0]])  # standardised already
    np.testing.assert_allclose(fit(X, None, standardize, bandwidth, automatic=0.3).transform(X), factor * X)


@pytest.mark.parametrize("bandwidth", ["wide", 0, -1.0, np.inf, np.nan, True, None, [1.0]])
def test_bandwidth_that_is_none(bandwidth):
    with pytest.raises(ValueError, match="bandwidth must be 'auto' or a positive number"):
        fit(np.eye(2), bandwidth=bandwidth)
