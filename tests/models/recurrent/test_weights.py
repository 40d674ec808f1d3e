"""Weights of sequences: two of a sequence are one of weight 2, none is one of weight 0."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skqml.models.recurrent import (
    QRNNCell,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    RidgeReadout,
    pad_sequences,
)
from skqml.models.recurrent.training import AtSteps, MeanAndLast, ThroughTime

OPTIONS = {"cell": QRNNCell(n_qubits=3, n_inputs=1), "n_reservoirs": 2, "random_state": 0, "input_scale": 0.5}
RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(8, 14, 18)
KIND = np.arange(18) % 3
X = pad_sequences(
    [np.sin((0.4 + 0.3 * k) * (np.arange(n) + RNG.uniform(0, 9))) for n, k in zip(LENGTHS, KIND, strict=True)]
)
TARGETS = np.roll(np.nan_to_num(X[:, :, 0]), -1, axis=1)
WEIGHT = np.arange(18) // 3 % 3 + (KIND == 1)
READOUTS = [None, Ridge(0.1), make_pipeline(StandardScaler(), LogisticRegression(tol=1e-9, max_iter=1000))]


def rows(shape):
    """Rows, and targets of regressors, in one of the two shapes."""
    return (np.nan_to_num(X[:, :8, 0]), TARGETS[:, 8]) if shape == "rows" else (X, TARGETS)


def one_for_many(model, X, y, **options):
    """Models fitted to weighted sequences, and to each as many times as its weight says, in another order."""
    many = np.random.default_rng(1).permutation(np.repeat(np.arange(len(X)), WEIGHT))
    return clone(model).fit(X, y, sample_weight=WEIGHT, **options), clone(model).fit(X[many], y[many], **options)


@pytest.mark.parametrize("shape", ["rows", "sequences"])
@pytest.mark.parametrize("options", [{}, {"train_cell": True, "max_iter": 3}, {"readout": Ridge(0.1)}], ids=str)
def test_a_weight_is_a_repetition_for_regressors(shape, options):
    X, y = rows(shape)
    models = one_for_many(QRNNReservoirRegressor(**OPTIONS, washout=2).set_params(**options), X, y)
    np.testing.assert_allclose(*(model.predict(X) for model in models), atol=1e-6)


@pytest.mark.parametrize("shape", ["rows", "sequences"])
@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 0.0, 1: 2.0}], ids=str)
@pytest.mark.parametrize("readout", READOUTS, ids=["None", "Ridge", "LogisticRegression"])
def test_a_weight_is_a_repetition_for_classifiers(shape, class_weight, readout):
    model = QRNNReservoirClassifier(**OPTIONS, readout=readout, class_weight=class_weight)
    models = one_for_many(model, rows(shape)[0], KIND)
    for method in ("decision_function", "predict_proba") if readout is not READOUTS[1] else ("decision_function",):
        np.testing.assert_allclose(*(getattr(model, method)(rows(shape)[0]) for model in models), atol=1e-4)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_angles_are_trained_with_the_weights_of_classes(early_stopping):
    options = {"train_cell": True, "max_iter": 3, "early_stopping": early_stopping}
    balanced = QRNNReservoirClassifier(**OPTIONS, **options, class_weight="balanced").fit(X, KIND != 0)
    weight = np.where(KIND == 0, 18 / 12, 18 / 24)
    weighted = QRNNReservoirClassifier(**OPTIONS, **options).fit(X, KIND != 0, sample_weight=weight)
    plain = QRNNReservoirClassifier(**OPTIONS, **options).fit(X, KIND != 0)
    np.testing.assert_allclose(balanced.ensemble_.weights, weighted.ensemble_.weights, atol=1e-9)
    assert np.abs(balanced.ensemble_.weights - plain.ensemble_.weights).max() > 1e-6


@settings(deadline=None, max_examples=10, derandomize=True)
@given(st.integers(0, 10**6), st.integers(0, 2), st.booleans())
def test_gradient_through_time_with_weights(seed, n_held_out, pooled):
    """Against central differences."""
    rng = np.random.default_rng(seed)
    model = QRNNReservoirClassifier(**OPTIONS).fit(X[:6], KIND[:6])
    sequences = rng.normal(size=(6, 4, 1))
    used = np.ones((6, 4), dtype=bool)
    pool = MeanAndLast(used) if pooled else AtSteps(used & (np.arange(4) == 3))
    Y, weight = rng.normal(size=(6, 2)), rng.uniform(0.1, 3, 6)
    loss = ThroughTime(model.ensemble_, sequences, pool, np.zeros((6, 0)), Y, None, n_held_out, weight)
    w = model.ensemble_.weights.ravel()
    direction = rng.normal(size=w.shape)
    slope = (loss(w + 1e-5 * direction)[0] - loss(w - 1e-5 * direction)[0]) / 2e-5
    assert loss(w)[1] @ direction == pytest.approx(slope, rel=1e-4, abs=1e-7)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(3, 60), st.integers(1, 30), st.integers(0, 10**6))
def test_weighted_readout_is_weighted_ridge(n_samples, n_features, seed):
    rng = np.random.default_rng(seed)
    X, y, weight = rng.normal(size=(n_samples, n_features)), rng.normal(size=n_samples), rng.integers(0, 4, n_samples)
    weight[:2] += 1
    ridge = make_pipeline(StandardScaler(), Ridge(0.1 * weight.sum(), tol=1e-12))
    ridge.fit(X, y, standardscaler__sample_weight=weight, ridge__sample_weight=weight)
    readout = RidgeReadout(alphas=[0.1]).fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(readout.predict(X), ridge.predict(X), atol=1e-8)


def test_blocks_of_a_long_series_have_weights_of_their_own():
    series = np.cumsum(RNG.normal(size=(1, 121, 1)), axis=1)
    blocks = [(series[:, a : a + 40], series[:, a + 1 : a + 41, 0]) for a in (0, 40, 80)]
    model, plain = (QRNNReservoirRegressor(**OPTIONS, readout=RidgeReadout([1e-3])) for _ in range(2))
    for (x, y), weight in zip(blocks, (1.0, 2.0, 0.5), strict=True):
        model.partial_fit(x, y, sample_weight=[weight])
        plain.partial_fit(x, y)
    columns = np.concatenate([columns[0] for _, _, columns in plain._blocks(plain.past_.sequences)])
    inputs = StandardScaler().fit(columns, sample_weight=np.repeat([1.0, 2.0, 0.5], 40))
    weight = np.repeat([1.0, 2.0, 0.5], 40)
    ridge = Ridge(1e-3 * weight.sum(), tol=1e-12).fit(inputs.transform(columns), series[0, 1:, 0], sample_weight=weight)
    expected = ridge.predict(inputs.transform(columns))
    np.testing.assert_allclose(model.predict(series[:, :-1])[0], expected, atol=1e-6)
    assert np.abs(plain.predict(series[:, :-1]) - model.predict(series[:, :-1])).max() > 1e-4


@pytest.mark.parametrize("stepwise", [False, True])
def test_intervals_come_from_fits_with_the_same_weights(stepwise):
    """One weight for all changes nothing; forecasts are tried out in rows that count, if these are enough."""
    series = np.sin(0.3 * np.arange(80)) + 0.1 * RNG.normal(size=80)
    windows = np.lib.stride_tricks.sliding_window_view(series[:-1], 6)
    X, y = (series[None, :-1, None], series[None, 1:]) if stepwise else (windows, series[6:])
    plain, weighted = QRNNReservoirRegressor(**OPTIONS).fit(X, y), QRNNReservoirRegressor(**OPTIONS)
    weighted.fit(X, y, sample_weight=np.full(len(X), 3.0))
    intervals = [np.array(model.forecast(5, return_interval=True)) for model in (plain, weighted)]
    np.testing.assert_allclose(*intervals, rtol=1e-5)
    if not stepwise:
        late = weighted.fit(X, y, sample_weight=np.arange(len(X)) > 50)
        y_next, low, high = late.forecast(5, return_interval=True)
        np.testing.assert_allclose(y_next, plain.fit(X[51:], y[51:]).forecast(5), rtol=1e-5)
        assert ((low < y_next) & (y_next < high)).all()
        late.fit(X, y, sample_weight=np.arange(len(X)) > 65)
        assert np.isfinite(late.forecast(5)).all()
        with pytest.raises(ValueError, match="weights above 0"):
            late.forecast(5, return_interval=True)


def test_rows_of_weight_0_count_for_nothing():
    weight = (KIND != 2).astype(float)
    model = QRNNReservoirClassifier(**OPTIONS).fit(X, KIND, sample_weight=weight)
    other = QRNNReservoirClassifier(**OPTIONS).fit(X[KIND != 2], KIND[KIND != 2])
    assert list(model.classes_) == [0, 1]
    np.testing.assert_allclose(model.decision_function(X), other.decision_function(X), atol=1e-9)


def test_readouts_without_weights_say_so():
    class Bare(LinearRegression):
        def fit(self, X, y):
            return super().fit(X, y)

    with pytest.raises(ValueError, match="whose fit takes sample_weight"):
        QRNNReservoirRegressor(**OPTIONS, readout=Bare()).fit(X, TARGETS, sample_weight=WEIGHT)
    with pytest.raises(ValueError, match="whose fit takes sample_weight"):
        model = QRNNReservoirClassifier(**OPTIONS, class_weight="balanced", readout=make_pipeline(LinearSVC(), Bare()))
        model.fit(X, KIND)


@pytest.mark.parametrize("stepwise", [False, True])
def test_a_weight_in_a_score_is_a_repetition(stepwise):
    rng = np.random.default_rng(0)
    X, times = rng.normal(size=(6, 8, 1)), np.array([1, 2, 0, 3, 1, 2])
    y = X[:, :, 0] if stepwise else X[:, 0, 0]
    X = X if stepwise else X[:, :, 0]
    model = QRNNReservoirRegressor(n_reservoirs=1, washout=2, random_state=0).fit(X, y)
    many = np.repeat(np.arange(6), times)
    assert model.score(X, y, sample_weight=times) == pytest.approx(model.score(X[many], y[many]), abs=1e-12)
    assert model.score(X, y, sample_weight=np.ones(6)) == pytest.approx(model.score(X, y), abs=1e-12)
