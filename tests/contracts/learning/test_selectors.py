"""Selectors of scikit-learn ask for ``coef_`` and ``feature_importances_``: who has them has one number a feature."""

import numpy as np
import pytest
from sklearn.feature_selection import RFE, SelectFromModel

from tests.contracts.estimators import estimator_classes, fitted, quick, rows

CLASSES = estimator_classes("classical_twin")


@pytest.mark.parametrize("cls", CLASSES)
def test_coefficients_are_those_of_features(cls):
    model = quick(cls)
    X, y = rows(model)
    for found in (fitted(model, X, y), fitted(model.classical_twin(), X, y)):
        for name in ("coef_", "feature_importances_"):
            assert np.shape(getattr(found, name, X[0]))[-1] == X.shape[1]


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("selector", [SelectFromModel, RFE])
def test_selectors_rank_features_or_say_that_they_cannot(cls, selector):
    model = quick(cls, max_iter=2)
    X, y = rows(model)
    if any(hasattr(fitted(model, X, y), name) for name in ("coef_", "feature_importances_")):
        assert fitted(selector(model), X, y).get_support().shape == (X.shape[1],)
    else:
        with pytest.raises((ValueError, AttributeError), match=r"coef_|importance"):
            fitted(selector(model), X, y).get_support()
