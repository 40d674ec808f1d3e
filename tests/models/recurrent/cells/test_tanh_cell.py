"""The classical cell against its formula, and the classical twins of reservoir estimators."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skqml import Shots, one_qubit_paulis
from skqml.models.recurrent import (
    MemoryCell,
    QLSTMCell,
    QRNNCell,
    QRNNFeatures,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    TanhCell,
)
from tests.models.recurrent.cells.cells import compiled

OPTIONS = {"cell": QRNNCell(n_qubits=4), "n_reservoirs": 3, "random_state": 0}


def series(n_sequences=2, n_steps=60, n_channels=2):
    """Inputs, and targets that need the step before."""
    X = np.random.default_rng(0).uniform(-1, 1, (n_sequences, n_steps, n_channels))
    before = np.roll(X[:, :, -1], 1, axis=1)
    return X, before + 0.5 * before * X[:, :, 0]


def test_step_is_its_formula():
    cell = TanhCell(3, hidden_scale=0.8, leak=0.4)
    step, W = compiled(cell, n_channels=2)
    rng = np.random.default_rng(1)
    h, x = rng.normal(size=(2, 3)), rng.normal(size=(2, 2))
    state, out = step(h, x, W)
    for row in range(2):
        feedback, inputs, bias = np.split(W[row].reshape(3, 6), [3, 5], axis=1)
        expected = 0.6 * h[row] + 0.4 * np.tanh(0.8 * feedback @ h[row] + inputs @ x[row] + bias[:, 0])
        np.testing.assert_allclose(state[row], expected, atol=1e-14)
    np.testing.assert_array_equal(out, state)


def test_draws_have_spectral_radius_one_and_the_scale_asked_for():
    W = compiled(TanhCell(6), n_channels=2, n_reservoirs=4, weight_scale=0.3)[1].reshape(4, 6, 9)
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(W[:, :, :6])).max(axis=1), 1.0)
    assert 0.25 < np.abs(W[:, :, 6:]).max() <= 0.3


@pytest.mark.parametrize(
    "cell", [None, QRNNCell(3, 1, observables=one_qubit_paulis), QLSTMCell(3), MemoryCell(2, n_nodes=2)]
)
def test_twin_has_as_many_columns_and_parameters(cell):
    X, y = series(n_steps=30)
    model = QRNNReservoirRegressor(cell, n_reservoirs=2, random_state=0).fit(X, y)
    twin = model.classical_twin()
    assert repr(twin) == repr(clone(model).classical_twin())  # fitted or not
    with pytest.raises(NotFittedError):
        twin.predict(X)
    twin.fit(X, y)
    assert isinstance(twin.cell_, TanhCell)
    assert twin.readout_.n_features_in_ == model.readout_.n_features_in_
    assert twin.n_parameters_ == model.n_parameters_ == model.readout_.coef_.size + 1


def test_twin_keeps_what_the_estimator_says_and_runs_without_its_backend():
    model = QRNNReservoirRegressor(
        **OPTIONS, observables=one_qubit_paulis, leak=0.3, hidden_scale=0.5, backend=Shots(64)
    )
    twin = model.classical_twin().fit(*series())
    assert (twin.cell_.n_units, twin.cell_.leak, twin.cell_.hidden_scale) == (12, 0.3, 0.5)
    assert twin.backend is None
    assert twin.classical_twin().get_params()["cell__n_units"] == 12


def test_twin_of_the_regressor_learns_and_persists():
    X, y = series(1, 400, 1)
    twin = QRNNReservoirRegressor(**OPTIONS, input_scale=0.5, washout=10).classical_twin()
    twin.fit(X[:, :300], y[:, :300])
    assert twin.score(X[:, 300:], y[:, 300:]) > 0.9
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(twin)).predict(X), twin.predict(X))
    np.testing.assert_allclose(clone(twin).fit(X[:, :300], y[:, :300]).predict(X), twin.predict(X), atol=1e-9)


def test_twins_of_the_classifier_and_the_transformer():
    X, _ = series(30, 8)
    y = X[:, -1, 0] + X[:, -2, 1] > 0
    model = QRNNReservoirClassifier(**OPTIONS).fit(X, y)
    twin = model.classical_twin().fit(X, y)
    assert twin.score(X, y) > 0.9
    assert twin.n_parameters_ == model.n_parameters_ == model.readout_.coef_.size + 1
    three = QRNNReservoirClassifier(**OPTIONS).fit(X, np.arange(30) % 3)
    assert three.n_parameters_ == three.readout_.coef_.size + 3
    features = QRNNFeatures(**OPTIONS)
    expected = features.fit_transform(X).shape
    twin = features.classical_twin().fit(X)
    assert twin.transform(X).shape == expected
    assert twin.n_parameters_ == 0


def test_trained_twin():
    X, y = series(1, 80)
    options = OPTIONS | {"n_reservoirs": 1, "cell": TanhCell(3), "input_scale": 0.5, "washout": 3}
    frozen = QRNNReservoirRegressor(**options).fit(X, y)
    trained = QRNNReservoirRegressor(**options, train_cell=True, max_iter=15).fit(X, y)
    assert trained.score(X, y) > frozen.score(X, y) + 0.01
    assert trained.n_parameters_ == frozen.n_parameters_ + 3 * 6
    quantum = QRNNReservoirRegressor(QRNNCell(2, 1, 1), n_reservoirs=1, train_cell=True, max_iter=2).fit(X, y)
    assert quantum.n_parameters_ == 2 + 3 + 1 + quantum.ensemble_.weights.size
    assert quantum.classical_twin().fit(X, y).n_iter_ == 2


@pytest.mark.parametrize("cell", [None, QRNNCell(4, 1, 2), QLSTMCell(4)], ids=repr)
@pytest.mark.parametrize("n_reservoirs", [1, 3])
@pytest.mark.parametrize("kind", ["rows", "steps", "two targets", "two classes", "three classes"])
def test_twin_of_a_trained_reservoir_has_as_many_parameters(cell, n_reservoirs, kind):
    """To 10 %, whatever is trained."""
    X, y = series(6, 5, 1 if kind == "rows" else 2)
    X, y = (X[:, :, 0], y[:, -1]) if kind == "rows" else (X, y)
    labels = np.arange(6)
    others = {"two targets": np.stack([y, y], axis=-1), "two classes": labels % 2, "three classes": labels % 3}
    y = others.get(kind, y)
    cls = QRNNReservoirClassifier if "classes" in kind else QRNNReservoirRegressor
    model = cls(cell, n_reservoirs=n_reservoirs, train_cell=True, max_iter=1, random_state=0).fit(X, y)
    assert model.classical_twin().fit(X, y).n_parameters_ == pytest.approx(model.n_parameters_, rel=0.1)


@pytest.mark.parametrize(("unit", "offset"), [(1e3, 500.0), (1e-3, -2.0)])
@pytest.mark.parametrize("rows", [False, True])
def test_scores_of_model_and_twin_do_not_move_with_the_unit_of_y(rows, unit, offset):
    X, y = series(20, 12, 1)
    X, y = (X[:, :, 0], y[:, -1]) if rows else (X, y)
    for train_cell in (False, True):
        options = {"n_reservoirs": 2, "train_cell": train_cell, "max_iter": 3, "random_state": 0}
        model = QRNNReservoirRegressor(QRNNCell(2, 1, 1), **options)
        for each in (model, model.classical_twin()):
            score = clone(each).fit(X, y).score(X, y)
            assert clone(each).fit(X, unit * y + offset).score(X, unit * y + offset) == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize(
    ("cell", "message"),
    [(TanhCell(0), "n_units"), (TanhCell(hidden_scale=-1.0), "hidden_scale"), (TanhCell(leak=1.5), "leak")],
)
def test_wrong_parameters_are_named(cell, message):
    with pytest.raises(ValueError, match=message):
        QRNNReservoirRegressor(cell).fit(*series())
