"""What classifiers and regressors on a kernel matrix share: one way to fit."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, is_regressor
from sklearn.utils.validation import validate_data

from ..._checks import check_targets
from ..._sklearn import check_sample_weight, fit_context
from ...kernels import QuantumKernel
from ...kernels.rows import pullback_by_differences
from ...training import squared_error
from ..base.failures import unchanged_on_error
from ..base.input_gradients import InputGradients
from .base import KernelMachine


class KernelPredictor(KernelMachine, InputGradients):
    """A machine of scikit-learn, fitted on the kernel matrix of the training rows.

    A subclass writes ``_task``, what it learns from the fitted machine in ``_train``, and how scores depend on kernel
    values in ``_scores``.
    """

    _loss = staticmethod(squared_error)
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
            y = check_targets(y) if is_regressor(self) else y
            weight = None if sample_weight is None else check_sample_weight(sample_weight, X)
            machine, targets, importance = self._task(y, weight)
            K = self._fit_gram(X, weight)
            self._warn_of(K)
            self._train(machine, K, targets, importance)
        return self

    @abstractmethod
    def _task(self, y, weight) -> tuple[BaseEstimator, np.ndarray, np.ndarray | None]:
        """The unfitted machine, its targets, and weights of rows or None; what is wrong with y is said here."""

    @abstractmethod
    def _train(self, machine, K, targets, weight) -> None:
        """Fit the machine, and set what is learned."""

    @abstractmethod
    def _scores(self, K) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Scores (n_samples, n_outputs) from kernel values, and a function from their cotangents to those of K."""

    def _known(self, y):
        return y.reshape(len(y), -1)

    def _pullback(self, X):
        if self._precomputed:
            raise ValueError("X are kernel values where kernel='precomputed', and no features; give the kernel itself.")
        Z, slopes = self.standardizer_.transform(X), self.standardizer_.slopes(X)
        S, of_kernel = self._scores(self.kernel_(Z, self.X_fit_))
        given = self.kernel_.pullback_rows if isinstance(self.kernel_, QuantumKernel) else None

        def pullback(g) -> np.ndarray:
            A = of_kernel(g)
            used = A.any(axis=0)  # rows that are no support vectors count for nothing
            of_rows = given or partial(pullback_by_differences, self.kernel_)
            return of_rows(Z, self.X_fit_[used], A[:, used]) * slopes

        return S, pullback
