"""What classifiers and regressors on a kernel matrix share: one way to fit."""

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from ..._sklearn import check_sample_weight, fit_context
from ..base.failures import unchanged_on_error
from .base import KernelMachine


class KernelPredictor(KernelMachine):
    """A machine of scikit-learn, fitted on the kernel matrix of the training rows.

    A subclass writes ``_task``, and what it learns from the fitted machine in ``_train``.
    """

    _options_of_y: ClassVar[dict[str, Any]] = {"y_numeric": True}

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit on rows X and labels or values y.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
            Features, or a kernel matrix (n_samples, n_samples) with ``kernel="precomputed"``.
        y : array-like (n_samples,), for `QuantumKernelRidge` also (n_samples, n_targets)
        sample_weight : array-like (n_samples,), default=None
            Importance of each row.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, y = validate_data(self, X, y, dtype=float, **self._options_of_y)
            weight = None if sample_weight is None else check_sample_weight(sample_weight, X)
            machine, targets, importance = self._task(y, weight)
            self._train(machine, self._fit_gram(X, weight), targets, importance)
        return self

    @abstractmethod
    def _task(self, y, weight) -> tuple[BaseEstimator, np.ndarray, np.ndarray | None]:
        """The unfitted machine, its targets, and weights of rows or None; what is wrong with y is said here."""

    @abstractmethod
    def _train(self, machine, K, targets, weight) -> None:
        """Fit the machine, and set what is learned."""
