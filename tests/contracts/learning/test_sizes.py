"""No fitted model answers NaN, in whatever unit its rows, targets and weights come: it answers, or `fit` refuses."""

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.validation import has_fit_parameter

from tests.contracts.callables import made, rows
from tests.contracts.estimators import estimator_classes

ESTIMATORS = [cls.__name__ for cls in estimator_classes("fit")]
WEIGHTED = [cls.__name__ for cls in estimator_classes("fit") if has_fit_parameter(cls, "sample_weight")]


def learned(model):
    """Numbers that a model and its fitted parts have learned."""
    for name, value in vars(model).items():
        if isinstance(value, BaseEstimator):
            yield from learned(value)
        elif name.endswith("_") and isinstance(value, float | np.ndarray) and np.asarray(value).dtype.kind == "f":
            yield value


def answers(model, X, y, **options):
    """What a clone answers about the rows that it is fitted to."""
    with warnings.catch_warnings(action="ignore"):  # two iterations are few
        model = clone(model).fit(X, y, **options)
        assert all(np.isfinite(value).all() for value in learned(model))
        return (model.predict if hasattr(model, "predict") else model.transform)(X)


@pytest.mark.parametrize("unit", [1e-200, 1e154, 1e300])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_rows_and_targets_in_any_unit(name, unit):
    model = made(name)
    X, y = rows(model)
    assert np.isfinite(answers(model, X * unit, y)).all()
    if y is not None and not is_classifier(model):
        assert np.isfinite(answers(model, X, np.asarray(y) * unit)).all()


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_in_any_unit(name):
    model = made(name)
    X, y = rows(model)
    for size in (1e-90, 1e90):
        assert np.isfinite(answers(model, X, y, sample_weight=np.full(len(X), size))).all()
    for size in (1e-200, 1e200, np.nan):
        with pytest.raises(ValueError, match="sample_weight"):
            answers(model, X, y, sample_weight=np.full(len(X), size))


@pytest.mark.parametrize("entry", [None, np.nan, np.inf])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_targets_that_are_none(name, entry):
    model = made(name)
    X, y = rows(model)
    if y is None or model.__sklearn_tags__().target_tags.required is False:
        return
    y = np.array(y, dtype=object if entry is None else float)
    y.flat[1] = entry
    with pytest.raises((TypeError, ValueError)):
        answers(model, X, y)
