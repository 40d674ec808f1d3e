"""Weights of rows reach what asks for them, through pipelines, searches and learning curves, as in direct calls."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, KFold, learning_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import has_fit_parameter

from skqml import QuantumKernelSVC
from skqml.evidence import evidence_report
from tests.contracts.estimators import IRIS_X, IRIS_Y, estimator_classes, fitted, quick, rows, scores

WEIGHED = [cls for cls in estimator_classes("fit") if has_fit_parameter(cls(), "sample_weight")]
WEIGHT = 1.0 + np.arange(len(IRIS_X)) % 3
FOLDS = KFold(2, shuffle=True, random_state=0)
METHODS = "fit", "partial_fit", "score"


@pytest.fixture(autouse=True)
def routing():
    """As ``set_config(enable_metadata_routing=True)``."""
    with config_context(enable_metadata_routing=True):
        yield


def model_of(cls):
    """A model that asks for weights wherever it takes them, and rows."""
    model = quick(cls, max_iter=2)
    for method in METHODS:
        if hasattr(model, f"set_{method}_request"):
            getattr(model, f"set_{method}_request")(sample_weight=True)
    return model, *rows(model)


def direct(model, X, y, train=slice(None), weighed=True):
    """The model fitted on some rows, by itself."""
    return fitted(model, X[train], y[train], **({"sample_weight": WEIGHT[train]} if weighed else {}))


@pytest.mark.parametrize("cls", WEIGHED)
def test_weights_go_through_a_pipeline(cls):
    model, X, y = model_of(cls)
    found = fitted(make_pipeline(FunctionTransformer(), model), X, y, sample_weight=WEIGHT)
    said = scores(direct(model, X, y))(X)
    np.testing.assert_array_equal(scores(found)(X), said)
    assert not np.array_equal(said, scores(direct(model, X, y, weighed=False))(X)), "weights change nothing"


@pytest.mark.parametrize("cls", WEIGHED)
def test_weights_go_through_a_search(cls):
    model, X, y = model_of(cls)
    scored = hasattr(model, "score")
    search = GridSearchCV(model, {}, cv=FOLDS, scoring=None if scored else lambda *given: 0.0)
    search = fitted(search, X, y, sample_weight=WEIGHT)
    np.testing.assert_array_equal(scores(search.best_estimator_)(X), scores(direct(model, X, y))(X))
    for k, (train, test) in enumerate(FOLDS.split(X) if scored else ()):
        expected = direct(model, X, y, train).score(X[test], y[test], sample_weight=WEIGHT[test])
        assert search.cv_results_[f"split{k}_test_score"][0] == expected


@pytest.mark.parametrize("cls", [cls for cls in WEIGHED if hasattr(cls, "partial_fit")])
def test_weights_go_through_a_learning_curve(cls):
    """Which learns batch after batch."""
    model, X, y = model_of(cls)
    options = {"exploit_incremental_learning": True, "params": {"sample_weight": WEIGHT}}
    curve = learning_curve(model, X, y, train_sizes=[20, 35], cv=FOLDS, error_score="raise", **options)
    train, test = next(FOLDS.split(X))
    alone = clone(model)
    for k, rows_of_batch in enumerate(np.split(train[:35], [20])):
        classes = {"classes": np.unique(y)} if is_classifier(model) else {}
        alone.partial_fit(X[rows_of_batch], y[rows_of_batch], sample_weight=WEIGHT[rows_of_batch], **classes)
        assert curve[2][k, 0] == alone.score(X[test], y[test], sample_weight=WEIGHT[test])


def test_reports_are_those_without_routing():
    few = {"cv": 2, "inner_cv": 2, "n_seeds": 1, "budget": 1, "baselines": {}, "details": False}
    report = evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, **few)
    with config_context(enable_metadata_routing=False):
        expected = evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, **few)
    np.testing.assert_array_equal(report.scores("model"), expected.scores("model"))
