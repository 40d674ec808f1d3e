"""Targets of every kind: labels and numbers that are refused with a sentence, and numbers that are those of floats."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor

from skqml import ZNEVQE, KernelAlignmentTrainer
from skqml.models.recurrent import RidgeReadout
from tests.contracts.callables import made, rows
from tests.contracts.estimators import IRIS_X, IRIS_Y, estimator_classes, quick

CLASSIFIERS = [cls for cls in estimator_classes("fit") if is_classifier(cls())]
REGRESSORS = [cls for cls in [*estimator_classes("fit"), RidgeReadout] if is_regressor(cls()) and cls is not ZNEVQE]
NUMBERS = ["bool", "int8", "uint8", "float16", "float32", ">f4", "longdouble", "object"]
NO_NUMBERS = ["U8", "S8", "M8[s]", "m8[s]", "complex"]


@pytest.mark.parametrize("cls", [*CLASSIFIERS, KernelAlignmentTrainer])
def test_several_kinds(cls):
    """Text beside numbers is no set of classes: the sentence names y and the kinds."""
    with pytest.raises(ValueError, match="y must be labels of one kind, got int and str"):
        quick(cls).fit(IRIS_X, np.array(["a", 1, 2], dtype=object)[IRIS_Y])


def few(cls):
    """An estimator of few iterations, its rows, and whole numbers of the shape of its targets."""
    model = clone(made(cls.__name__)) if cls in estimator_classes("fit") else cls()
    X, y = rows(model) if cls is not RidgeReadout else (IRIS_X, IRIS_Y)
    return model, X, np.arange(np.size(y)).reshape(np.shape(y)) % 5


def answered(model, X, method, y):
    """What a model answers behind a method that has seen targets, and about these."""
    with warnings.catch_warnings(action="ignore"):  # two iterations are few
        model = getattr(clone(model), method)(X, y)
        slopes = [model.input_gradient(X, y)] if hasattr(model, "input_gradient") else []
        return [model.predict(X), *slopes]


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("cls", REGRESSORS)
def test_numbers_of_every_kind_are_floats(cls, kind):
    """To the last bit: no mean or deviation is taken in fewer digits."""
    model, X, y = few(cls)
    y = y.astype(kind)
    for method in ("fit", "partial_fit"):
        if hasattr(cls, method):
            for found, expected in zip(*(answered(model, X, method, Y) for Y in (y, y.astype(float))), strict=True):
                np.testing.assert_array_equal(found, expected)
                assert found.dtype == float


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize("cls", REGRESSORS)
def test_what_is_no_number_is_refused(cls, kind):
    model, X, y = few(cls)
    for method in ("fit", "partial_fit"):
        if hasattr(cls, method):
            with pytest.raises(ValueError, match=r"y must be finite real numbers|Complex data|dtype='numeric'"):
                answered(model, X, method, y.astype(kind))
