"""Steps of `partial_fit`, of every estimator and its classical twin."""

import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import is_classifier
from sklearn.datasets import make_classification
from sklearn.metrics import log_loss

from skqml import FastWeightClassifier, VariationalClassifier
from skqml.attacks import AdversarialTrainingClassifier
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, settings

CLASSES = [cls for cls in estimator_classes("classical_twin") if hasattr(cls, "partial_fit")]
CLASSES.remove(AdversarialTrainingClassifier)  # whose rows are others in each pass
PAIRS = [partial(quick), lambda cls: quick(cls).classical_twin()]


def stepped(model, X, y, n_steps):
    """A model after so many steps on all rows, and its scores after each."""
    options, found = {"classes": np.unique(y)} if is_classifier(model) else {}, []
    for _ in range(n_steps):
        found.append(model.partial_fit(X, y, **options).score(X, y))
    return found


def loss(model, X, y):
    """Cross-entropy where there are probabilities, else the share of errors, or square error over variance."""
    return log_loss(y, model.predict_proba(X)) if hasattr(model, "predict_proba") else 1 - model.score(X, y)


@pytest.mark.parametrize("make", PAIRS, ids=["model", "twin"])
@pytest.mark.parametrize("cls", CLASSES)
def test_they_lead_somewhere(cls, make):
    model = make(cls)
    assert max(stepped(model, *rows(model), 60)[40:]) > 0.7


@pytest.mark.parametrize("make", PAIRS, ids=["model", "twin"])
@pytest.mark.parametrize("cls", CLASSES)
def test_they_go_on_where_a_fit_ended(cls, make):
    """None throws a trained model off, and they lead to other targets."""
    X, y = rows(cls())
    model = fitted(make(cls), X, y)
    score = model.score(X, y)
    assert min(stepped(model, X, y, 10)) > score - 0.02
    y = (y + 1) % 3 if is_classifier(model) else y[::-1]
    before = loss(model, X, y)
    stepped(model, X, y, 60)
    assert loss(model, X, y) < 0.7 * before


@pytest.mark.parametrize("cls", CLASSES)
def test_they_are_taken_by_models_and_twins_with_any_settings(cls):
    """Rows held out and mini-batches are those of `fit`."""
    for options in ({"early_stopping": True}, {"batch_size": 16}, {"warm_start": True}):
        for make in PAIRS:
            model = quick(cls).set_params(**settings(cls(), options))
            model = model if make is PAIRS[0] else model.classical_twin()
            X, y = rows(model)
            model = fitted(model, X, y)
            score = model.score(X, y)
            assert stepped(model, X, y, 2)[-1] > score - 0.05
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of few iterations
                assert model.fit(X, y).score(X, y) > score - 0.05


@pytest.mark.parametrize("cls", [FastWeightClassifier, VariationalClassifier])
def test_twins_of_wide_tables_take_them(cls):
    """Where a perceptron without hidden layers is nearest in size."""
    X, y = make_classification(80, 100, n_informative=20, random_state=0)
    twin = fitted(quick(cls, max_iter=2), X, y).classical_twin()
    assert stepped(twin, X, y, 40)[-1] > 0.9
