"""Derivatives of models by the features of their rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from sklearn.base import is_regressor
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import check_targets

Slopes = Callable[[np.ndarray], np.ndarray]


class InputGradients(ABC):
    """Base class of models with derivatives by the features, which attacks and sensitivities ask for.

    A subclass writes the abstract methods.
    """

    @property
    @abstractmethod
    def _loss(self) -> Callable:
        """From scores and targets (n_samples, n_outputs) to losses and slopes."""

    @abstractmethod
    def _pullback(self, X) -> tuple[np.ndarray, Slopes]:
        """Scores (n_samples, n_outputs) of checked rows, and a function from their cotangents to those of X."""

    @abstractmethod
    def _known(self, y) -> np.ndarray:
        """Targets (n_samples, n_outputs) of labels or numbers y; refuse those that no fit has seen the like of."""

    def input_pullback(self, X) -> tuple[np.ndarray, Slopes]:
        """Scores of rows, and what makes derivatives by their features.

        Parameters
        ----------
        X : array-like (n_samples, n_features)

        Returns
        -------
        S : ndarray (n_samples, n_outputs)
            Scores of all classes, or numbers.
        pullback : callable
            From the derivatives (n_samples, n_outputs) of some function by S to those (n_samples, n_features) by X.
        """
        check_is_fitted(self)
        return self._pullback(validate_data(self, X, dtype=float, reset=False))

    def input_gradient(self, X, y) -> np.ndarray:
        """Derivative (n_samples, n_features) of the loss of each row by its features.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,), of regressors also (n_samples, n_targets)
            Labels among ``classes_``, or numbers.
        """
        check_is_fitted(self)
        numeric = is_regressor(self)
        X, y = validate_data(self, X, y, dtype=float, reset=False, multi_output=numeric, y_numeric=numeric)
        y = check_targets(y) if numeric else y
        S, pullback = self._pullback(X)
        return pullback(self._loss(S, self._known(y))[1])
