"""Classification by batches: the sums of scikit-learn's ridge classifier, in whatever batches rows come."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from skqml import QuantumKernelOnlineClassifier
from tests.contracts.estimators import IRIS_X, IRIS_Y

CLASSES = np.unique(IRIS_Y)


@pytest.mark.parametrize("class_weight", [None, {0: 2.0, 1: 0.5}, "balanced"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_are_those_of_a_ridge_classifier_on_nystroem_features(n_classes, class_weight):
    """Its targets are -1 and 1, ours 0 and 1."""
    rows = IRIS_Y < n_classes
    X, y = IRIS_X[rows], IRIS_Y[rows]
    weight = np.random.default_rng(0).uniform(0.5, 2.0, len(X))
    model = QuantumKernelOnlineClassifier(n_components=20, alpha=0.3, random_state=3, class_weight=class_weight)
    found = model.fit(X, y, sample_weight=weight).decision_function(X)
    Z, B = model.standardizer_.transform(X), model.standardizer_.transform(model.components_)
    features = model.kernel_(Z, B) @ model.normalization_.T
    if class_weight == "balanced":
        class_weight = {k: weight.sum() / (n_classes * weight[y == k].sum()) for k in range(n_classes)}
    expected = RidgeClassifier(alpha=0.3, class_weight=class_weight).fit(features, y, sample_weight=weight)
    scores = expected.decision_function(features)
    np.testing.assert_allclose(found, scores if n_classes == 2 else 0.5 + scores / 2, atol=1e-9)
    np.testing.assert_array_equal(model.predict(X), expected.predict(features))


def in_batches(*batches):
    model = QuantumKernelOnlineClassifier(n_components=20, alpha=0.3, random_state=3)
    for rows in batches:
        model.partial_fit(IRIS_X[rows], IRIS_Y[rows], classes=CLASSES)
    return model.decision_function(IRIS_X)


def test_rows_may_come_in_any_batches():
    first, rest = np.arange(0, 75, 2), np.arange(1, 75, 2)
    expected = in_batches(first, rest)
    for batches in ((rest[::-1],), np.array_split(rest, 5), rest[:, None]):
        np.testing.assert_allclose(in_batches(first, *batches), expected, atol=1e-9)


def test_one_batch_is_a_fit():
    rows = np.arange(len(IRIS_X))
    model = QuantumKernelOnlineClassifier(n_components=20, alpha=0.3, random_state=3).fit(IRIS_X, IRIS_Y)
    np.testing.assert_array_equal(in_batches(rows), model.decision_function(IRIS_X))


def test_a_class_may_come_late():
    """Scores of a class that no row has had stay at the mean of none."""
    model = QuantumKernelOnlineClassifier(n_components=20, random_state=0)
    early = IRIS_Y < 2
    model.partial_fit(IRIS_X[early], IRIS_Y[early], classes=CLASSES)
    np.testing.assert_allclose(model.decision_function(IRIS_X)[:, 2], 0, atol=1e-9)
    assert model.partial_fit(IRIS_X[~early], IRIS_Y[~early]).score(IRIS_X, IRIS_Y) > 0.9


def test_batches_that_fail_leave_the_model():
    model = QuantumKernelOnlineClassifier(n_components=20, random_state=0).fit(IRIS_X, IRIS_Y)
    before = model.decision_function(IRIS_X)
    for X, y in ((IRIS_X, IRIS_Y + 5), (IRIS_X[:, :2], IRIS_Y), (IRIS_X * np.nan, IRIS_Y)):
        with pytest.raises(ValueError):
            model.partial_fit(X, y)
        np.testing.assert_array_equal(model.decision_function(IRIS_X), before)
