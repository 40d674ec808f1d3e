"""Labels that every classifier refuses, with a sentence."""

import numpy as np
import pytest
from sklearn.base import is_classifier

from skqml import KernelAlignmentTrainer
from tests.contracts.estimators import IRIS_X, IRIS_Y, estimator_classes, quick

CLASSIFIERS = [cls for cls in estimator_classes("fit") if is_classifier(cls())]


@pytest.mark.parametrize("cls", [*CLASSIFIERS, KernelAlignmentTrainer])
def test_several_kinds(cls):
    """Text beside numbers is no set of classes: the sentence names y and the kinds."""
    with pytest.raises(ValueError, match="y must be labels of one kind, got int and str"):
        quick(cls).fit(IRIS_X, np.array(["a", 1, 2], dtype=object)[IRIS_Y])
