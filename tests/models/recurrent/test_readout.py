"""Ridge regression in one pass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from skqml.models.recurrent import RidgeReadout


def data(n_samples, n_features, n_targets=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(3.0, 2.0, (n_samples, n_features)) * np.logspace(-2, 1, n_features)
    return X, X @ rng.normal(size=(n_features, n_targets)) + 5 + 0.5 * rng.normal(size=(n_samples, n_targets))


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(2, 60), st.integers(1, 30), st.floats(1e-6, 10.0))
def test_is_ridge_of_standardised_columns(n_samples, n_features, alpha):
    """With fewer rows than features and with more."""
    X, Y = data(n_samples, n_features)
    ridge = make_pipeline(StandardScaler(), Ridge(alpha * n_samples)).fit(X, Y)
    np.testing.assert_allclose(
        RidgeReadout(alphas=[alpha]).fit(X, Y).predict(X), ridge.predict(X), rtol=1e-6, atol=1e-6 * np.abs(Y).max()
    )


@pytest.mark.parametrize(("n_samples", "n_features"), [(43, 6), (30, 50)])
def test_errors_are_those_of_refits(n_samples, n_features):
    """Cross-validation by sums equals fitting to the other folds and predicting the one left out.

    Columns are scaled by the rows of the other folds, as in a pipeline.
    """
    X, Y = data(n_samples, n_features)
    alphas = [1e-4, 1e-2, 1.0]
    readout = RidgeReadout(alphas).fit(X, Y)
    folds = np.arange(n_samples) % 5
    errors = []
    for alpha in alphas:
        squares = 0.0
        for k in range(5):
            train = folds != k
            ridge = make_pipeline(StandardScaler(), Ridge(alpha * train.sum())).fit(X[train], Y[train])
            squares += np.sum((ridge.predict(X[~train]) - Y[~train]) ** 2)
        errors.append(squares / n_samples)
    np.testing.assert_allclose(readout.errors_**2, errors, rtol=1e-6)
    assert readout.alpha_ == alphas[int(np.argmin(errors))]
    assert (readout.residual_deviation_**2).sum() == pytest.approx(min(errors))


def test_blocks_are_the_whole():
    X, Y = data(90, 7)
    whole, parts = RidgeReadout().fit(X, Y), RidgeReadout()
    for a in range(0, 90, 30):  # a multiple of the number of folds
        parts.partial_fit(X[a : a + 30], Y[a : a + 30])
    assert parts.alpha_ == whole.alpha_
    np.testing.assert_allclose(parts.coef_, whole.coef_, rtol=1e-6)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.integers(20, 60), st.integers(1, 40), st.floats(-6, 3), st.floats(0, 3), st.integers(0, 100))
def test_no_better_penalty_lies_beyond_the_grid(n_samples, n_features, noise, alike, seed):
    """A tenth and ten times the penalty chosen are no better, unless that is a limit of the docs: 1e-12 or 1e8."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) + 10**alike * rng.normal(size=(n_samples, 1))  # columns of one mind
    y = X[:, 0] + 10**noise * X.std() * rng.normal(size=n_samples)
    readout = RidgeReadout().fit(X, y)
    squares = [RidgeReadout([f * readout.alpha_]).fit(X, y).errors_[0] ** 2 for f in (0.1, 1.0, 10.0)]
    rounding = 1e-15 * y.var()  # of the sums: errors come out as small as 1e-16 of the variance
    assert squares[1] == pytest.approx(readout.errors_.min() ** 2, rel=1e-9, abs=rounding)
    if readout.alpha_ > 1e-12:
        assert squares[0] >= squares[1] * (1 - 1e-9) - rounding
    if readout.alpha_ < 1e8:
        assert squares[2] >= squares[1] * (1 - 1e-9) - rounding


def test_weak_signals_need_more_than_100():
    """Alike columns have a direction of large variance, which a weak signal is not worth following."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 200)) + 30 * rng.normal(size=(100, 1))
    alphas = [RidgeReadout().fit(X, y).alpha_ for y in rng.normal(size=(20, 100))]
    assert np.median(alphas) > 100


def test_errors_without_noise_are_those_of_the_rows():
    """Sums would drown them in rounding: an error of 1e-20 by least squares, for fewer rows than features."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 90)) * np.logspace(-3, 0, 90)
    readout = RidgeReadout().fit(X, X[:, -1])
    assert readout.errors_.min() < 1e-9


def test_memory_does_not_grow_with_rows():
    X, y = data(400, 5, 1)
    readout = RidgeReadout().partial_fit(X[:200], y[:200])
    before = readout._folds.sums.nbytes
    readout.partial_fit(X[200:], y[200:])
    assert readout._folds.sums.nbytes == before
    assert readout._folds.rows is None


def test_constant_columns_do_no_harm():
    X, y = data(40, 3, 1)
    X = np.hstack([X, np.full((40, 1), 7.0)])
    readout = RidgeReadout().fit(X, y.ravel())
    assert readout.coef_[3] == 0
    assert np.isfinite(readout.predict(X)).all()


@pytest.mark.parametrize("alphas", [[], [-1.0], [[1.0]], 0.5])
def test_penalties_are_positive_numbers(alphas):
    with pytest.raises(ValueError, match="alphas"):
        RidgeReadout(alphas).fit(*data(20, 2))


def test_folds_are_at_least_two():
    with pytest.raises(ValueError, match="n_folds"):
        RidgeReadout(n_folds=1).fit(*data(20, 2))


def test_passes_the_checks():
    failed = [d for d in check_estimator(RidgeReadout(), on_fail=None, on_skip=None) if d["status"] == "failed"]
    assert not failed


@pytest.mark.parametrize("exponent", [-900, -600, 510, 900])
@pytest.mark.parametrize("n_rows", [5, 40])
def test_targets_in_another_unit_give_the_same_fit_in_that_unit(n_rows, exponent):
    rng = np.random.default_rng(0)
    X, unit = rng.normal(size=(n_rows, 8)), 2.0**exponent
    y = X @ rng.normal(size=8) + rng.normal(size=n_rows)
    model, scaled = RidgeReadout().fit(X, y), RidgeReadout().fit(X, y * unit)
    assert scaled.alpha_ == model.alpha_
    np.testing.assert_array_equal(scaled.coef_ / unit, model.coef_)
    np.testing.assert_array_equal(scaled.predict(X) / unit, model.predict(X))


def test_a_reset_forgets_the_rows_before():
    """Those of another width too."""
    (X, Y), (other, y) = data(20, 2), data(30, 3)
    readout, fresh = RidgeReadout().fit(X, Y).partial_fit(other, y, reset=True), RidgeReadout().fit(other, y)
    np.testing.assert_array_equal(readout.coef_, fresh.coef_)
    assert readout.n_rows_ == len(other)
