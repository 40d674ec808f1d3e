"""The reservoir regressor on rows, series and padded sequences."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import Shots, all_z
from skqml.models.recurrent import QGRUCell, QLSTMCell, QRNNCell, QRNNReservoirRegressor, RidgeReadout, pad_sequences

CELL = QRNNCell(n_qubits=3, n_inputs=1, n_layers=2)


def small(**options):
    """A regressor of two small cells."""
    return QRNNReservoirRegressor(**({"cell": CELL, "n_reservoirs": 2, "random_state": 0} | options))


def series(n_sequences=1, n_steps=60, n_channels=1, seed=0):
    """Inputs, and targets that need the input before."""
    X = np.random.default_rng(seed).uniform(-1, 1, (n_sequences, n_steps, n_channels))
    y = X[:, :, 0] + 0.5 * np.roll(X[:, :, -1], 1, axis=1)
    return X, y


@pytest.mark.parametrize("n_targets", [1, 2])
def test_models_of_sequences_that_end_in_nan_come_back(n_targets):
    X, y = series(3, 20)
    y = np.stack([y] * n_targets, axis=2).reshape(3, 20, *(n_targets,) * (n_targets > 1))
    X[1, 12:], y[1, 12:] = np.nan, np.nan
    model = small().fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


@pytest.mark.parametrize("cell", [None, CELL, QLSTMCell(n_qubits=4), QGRUCell(n_qubits=4)])
def test_learns_a_series(cell):
    X, y = series(n_steps=200)
    model = small(cell=cell, washout=5).fit(X[:, :150], y[:, :150])
    assert model.score(X[:, 150:], y[:, 150:]) > 0.85
    assert model.predict(X).shape == (1, 200)
    assert model.n_features_in_ == 1


def test_predictions_are_the_readout_of_inputs_and_features():
    """What the documentation says the columns of the readout are, put together by hand."""
    X, y = series(2, 30, 2)
    model = small(standardize=False, input_scale=0.5).fit(X, y)
    ensemble = model.ensemble_
    _, features = ensemble.run(0.5 * X, ensemble.start(2))
    columns = np.concatenate([0.5 * X, features], axis=2)
    np.testing.assert_allclose(columns @ model.readout_.coef_ + model.readout_.intercept_, model.predict(X), atol=1e-12)


@settings(deadline=None, max_examples=10, derandomize=True)
@given(t=st.integers(1, 19), seed=st.integers(0, 100))
def test_causality(t, seed):
    """Predictions up to a step do not change when inputs behind it do."""
    X, y = series(2, 20)
    model = small().fit(X, y)
    changed = X.copy()
    changed[:, t:] = np.random.default_rng(seed).normal(size=changed[:, t:].shape)
    np.testing.assert_array_equal(model.predict(X)[:, :t], model.predict(changed)[:, :t])
    assert not np.allclose(model.predict(X)[:, t:], model.predict(changed)[:, t:])


def test_sequences_are_independent_of_each_other():
    X, y = series(4, 15)
    model = small().fit(X, y)
    order = [2, 0, 3]
    np.testing.assert_allclose(model.predict(X)[order], model.predict(X[order]), atol=1e-12)


def test_padding_is_leaving_out():
    """NaN behind the end gives the predictions of the sequence alone, and a fit to nothing but the steps inside."""
    X, y = series(3, 20)
    lengths = [20, 12, 7]
    padded = pad_sequences([x[:n] for x, n in zip(X, lengths, strict=True)])
    model = small(readout=RidgeReadout(alphas=[1e-6])).fit(padded, y)
    predicted = model.predict(padded)
    for k, n in enumerate(lengths):
        np.testing.assert_allclose(predicted[k, :n], model.predict(X[k : k + 1, :n])[0], atol=1e-10)
        assert np.isnan(predicted[k, n:]).all()
    other = y.copy()
    other[1, 12:] = np.nan
    np.testing.assert_allclose(
        small(readout=RidgeReadout(alphas=[1e-6])).fit(padded, other).predict(X), model.predict(X), atol=1e-10
    )
    inside = np.arange(20) < np.array(lengths)[:, None]
    assert model.score(padded, y) == pytest.approx(r2_score(y[inside], predicted[inside]))


def test_washout_leaves_steps_out_of_fit_and_score():
    X, y = series(1, 40)
    wrong = y.copy()
    wrong[:, :10] = 1e3
    model, other = small(washout=10).fit(X, y), small(washout=10).fit(X, wrong)
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    assert model.predict(X).shape == (1, 40)
    assert model.score(X, y) == other.score(X, wrong) == pytest.approx(r2_score(y[0, 10:], model.predict(X)[0, 10:]))


def test_several_targets():
    X, y = series(2, 40)
    Y = np.stack([y, -2 * y], axis=2)
    predicted = small().fit(X, Y).predict(X)
    assert predicted.shape == (2, 40, 2)
    np.testing.assert_allclose(predicted[:, :, 1], -2 * predicted[:, :, 0], atol=1e-6)
    rows = small().fit(X[:, :, 0], Y[:, -1])
    assert rows.predict(X[:, :, 0]).shape == (2, 2)


def test_rows_are_sequences_of_one_channel():
    """With the same scale the features of a row are those of its last step as a sequence."""
    X, _ = series(30, 6)
    model = small(standardize=False).fit(X[:, :, 0], X[:, -1, 0])
    features = model.ensemble_.run(model.input_scale * X, model.ensemble_.start(30))[1][:, -1]
    columns = np.hstack([model.input_scale * X[:, :, 0], features])
    np.testing.assert_allclose(model.readout_.predict(columns), model.predict(X[:, :, 0]), atol=1e-12)


def test_same_seed_same_reservoir_for_any_n_jobs():
    X, y = series(2, 25)
    first, second, other = small().fit(X, y), small(n_jobs=2).fit(X, y), small(random_state=1).fit(X, y)
    np.testing.assert_array_equal(first.ensemble_.weights, second.ensemble_.weights)
    np.testing.assert_array_equal(first.predict(X), second.predict(X))
    assert not np.array_equal(first.ensemble_.weights, other.ensemble_.weights)


def test_shots():
    """Another backend runs; the same seed gives the same noise, for any number of workers."""
    X, y = series(2, 6)
    backend = Shots(64, random_state=3)
    first, second = (small(backend=backend, n_jobs=n).fit(X, y).predict(X) for n in (None, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, small().fit(X, y).predict(X))


def test_blocks_are_the_whole(monkeypatch):
    """Neither fit nor predictions depend on how much fits in memory at one time."""
    X, y = series(3, 50)
    whole = small(washout=4).fit(X, y)
    monkeypatch.setattr("skqml.models.recurrent.reservoir._BLOCK_BYTES", 8 * 12 * 7)  # seven steps of one sequence
    pieces = small(washout=4).fit(X, y)
    np.testing.assert_allclose(whole.predict(X), pieces.predict(X), atol=1e-9)


def test_partial_fit_goes_on_with_the_sequences():
    X, y = series(2, 60)
    options = {"standardize": False, "readout": RidgeReadout(alphas=[1e-6]), "washout": 5}
    whole, parts = small(**options).fit(X, y), small(**options)
    for block in (slice(0, 20), slice(20, 33), slice(33, 60)):
        parts.partial_fit(X[:, block], y[:, block])
    np.testing.assert_allclose(parts.readout_.coef_, whole.readout_.coef_, atol=1e-8)
    np.testing.assert_allclose(parts.forecast(5), whole.forecast(5), atol=1e-8)
    with pytest.raises(ValueError, match="expected as many"):
        parts.partial_fit(X[:1], y[:1])


def test_partial_fit_of_rows():
    X, y = series(40, 6)
    options = {"standardize": False, "readout": RidgeReadout(alphas=[1e-6])}
    whole, parts = small(**options).fit(X[:, :, 0], y[:, -1]), small(**options)
    parts.partial_fit(X[:25, :, 0], y[:25, -1]).partial_fit(X[25:, :, 0], y[25:, -1])
    np.testing.assert_allclose(parts.predict(X[:, :, 0]), whole.predict(X[:, :, 0]), atol=1e-8)


def test_any_linear_readout():
    X, y = series(2, 40)
    model = small(readout=make_pipeline(StandardScaler(), Ridge(alpha=1e-4))).fit(X, y)
    assert model.score(X, y) > 0.8
    assert model.forecast(3).shape == (2, 3)
    with pytest.raises(ValueError, match="RidgeReadout"):
        model.forecast(3, return_interval=True)
    with pytest.raises(TypeError, match="partial_fit"):
        model.partial_fit(X, y)


def test_clone_pickle_and_grid_search():
    X, y = series(30, 5)
    X, y = X[:, :, 0], y[:, -1]
    search = GridSearchCV(small(), {"hidden_scale": [0.5, 0.9], "cell__n_layers": [1, 2]}, n_jobs=2, cv=2).fit(X, y)
    assert set(search.best_params_) == {"hidden_scale", "cell__n_layers"}
    model = clone(search.best_estimator_).fit(X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), model.predict(X))


def test_estimators_overrule_the_cell():
    X, y = series(1, 20)
    model = small(observables=all_z, leak=0.3, hidden_scale=0.2).fit(X, y)
    assert (model.cell_.observables, model.cell_.leak, model.cell_.hidden_scale) == (all_z, 0.3, 0.2)
    assert CELL.leak == 0.7
    assert model.readout_.n_features_in_ == 1 + 2 * 3
    assert "Ry" in str(model.draw())


BAD_INPUT = [
    (np.zeros((1, 0, 1)), "empty"),
    (np.full((2, 5, 1), np.nan), "empty"),
    (np.zeros((1, 8, 2)), "channels"),
    (np.zeros((1, 8)), "2 axes"),
    (np.array([[[0.0], [np.nan], [1.0]]]), "NaN at step 1"),
    ([[0.0, 1.0], [1.0]], "pad_sequences"),
]


@pytest.mark.parametrize(("X", "message"), BAD_INPUT)
def test_bad_input_is_refused(X, message):
    model = small().fit(*series(1, 20))
    with pytest.raises(ValueError, match=message):
        model.predict(X)


def test_bad_fits_are_refused_and_leave_a_model_as_it_was():
    X, y = series(2, 20)
    model = small(washout=3).fit(X, y)
    before = model.predict(X)
    gap = np.where(np.arange(20) == 7, np.nan, y)
    for bad_X, bad_y, message in [
        (X[:, :3], y[:, :3], "washout=3"),
        (X, y[:, :-1], "one target a step"),
        (X, gap, "finite targets"),
        (X[:, :2, 0], y[:, 0], "washout=3"),
        (X, None, "requires y"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.fit(bad_X, bad_y)
    np.testing.assert_array_equal(model.predict(X), before)
    for method in (small().predict, lambda X: small().forecast(3)):
        with pytest.raises(NotFittedError):
            method(X)
