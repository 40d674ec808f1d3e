"""One long series: cross-validated as stretches, and understood or refused in whatever shape it comes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score

from skqml import (
    FastWeightClassifier,
    FastWeightRegressor,
    QRNNCell,
    QRNNFeatures,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    make_stretches,
)

CELL = QRNNCell(4, 1, 2)
SEQUENCE_ESTIMATORS = [
    *(cls(CELL, n_reservoirs=2) for cls in (QRNNReservoirRegressor, QRNNReservoirClassifier, QRNNFeatures)),
    *(cls(3, 1, 2) for cls in (FastWeightRegressor, FastWeightClassifier)),
]


def waves(n_steps):
    t = np.arange(n_steps)
    return np.sin(0.4 * t) + 0.5 * np.sin(0.91 * t)


@settings(deadline=None, derandomize=True)
@given(st.integers(2, 60), st.integers(1, 8), st.integers(0, 10), st.integers(1, 2))
def test_each_target_behind_the_washout_is_the_next_step_and_counts_once(n_steps, n_stretches, washout, n_channels):
    series = np.arange(n_steps * n_channels).reshape(n_steps, n_channels)
    if n_steps < n_stretches + washout + 1:
        with pytest.raises(ValueError, match=f"at least {n_stretches + washout + 1} steps, got {n_steps}"):
            make_stretches(series, n_stretches, washout)
        return
    X, y = make_stretches(series, n_stretches, washout)
    np.testing.assert_array_equal(y, X + n_channels)
    used = y[:, washout:, 0].ravel()
    np.testing.assert_array_equal(used, series[n_steps - len(used) :, 0])
    assert n_steps - 1 - washout - len(used) < n_stretches


def test_a_long_series_is_cross_validated():
    X, y = make_stretches(waves(400), 8, washout=20)
    model = QRNNReservoirRegressor(CELL, n_reservoirs=4, washout=20, random_state=0)
    assert cross_val_score(model, X, y, cv=TimeSeriesSplit(4)).min() > 0.99
    search = GridSearchCV(model, {"input_scale": [0.1, 0.3]}, cv=TimeSeriesSplit(2)).fit(X, y)
    np.testing.assert_allclose(search.best_estimator_.forecast(3)[-1], waves(403)[-3:], atol=0.05)


def test_a_score_is_that_of_the_whole_series():
    """What came before a stretch is forgotten after its washout: the split changes no prediction of one model."""
    series = waves(400)
    X, y = make_stretches(series, 8, washout=80)
    model = QRNNReservoirRegressor(CELL, n_reservoirs=2, washout=80, random_state=0).fit(X[:4], y[:4])
    whole = model.predict(series[None, :-1, None])[0, -y[:, 80:].size :]
    np.testing.assert_allclose(model.predict(X)[:, 80:].ravel(), whole, atol=0.02)


@pytest.mark.parametrize("model", SEQUENCE_ESTIMATORS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("y", [np.zeros(1), np.zeros((1, 50))])
def test_a_row_of_one_long_series_is_refused_with_what_to_do(model, y):
    """X (1, n) is one row, of which nothing can be learned."""
    if is_classifier(model):
        y = y.ravel()[:1]
    with pytest.raises(ValueError, match=r"got 1 sample of 50 .*make_windows\(series, width\)"):
        model.fit(waves(50)[None], y)


def test_what_the_sentence_says_is_understood():
    X, y = waves(201)[None, :-1], waves(201)[None, 1:]
    model = QRNNReservoirRegressor(CELL, n_reservoirs=2, random_state=0).fit(X[:, :, None], y)
    assert model.score(X[:, :, None], y) > 0.9
    with pytest.raises(ValueError, match=r"give X\[:, :, None\]"):
        model.predict(X)
    with pytest.raises(ValueError, match=r"X.reshape\(1, -1, 1\)"):
        model.fit(X[None, :1, :1], y[:, :1])
    with pytest.raises(ValueError, match=r"\(n_sequences, n_steps, 2\).* give X\[None\]"):
        QRNNReservoirRegressor(CELL, n_reservoirs=2).fit(X.reshape(1, 100, 2), y[:, :100]).predict(X.reshape(100, 2))
