"""The reservoir classifier and the transformer."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml.models.recurrent import (
    QRNNCell,
    QRNNFeatures,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    pad_sequences,
)

CELL = QRNNCell(n_qubits=4, n_inputs=1, n_layers=2)
OPTIONS = {"cell": CELL, "n_reservoirs": 2, "random_state": 0, "input_scale": 0.5}


def waves(n_sequences=40, seed=0):
    """Padded waves of two channels, and their class by frequency."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_sequences) % 3
    sequences = []
    for k in y:
        t = np.arange(rng.integers(12, 25)) + rng.uniform(0, 9)
        sequences.append(np.stack([np.sin((0.4 + 0.3 * k) * t), np.cos((0.4 + 0.3 * k) * t)], axis=1))
    return pad_sequences(sequences), np.array(["low", "middle", "high"])[y]


def test_tells_waves_of_different_length_apart():
    X, y = waves()
    X_test, y_test = waves(seed=1)
    model = QRNNReservoirClassifier(**OPTIONS, washout=3).fit(X, y)
    assert model.score(X_test, y_test) > 0.9
    assert set(model.predict(X)) <= set(y)
    assert model.decision_function(X).shape == (40, 3)


def test_padding_is_leaving_out():
    X, y = waves()
    model = QRNNReservoirClassifier(**OPTIONS).fit(X, y)
    scores = model.decision_function(X)
    for k in range(3):
        alone = X[k : k + 1, : np.isfinite(X[k, :, 0]).sum()]
        np.testing.assert_allclose(model.decision_function(alone)[0], scores[k], atol=1e-8)


def test_pooling_does_not_depend_on_blocks(monkeypatch):
    X, y = waves()
    whole = QRNNReservoirClassifier(**OPTIONS).fit(X, y).decision_function(X)
    monkeypatch.setattr("skqml.models.recurrent.reservoir._BLOCK_BYTES", 8 * 20 * 30)
    np.testing.assert_allclose(QRNNReservoirClassifier(**OPTIONS).fit(X, y).decision_function(X), whole, atol=1e-7)


@pytest.mark.parametrize("readout", [make_pipeline(StandardScaler(), LogisticRegression()), Ridge(1e-6)], ids=repr)
def test_other_readouts(readout):
    X, y = waves()
    assert QRNNReservoirClassifier(readout=readout, **OPTIONS).fit(X, y).score(X, y) > 0.8
    binary = y != "low"
    assert QRNNReservoirClassifier(readout=readout, **OPTIONS).fit(X, binary).decision_function(X).shape == (40,)


def test_labels_are_checked():
    X, y = waves()
    for labels, message in [(y[:-1], "one label a sequence"), (np.full(40, 1), "two classes"), (None, "requires y")]:
        with pytest.raises(ValueError, match=message):
            QRNNReservoirClassifier(**OPTIONS).fit(X, labels)
    with pytest.raises(ValueError, match="washout"):
        QRNNReservoirClassifier(**OPTIONS, washout=12).fit(X, y)


def test_features_are_those_of_the_regressor():
    X, _ = waves()
    series, target = np.nan_to_num(X), np.nan_to_num(X[:, :, 0])
    features = QRNNFeatures(**OPTIONS).fit(series)
    model = QRNNReservoirRegressor(**OPTIONS).fit(series, target)
    Z = features.transform(series)
    assert Z.shape == (*X.shape[:2], 2 * 10)
    columns = np.concatenate([model.standardizer_.transform(series), Z], axis=2)
    expected = columns @ model.readout_.coef_ + model.readout_.intercept_
    np.testing.assert_allclose(model.predict(series), expected, atol=1e-9)


def test_features_of_rows():
    X = np.random.default_rng(0).normal(size=(20, 5))
    last = QRNNFeatures(**OPTIONS).fit(X)
    every = QRNNFeatures(**OPTIONS, return_states="all").fit(X)
    np.testing.assert_array_equal(every.transform(X)[:, -20:], last.transform(X))
    assert list(last.get_feature_names_out()[:2]) == ["qrnnfeatures0", "qrnnfeatures1"]
    assert len(every.get_feature_names_out()) == every.transform(X).shape[1] == 5 * 20
    assert make_pipeline(last, Ridge(1e-6)).fit(X, X[:, -1]).score(X, X[:, -1]) > 0.9


def test_features_of_padded_sequences_end_in_nan():
    X, _ = waves()
    Z = QRNNFeatures(**OPTIONS).fit_transform(X)
    np.testing.assert_array_equal(np.isnan(Z[:, :, 0]), np.isnan(X[:, :, 0]))
    with pytest.raises(NotFittedError):
        QRNNFeatures().transform(X)
