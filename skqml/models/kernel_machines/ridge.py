"""Kernel ridge regression on quantum kernels."""

from typing import ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.kernel_ridge import KernelRidge
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import Number, check_sample_weight, fit_context
from ..base.failures import unchanged_by_failure
from .base import KernelMachine


class QuantumKernelRidge(RegressorMixin, KernelMachine):
    """Kernel ridge regression on a quantum kernel, with an intercept.

    ``f(x) = sum_i a_i k(x_i, x) + mean(y)`` with ``a = (K + alpha W^-1)^-1 (y - mean(y))``, W the
    weights of the rows and mean(y) their weighted mean.

    Parameters
    ----------
    kernel, standardize, bandwidth
        As in `QuantumKernelSVC`.
    alpha : float, default=0.1
        Strength of the regularisation.

    Attributes
    ----------
    dual_coef_ : ndarray (n_samples[, n_targets])
        Coefficients a.
    intercept_ : float or ndarray (n_targets,)
    n_parameters_ : int
        Number of trained numbers.
    bandwidth_ : float
        Factor of the standardised features; None with a precomputed kernel.
    circuit_ : QuantumCircuit
        Circuit that encodes a row, or the first group of its features; None without a quantum kernel.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import QuantumKernelRidge
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> QuantumKernelRidge().fit(X, np.sin(X.ravel())).score(X, np.sin(X.ravel())) > 0.95
    True
    """

    _n_matrices = 4.5
    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "alpha": [Number()],
    }

    def __init__(self, kernel=None, *, alpha=0.1, standardize=True, bandwidth="auto"):
        self.kernel = kernel
        self.alpha = alpha
        self.standardize = standardize
        self.bandwidth = bandwidth

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    @unchanged_by_failure
    def fit(self, X, y, sample_weight=None):
        """Fit on rows X and targets y (n_samples[, n_targets]); see `QuantumKernelSVC.fit`."""
        X, y = validate_data(self, X, y, dtype=float, multi_output=True, y_numeric=True)
        if sample_weight is not None:
            sample_weight = check_sample_weight(sample_weight, X)
        K = self._fit_gram(X, sample_weight)
        self.intercept_ = np.average(y, axis=0, weights=sample_weight)
        self.machine_ = KernelRidge(alpha=self.alpha, kernel="precomputed")
        self.machine_.fit(K, y - self.intercept_, sample_weight=sample_weight)
        self.dual_coef_ = self.machine_.dual_coef_
        self.n_parameters_ = self.dual_coef_.size + np.size(self.intercept_)
        return self

    def predict(self, X):
        """Values (n_samples[, n_targets])."""
        check_is_fitted(self)
        return np.concatenate([self.machine_.predict(K) for K in self._predict_blocks(X)]) + self.intercept_
