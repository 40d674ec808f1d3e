"""The reservoir classifier batch after batch."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import log_loss

from skqml.models.recurrent import QRNNReservoirClassifier, RidgeReadout
from tests.models.recurrent.test_classifier import OPTIONS, waves

X, Y = waves(60)
CLASSES = ["high", "low", "middle"]


def in_batches(model, X, y, size, **options):
    for a in range(0, len(X), size):
        model.partial_fit(X[a : a + size], y[a : a + size], **options)
        options.pop("classes", None)
    return model


@pytest.mark.parametrize("size", [1, 7, 60])
@pytest.mark.parametrize("stepwise", [True, False])
def test_batches_and_all_rows_give_the_same_readout(size, stepwise):
    """Where no batch sets a scale; batches of one row, and of one class, too."""
    rows = X if stepwise else X[:, :10, 0]
    order = np.argsort(Y, kind="stable")
    whole, parts = (QRNNReservoirClassifier(**OPTIONS, standardize=False) for _ in range(2))
    whole.fit(rows[order], Y[order])
    in_batches(parts, rows[order], Y[order], size, classes=CLASSES)
    assert parts.readout_.alpha_ == whole.readout_.alpha_ and parts.n_parameters_ == whole.n_parameters_
    np.testing.assert_allclose(parts.decision_function(rows), whole.decision_function(rows), atol=1e-6)


def test_probabilities_are_near_the_best_of_their_scores():
    """On new rows, beside the temperature that is best there; scores as they are would be far from it."""
    model = in_batches(QRNNReservoirClassifier(**OPTIONS, washout=3), X, Y, 15, classes=CLASSES)
    X_test, y_test = waves(seed=1)
    scores = model.decision_function(X_test)
    losses = [log_loss(y_test, softmax(scores / T, axis=1), labels=CLASSES) for T in np.geomspace(1e-3, 10, 200)]
    found = log_loss(y_test, model.predict_proba(X_test), labels=CLASSES)
    assert found < min(losses) + 0.1 < log_loss(y_test, softmax(scores, axis=1), labels=CLASSES)


def test_weights_of_classes_are_those_of_rows():
    factors = {"high": 3.0, "low": 1.0, "middle": 0.5}
    weight = np.array([factors[label] for label in Y])
    model = QRNNReservoirClassifier(**OPTIONS, class_weight=factors).partial_fit(X, Y, CLASSES)
    other = QRNNReservoirClassifier(**OPTIONS).partial_fit(X, Y, CLASSES, sample_weight=weight)
    np.testing.assert_array_equal(model.predict_proba(X), other.predict_proba(X))


@pytest.mark.parametrize("readout", [SGDClassifier(random_state=0, loss="log_loss"), RidgeReadout([1e-3])], ids=repr)
def test_labels_that_come_later(readout):
    order = np.argsort(Y == "middle", kind="stable")
    model = in_batches(QRNNReservoirClassifier(readout=readout, **OPTIONS), X[order], Y[order], 20, classes=CLASSES)
    assert model.classes_.tolist() == CLASSES and model.predict_proba(X).shape == (60, 3)


def test_what_cannot_go_on_is_refused():
    model = QRNNReservoirClassifier(**OPTIONS)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X, Y)
    with pytest.raises(ValueError, match="labels y among classes_"):
        model.partial_fit(X, Y, CLASSES[:2])
    with pytest.raises(ValueError, match="balanced"):
        QRNNReservoirClassifier(**OPTIONS, class_weight="balanced").partial_fit(X, Y, CLASSES)
    with pytest.raises(ValueError, match="does not train the cell"):
        QRNNReservoirClassifier(**OPTIONS, train_cell=True).partial_fit(X, Y, CLASSES)
    with pytest.raises(TypeError, match="needs a readout that has it"):
        QRNNReservoirClassifier(readout=LogisticRegression(), **OPTIONS).partial_fit(X, Y, CLASSES)
    assert not hasattr(model, "classes_")
    model.partial_fit(X, Y, CLASSES)
    before = model.decision_function(X)
    with pytest.raises(ValueError, match="not the same as on the last call"):
        model.partial_fit(X, Y, CLASSES[:2])
    np.testing.assert_array_equal(model.decision_function(X), before)
