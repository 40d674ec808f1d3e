"""Around variational models: drawing, twins, searches, accuracy on real data."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

from skqml.circuits import ReuploadingEncoding
from skqml.datasets import make_adhoc
from skqml.models.variational import VariationalClassifier, VariationalRegressor
from skqml.training import SPSA, Adam
from tests.models.variational.models import IRIS, ITERATIONS, SMALL, blobs, havlicek


def test_circuit_pickle_and_drawing():
    X, y = blobs(3)
    model = VariationalClassifier(**SMALL).fit(X, y)
    data = pickle.dumps(model)
    assert len(data) < 100_000
    np.testing.assert_array_equal(pickle.loads(data).predict_proba(X), model.predict_proba(X))
    assert model.circuit_.num_parameters == len(model.weights_) + 3
    assert "q_2" in str(model.draw())
    assert model.n_parameters_ == model.weights_.size + model.readout_coef_.size + model.readout_intercept_.size


@pytest.mark.parametrize("cls", [VariationalClassifier, VariationalRegressor])
@pytest.mark.filterwarnings(ITERATIONS)
def test_the_twin_has_about_as_many_parameters_and_the_same_budget(cls):
    X, y = IRIS
    model = cls(max_iter=20, random_state=0).fit(X, y)
    twin = model.classical_twin()
    with pytest.raises(NotFittedError):
        twin.predict(X)
    twin.fit(X, y)
    machine = twin.machine_
    n_parameters = sum(a.size for a in machine.coefs_ + machine.intercepts_)
    assert n_parameters == pytest.approx(model.n_parameters_, rel=0.1)
    assert machine.max_iter == model.max_iter
    assert hasattr(cls().classical_twin(), "fit")


@pytest.mark.filterwarnings(ITERATIONS)
def test_the_twin_is_trained_to_the_end():
    """With scikit-learn's own tolerance it stops where this curve is still a constant to it."""
    x = np.random.default_rng(0).uniform(-3, 3, (200, 1))
    y = np.exp(-(x[:, 0] ** 2) / 4) * np.sin(4 * x[:, 0])
    twin = VariationalRegressor(bandwidth=2.0, random_state=0).fit(x, y).classical_twin()
    assert twin.fit(x, y).score(x, y) > 0.9


@pytest.mark.filterwarnings(ITERATIONS)
def test_grid_search_over_nested_parameters():
    X, y = blobs(2)
    grid = {"encoding__n_qubits": [2, 3], "optimizer__learning_rate": [0.05, 0.1]}
    model = VariationalClassifier(ReuploadingEncoding(trainable=True), optimizer=Adam(), max_iter=10, random_state=0)
    search = GridSearchCV(model, grid, cv=2).fit(X, y)
    assert search.best_score_ > 0.8
    assert model.optimizer.__dict__.keys() == Adam().__dict__.keys()


# Accuracy


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_default_accuracy_on_tables(load):
    X, y = load(return_X_y=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    assert cross_val_score(VariationalClassifier(random_state=0), X, y, cv=folds).mean() >= 0.95


def test_depth_pays_on_ad_hoc_data():
    """Accuracy on rows not trained on, mean of ten random unitaries: 0.95 at depth 4, clearly lower at depth 0."""
    means = []
    for n_layers in (0, 4):
        scores = []
        for seed in range(10):
            X, y = make_adhoc(80, random_state=seed)
            scores.append(havlicek(n_layers, n_restarts=5, random_state=0).fit(X[:40], y[:40]).score(X[40:], y[40:]))
        means.append(np.mean(scores))
    assert means[1] >= 0.95
    assert means[0] < means[1] - 0.08


def test_spsa_trains_on_ad_hoc_data():
    X, y = make_adhoc(80, random_state=0)
    model = havlicek(4, optimizer=SPSA(), max_iter=250, tol=None, random_state=0).fit(X[:40], y[:40])
    assert model.score(X[40:], y[40:]) > 0.9
