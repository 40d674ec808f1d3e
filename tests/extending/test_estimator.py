"""An estimator of a user's own, the class of largest mean fidelity, whose kernel may be left out and searched in."""

from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skqml import FidelityKernel
from skqml.models.base import OptionalParts


class NearestStates(OptionalParts, ClassifierMixin, BaseEstimator):
    _default_parts: ClassVar[dict] = {"kernel": lambda self: FidelityKernel(scale=0.5)}

    def __init__(self, kernel=None):
        self.kernel = kernel

    def fit(self, X, y):
        self.X_, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.kernel_, (self.classes_, n_rows) = clone(self._part("kernel")), np.unique(y, return_counts=True)
        self.members_ = (y[:, None] == self.classes_) / n_rows
        return self

    def predict(self, X):
        check_is_fitted(self)
        fidelities = self.kernel_(validate_data(self, X, reset=False), self.X_) @ self.members_
        return self.classes_[fidelities.argmax(axis=1)]


def test_estimator():
    check_estimator(NearestStates())
    search = GridSearchCV(NearestStates(), {"kernel__encoding__n_qubits": [2]}).fit(*load_iris(return_X_y=True))
    assert search.best_score_ > 0.85 and search.best_estimator_.kernel_.encoding.n_qubits == 2
