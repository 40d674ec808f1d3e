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
        mean = np.average(X, axis=0, weights=weight)
        rows = X - mean  # a covariance of rows far from 0 would lose half of the digits
        if weight is not None:
            rows *= np.sqrt(weight / weight.mean())[:, None]
            rows = np.concatenate([rows, -rows])  # whose mean is 0, whatever the weights
        with np.errstate(invalid="ignore"):  # rows that are all alike have no variance to have shares of
            found.reducer.fit(rows)
        found.reducer.mean_ = mean
        found.reducer.components_[_are_rounding(found.reducer, rows, np.abs(X).max())] = 0.0
        return found

    def transform(self, X) -> np.ndarray:
        """Values (n_samples, n_values), as an array whatever scikit-learn is set to give."""
        return np.asarray(self.reducer.transform(np.ldexp(X, self.exponent)), dtype=float)


def _are_rounding(reducer: PCA, rows, largest: float) -> np.ndarray:
    """Which components of centred rows hold nothing but rounding, where rows have fewer dimensions than were asked for.

    That is of the order of ``eps (x + s_1^2 / s_k)`` with the largest number x and the deviations s of components, s_k
    being the least of those that hold more.
    """
    sizes = np.sqrt(np.mean((rows @ reducer.components_.T) ** 2, axis=0))
    least = np.maximum(np.append(sizes[0], sizes[:-1]), np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        return sizes <= 10 * np.sqrt(rows.shape[1]) * np.finfo(float).eps * (largest + sizes[0] * (sizes[0] / least))
