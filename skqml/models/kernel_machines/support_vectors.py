"""Support vector machines on quantum kernels."""

from typing import ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.svm import SVC, SVR
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import Count, Number, StrOptions, check_sample_weight, fit_context
from ..base.failures import unchanged_by_failure
from ..base.inputs import Standardizer
from ..base.labels import class_factors
from .base import KernelMachine


class _SupportVectors(KernelMachine):
    """What support vector classifier and regressor share."""

    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "C": [Number()],
        "tol": [Number()],
        "max_iter": [Count()],
    }

    def _fit_machine(self, machine, X, y, sample_weight, factors=1.0):
        K = self._fit_gram(X, sample_weight)
        # libsvm drops rows of weight 0 and then mistakes which columns of a kernel matrix are left.
        C = None if sample_weight is None else sample_weight * factors
        rows = np.arange(len(K)) if C is None else np.flatnonzero(C)
        if len(rows) < len(K):
            K, y, C = K[np.ix_(rows, rows)], y[rows], C[rows]
        self.machine_ = machine.fit(K, y, sample_weight=C)
        self._columns = rows
        self.support_ = rows[machine.support_]
        self.n_support_ = machine.n_support_
        self.dual_coef_ = machine.dual_coef_
        self.intercept_ = machine.intercept_
        self.n_iter_ = machine.n_iter_
        self.n_parameters_ = machine.dual_coef_.size + machine.intercept_.size
        return self

    def _apply(self, method: str, X):
        check_is_fitted(self)
        apply = getattr(self.machine_, method)
        blocks = (K if len(self._columns) == K.shape[1] else K[:, self._columns] for K in self._predict_blocks(X))
        return np.concatenate([apply(K) for K in blocks])


def _check_weights(sample_weight, X):
    return sample_weight if sample_weight is None else check_sample_weight(sample_weight, X)


class QuantumKernelSVC(ClassifierMixin, _SupportVectors):
    r"""Support vector classifier on a quantum kernel.

    The decision function is ``f(x) = sum_i a_i y_i k(x_i, x) + b``, with k the fidelity
    ``|<psi(x_i)|psi(x)>|^2`` of encoded states, or any other kernel.

    Parameters
    ----------
    kernel : Kernel or "precomputed", default=None
        A quantum kernel, any scikit-learn Gaussian process kernel, or sums and products of them;
        ``None`` means ``FidelityKernel()``.
    C : float, default=1.0
        Inverse of the regularisation strength.
    standardize : bool, default=True
        Whether to standardise features with the weighted mean and deviation of the training rows.
    bandwidth : "auto" or float, default="auto"
        Bandwidth: factor of the standardised features, on top of the kernel's own scale. "auto"
        looks at the circuit alone: along standardised rows its state moves as far as an RBF kernel's.
    class_weight : dict or "balanced", default=None
        Factors of C for each class.
    tol : float, default=1e-3
        Tolerance of the stopping criterion.
    max_iter : int, default=1_000_000
        Limit of the solver's iterations; it warns where it is reached.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    support_ : ndarray (n_support,)
        Indices of the support vectors.
    dual_coef_ : ndarray (n_classes - 1, n_support)
        Their coefficients, times the labels' signs.
    n_parameters_ : int
        Number of trained numbers.
    bandwidth_ : float
        Factor of the standardised features; None with a precomputed kernel.
    circuit_ : QuantumCircuit
        Circuit that encodes a row, or the first group of its features; None without a quantum kernel.

    Notes
    -----
    For probabilities wrap it: ``CalibratedClassifierCV(QuantumKernelSVC(), ensemble=False)``.

    References
    ----------
    V. Havlicek et al., Supervised learning with quantum-enhanced feature spaces,
    Nature 567, 209 (2019).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelSVC
    >>> X, y = load_iris(return_X_y=True)
    >>> QuantumKernelSVC().fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        **_SupportVectors._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    def __init__(
        self, kernel=None, *, C=1.0, standardize=True, bandwidth="auto", class_weight=None, tol=1e-3, max_iter=1_000_000
    ):
        self.kernel = kernel
        self.C = C
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.class_weight = class_weight
        self.tol = tol
        self.max_iter = max_iter

    @fit_context(prefer_skip_nested_validation=True)
    @unchanged_by_failure
    def fit(self, X, y, sample_weight=None):
        """Fit on rows X (n_samples, n_features), or on a kernel matrix if it is precomputed.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
            Labels of any kind.
        sample_weight : array-like (n_samples,), default=None
            Factors of C for each row.

        Returns
        -------
        self
        """
        X, y = validate_data(self, X, y, dtype=float)
        sample_weight = _check_weights(sample_weight, X)
        check_classification_targets(y)
        self.classes_ = np.unique(y if sample_weight is None else y[sample_weight > 0])
        if len(self.classes_) < 2:
            raise ValueError(
                "QuantumKernelSVC needs at least two classes among the rows of positive weight, "
                f"got one class: {self.classes_[0]!r}."
            )
        factors, class_weight = 1.0, self.class_weight
        if isinstance(class_weight, str) and sample_weight is not None:  # libsvm would count rows
            factors, class_weight = class_factors(self, y[:, None] == self.classes_, sample_weight), None
        machine = SVC(C=self.C, kernel="precomputed", class_weight=class_weight, tol=self.tol, max_iter=self.max_iter)
        return self._fit_machine(machine, X, y, sample_weight, factors)

    def decision_function(self, X):
        """Signed distances: (n_samples,) for two classes, else (n_samples, n_classes)."""
        return self._apply("decision_function", X)

    def predict(self, X):
        """Labels (n_samples,)."""
        return self._apply("predict", X)


class QuantumKernelSVR(RegressorMixin, _SupportVectors):
    """Support vector regressor on a quantum kernel, of targets with mean 0 and deviation 1.

    Parameters
    ----------
    kernel, C, standardize, bandwidth, tol, max_iter
        As in `QuantumKernelSVC`.
    epsilon : float, default=0.1
        Half width of the tube in which errors cost nothing, in units of the (weighted) deviation of y.

    Attributes
    ----------
    support_ : ndarray (n_support,)
        Indices of the support vectors.
    dual_coef_, intercept_ : ndarray (1, n_support), (1,)
        Coefficients of their kernel values, in units of y, and what is added.
    y_mean_, y_scale_ : float
        Mean and deviation of the training targets.
    n_parameters_ : int
        Number of trained numbers.
    bandwidth_ : float
        Factor of the standardised features; None with a precomputed kernel.
    circuit_ : QuantumCircuit
        Circuit that encodes a row, or the first group of its features; None without a quantum kernel.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import QuantumKernelSVR
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> QuantumKernelSVR(C=10.0).fit(X, np.sin(X.ravel())).score(X, np.sin(X.ravel())) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        **_SupportVectors._parameter_constraints,
        "epsilon": [Number(closed="left")],
    }

    def __init__(
        self, kernel=None, *, C=1.0, epsilon=0.1, standardize=True, bandwidth="auto", tol=1e-3, max_iter=1_000_000
    ):
        self.kernel = kernel
        self.C = C
        self.epsilon = epsilon
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.tol = tol
        self.max_iter = max_iter

    @fit_context(prefer_skip_nested_validation=True)
    @unchanged_by_failure
    def fit(self, X, y, sample_weight=None):
        """Fit on rows X and targets y (n_samples,); see `QuantumKernelSVC.fit`."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        sample_weight = _check_weights(sample_weight, X)
        machine = SVR(C=self.C, epsilon=self.epsilon, kernel="precomputed", tol=self.tol, max_iter=self.max_iter)
        targets = Standardizer.fit(
            y[:, None], sample_weight, standardize=True, bandwidth=1.0, auto_bandwidth=np.ones_like
        )
        self.y_mean_, factor = float(targets.mean[0]), float(targets.factor[0])
        self.y_scale_ = 1.0 / factor if factor else 1.0
        self._fit_machine(machine, X, (y - self.y_mean_) / self.y_scale_, sample_weight)
        self.dual_coef_ = self.y_scale_ * self.dual_coef_
        self.intercept_ = self.y_mean_ + self.y_scale_ * self.intercept_
        return self

    def predict(self, X):
        """Values (n_samples,)."""
        values = self._apply("predict", X)
        return self.y_mean_ + self.y_scale_ * values
