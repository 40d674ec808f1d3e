"""Kernel ridge regression on quantum kernels."""

from typing import ClassVar

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.kernel_ridge import KernelRidge

from ..._sklearn import Number
from ...states import finite, floats, machine
from .predictors import KernelPredictor


class QuantumKernelRidge(MultiOutputMixin, RegressorMixin, KernelPredictor):
    """Kernel ridge regression on a quantum kernel, with an intercept.

    ``f(x) = sum_i a_i k(x_i, x) + mean(y)`` with ``a = (K + alpha W^-1)^-1 (y - mean(y))``, W the
    weights of the rows and mean(y) their weighted mean.

    Parameters
    ----------
    kernel, standardize, bandwidth, check_kernel
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
    bandwidth_, circuit_
        As in `QuantumKernelSVC`.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import QuantumKernelRidge
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> QuantumKernelRidge().fit(X, np.sin(X.ravel())).score(X, np.sin(X.ravel())) > 0.95
    True
    """

    _n_matrices = 4.5
    _contents: ClassVar[dict] = {
        "machine_": machine(KernelRidge),
        "dual_coef_": floats("n_rows", ...),
        "intercept_": finite,
    }

    def _check_whole(self):
        super()._check_whole()
        if not np.array_equal(self.machine_.dual_coef_, self.dual_coef_):
            raise ValueError("coefficients that its machine does not have")

    _parameter_constraints: ClassVar[dict] = {
        **KernelPredictor._parameter_constraints,
        "alpha": [Number()],
    }
    _options_of_y: ClassVar[dict] = {"y_numeric": True, "multi_output": True}

    def __init__(self, kernel=None, *, alpha=0.1, standardize=True, bandwidth="auto", check_kernel=True):
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth, check_kernel=check_kernel)
        self.alpha = alpha

    def _task(self, y, weight) -> tuple[KernelRidge, np.ndarray, np.ndarray | None]:
        self.intercept_ = np.average(y, axis=0, weights=weight)
        return KernelRidge(alpha=self.alpha, kernel="precomputed"), y - self.intercept_, weight

    def _train(self, machine, K, targets, weight) -> None:
        self.machine_ = machine.fit(K, targets, sample_weight=weight)
        self.dual_coef_ = machine.dual_coef_
        self.n_parameters_ = self.dual_coef_.size + np.size(self.intercept_)

    def predict(self, X) -> np.ndarray:
        """Values (n_samples[, n_targets])."""
        return self._by_blocks(lambda K: self.machine_.predict(K), X) + self.intercept_

    def _scores(self, K):
        a = self.dual_coef_.reshape(len(self.X_fit_), -1)
        return K @ a + self.intercept_, lambda g: g @ a.T
