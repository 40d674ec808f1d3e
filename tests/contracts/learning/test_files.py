"""What holds for every estimator: what `load` reads is what `save` wrote, and predicts the same."""

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import skqml
from skqml._parts import equal_parameters
from skqml.files.trusted import TRUSTED
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

CLASSES = [cls for cls in estimator_classes("fit") if cls is not skqml.ZNEVQE]
each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


@pytest.fixture
def through_a_file(tmp_path):
    """A function that saves and loads."""

    def saved_and_loaded(model):
        skqml.save(model, tmp_path / "model.skops")
        return skqml.load(tmp_path / "model.skops")

    return saved_and_loaded


@each_class
def test_unfitted_estimators_come_back(cls, through_a_file):
    """The same parameters, and fitting them gives the same."""
    model = quick(cls, max_iter=3)
    again = through_a_file(model)
    assert type(again) is cls
    assert equal_parameters(again.get_params(), model.get_params())
    X, y = rows(model)
    np.testing.assert_array_equal(scores(fitted(again, X, y))(X), scores(fitted(model, X, y))(X))


@each_class
def test_fitted_estimators_predict_the_same(cls, through_a_file):
    """To the last bit, by ``load`` and by skops itself; and what is loaded can be saved and fitted again."""
    model = quick(cls, max_iter=3)
    X, y = rows(model)
    model = fitted(model, X, y)
    again = through_a_file(through_a_file(model))
    by_skops = skops.io.loads(skops.io.dumps(model), trusted=sorted(TRUSTED))
    for loaded in (again, by_skops, fitted(again, X, y)):
        skqml.clear_cache()  # as in another process
        np.testing.assert_array_equal(scores(loaded)(X), scores(model)(X))


@each_class
def test_estimators_in_pipelines_and_searches(cls, through_a_file):
    """Before and after fitting."""
    model = quick(cls, max_iter=3)
    X, y = rows(model)
    last = SVC(kernel="precomputed") if cls is skqml.KernelAlignmentTrainer else Ridge()
    steps = [StandardScaler(), model] if hasattr(model, "predict") else [model, last]
    search = GridSearchCV(make_pipeline(*steps), two_values(model), cv=2)
    found = fitted(through_a_file(search), X, y)
    again = through_a_file(found)
    np.testing.assert_array_equal(again.predict(X), found.predict(X))
    np.testing.assert_array_equal(again.cv_results_["mean_test_score"], found.cv_results_["mean_test_score"])
    np.testing.assert_array_equal(through_a_file(found.best_estimator_).predict(X), found.predict(X))


def two_values(model):
    """Two settings of a parameter, as a search over a pipeline names them."""
    name = next(name for name in ("C", "bandwidth", "tol", "input_scale", "random_state") if hasattr(model, name))
    return {f"{type(model).__name__.lower()}__{name}": [0, 1] if name == "random_state" else [0.5, 1.0]}
