"""All that learns from targets takes weights of rows, which are repetitions, in the frequencies of classes too."""

from inspect import signature

import numpy as np
import pytest
from sklearn.base import ClassifierMixin, clone, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from skqml import KernelAlignmentTrainer
from tests.contracts.estimators import IRIS_X, IRIS_Y, estimator_classes, fitted, quick, rows, scores
from tests.rooms import defined

SUPERVISED = [cls for cls in estimator_classes("fit") if get_tags(cls()).target_tags.required]
CLASSES = [cls for cls in SUPERVISED if is_classifier(cls())]
# The columns of the trainer are the training rows: that its kernel is the same is held to beside it.
OTHERS = [
    cls
    for cls in estimator_classes("fit")
    if has_fit_parameter(cls(), "sample_weight") and cls not in [*CLASSES, KernelAlignmentTrainer]
]
WEIGHT = np.arange(len(IRIS_X)) % 4 * (1 + (IRIS_Y == 2))


def test_all_classifiers_take_weights():
    """Those that are not exported at the top too."""
    found = [cls for cls in defined(ClassifierMixin) if hasattr(cls, "fit")]
    assert {"AdversarialTrainingClassifier", "VariationalClassifier"} <= {cls.__name__ for cls in found}
    lacking = [c.__name__ for c in found if "class_weight" not in c._get_param_names()]
    assert not lacking + [c.__name__ for c in found if "sample_weight" not in signature(c.fit).parameters]


@pytest.mark.parametrize("cls", SUPERVISED)
def test_what_learns_from_targets_takes_weights(cls):
    assert has_fit_parameter(cls(), "sample_weight")
    assert ("class_weight" in cls().get_params()) == (cls in CLASSES)


@pytest.mark.parametrize("cls", OTHERS)
def test_a_weight_is_a_repetition_without_classes(cls):
    model = quick(cls, tol=1e-10)
    X, y = rows(model)
    many = np.random.default_rng(0).permutation(np.repeat(np.arange(len(X)), WEIGHT))
    one = scores(fitted(model, X, y, sample_weight=WEIGHT))(X)
    np.testing.assert_allclose(one, scores(fitted(model, X[many], y[many]))(X), atol=1e-6)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("class_weight", ["balanced", {0: 1.0, 1: 3.0, 2: 0.5}, {1: 4.0}, None], ids=repr)
def test_a_weight_is_a_repetition(cls, class_weight):
    model = quick(cls, class_weight=class_weight, tol=1e-10)
    outputs = [
        scores(fitted(model, IRIS_X, IRIS_Y, sample_weight=WEIGHT))(IRIS_X),
        scores(fitted(model, np.repeat(IRIS_X, WEIGHT, axis=0), np.repeat(IRIS_Y, WEIGHT)))(IRIS_X),
    ]
    np.testing.assert_allclose(*outputs, atol=1e-6)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("labels", [["7", "12", "3"], [-2, 40, 7]])
def test_balanced_is_weights_of_equal_sums(cls, labels):
    y = np.array(labels)[IRIS_Y]
    weight = 1.0 + (IRIS_Y == 1) + np.arange(len(y)) % 2
    sums = np.array([weight[y == label].sum() for label in y])
    model = quick(cls, tol=1e-10, standardize=False)
    balanced = fitted(clone(model).set_params(class_weight="balanced"), IRIS_X, y, sample_weight=weight)
    explicit = fitted(model, IRIS_X, y, sample_weight=weight / sums * weight.sum() / 3)
    np.testing.assert_allclose(scores(balanced)(IRIS_X), scores(explicit)(IRIS_X), atol=1e-6)
