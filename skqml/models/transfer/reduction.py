"""A few values of rows, by a reducer that is fitted to weighted rows."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.utils.validation import has_fit_parameter

from ...states import CheckedState, check_machine, count, instance

_MOST_EXPONENT = 300


@dataclass(frozen=True)
class Reduction(CheckedState):
    """A fitted reducer, and the power of two by which rows are multiplied before it.

    Attributes
    ----------
    reducer : transformer
    exponent : int
    """

    reducer: Any
    exponent: int = 0

    _contents: ClassVar[dict] = {"reducer": instance(BaseEstimator), "exponent": count(least=-2000)}

    def _check_whole(self):
        if isinstance(self.reducer, PCA):
            check_machine(self.reducer)

    @classmethod
    def fit(cls, reducer, n_values: int, X, random_state, weight=None) -> "Reduction":
        """Fit a clone of a reducer, or principal components where it is None.

        Weights of rows count in principal components, and in what takes ``sample_weight``.
        """
        if reducer is not None:
            reducer = clone(reducer)
            weights = (
                {} if weight is None or not has_fit_parameter(reducer, "sample_weight") else {"sample_weight": weight}
            )
            return cls(reducer.fit(X, **weights))
        # Squares of very large or small numbers are none; a power of two changes no digit.
        exponent = -int(np.frexp(np.abs(X).max())[1])
        found = cls(
            PCA(min(n_values, *X.shape), random_state=random_state), exponent * (abs(exponent) > _MOST_EXPONENT)
        )
        X = np.ldexp(X, found.exponent)
        if weight is None:
            found.reducer.fit(X)
            return found
        mean = np.average(X, axis=0, weights=weight)
        rows = np.sqrt(weight / weight.mean())[:, None] * (X - mean)
        found.reducer.fit(np.concatenate([rows, -rows]))  # whose mean is 0, whatever the weights
        found.reducer.mean_ = mean
        return found

    def transform(self, X) -> np.ndarray:
        """Values (n_samples, n_values), as an array whatever scikit-learn is set to give."""
        return np.asarray(self.reducer.transform(np.ldexp(X, self.exponent)), dtype=float)
