"""Support vector machines on quantum kernels."""

from itertools import combinations
from typing import ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.svm import SVC, SVR

from ..._checks import check_labels
from ..._sklearn import Count, Number, StrOptions
from ...states import floats, integers, labels, machine, number
from ...training import cross_entropy
from ..base.inputs import Standardizer
from ..base.labels import class_factors, classes_of_fit, one_hot
from .predictors import KernelPredictor


class _SupportVectors(KernelPredictor):
    """What support vector classifier and regressor share."""

    _parameter_constraints: ClassVar[dict] = {
        **KernelPredictor._parameter_constraints,
        "C": [Number()],
        "tol": [Number()],
        "max_iter": [Count()],
    }

    _contents: ClassVar[dict] = {
        "machine_": machine(SVC, SVR),
        "_columns": integers("n_used", below="n_rows"),
        "support_": integers("n_support", below="n_rows"),
        "n_support_": integers("n_groups"),
        "dual_coef_": floats(None, "n_support"),
        "intercept_": floats(None),
    }

    def _check_whole(self):
        super()._check_whole()
        found, n_rows = self.machine_, len(self._columns)
        places = found.support_
        if found.shape_fit_ != (n_rows, n_rows) or not np.array_equal(self._columns[places], self.support_):
            raise ValueError(f"support vectors of a machine of {found.shape_fit_[0]} rows")
        if self.dual_coef_.shape != found.dual_coef_.shape or self.intercept_.shape != found.intercept_.shape:
            raise ValueError("coefficients that its machine does not have")

    def __init__(self, kernel, *, C, standardize, bandwidth, tol, max_iter, check_kernel):
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth, check_kernel=check_kernel)
        self.C = C
        self.tol = tol
        self.max_iter = max_iter

    def _settings(self) -> dict:
        """Settings that both machines take."""
        return {"C": self.C, "kernel": "precomputed", "tol": self.tol, "max_iter": self.max_iter}

    def _train(self, machine, K, targets, weight) -> None:
        # libsvm drops rows of weight 0 and then mistakes which columns of a kernel matrix are left.
        rows = np.arange(len(K)) if weight is None else np.flatnonzero(weight)
        if len(rows) < len(K):
            K, targets, weight = K[np.ix_(rows, rows)], targets[rows], weight[rows]
        self.machine_ = machine.fit(K, targets, sample_weight=weight)
        self._columns = rows
        self.support_ = rows[machine.support_]
        self.n_support_ = machine.n_support_
        self.dual_coef_ = machine.dual_coef_
        self.intercept_ = machine.intercept_
        self.n_iter_ = machine.n_iter_
        self.n_parameters_ = machine.dual_coef_.size + machine.intercept_.size

    def _used(self, K) -> np.ndarray:
        """Columns of the rows that the machine was fitted on."""
        return K if len(self._columns) == K.shape[1] else K[:, self._columns]


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
    check_kernel : bool, default=True
        Whether to warn of a quantum kernel's matrix close to the identity, constant, or with differences that its shots
        cannot resolve.

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

    _contents: ClassVar[dict] = {"classes_": labels("n_classes")}
    _parameter_constraints: ClassVar[dict] = {
        **_SupportVectors._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    _options_of_y: ClassVar[dict] = {}
    _loss = staticmethod(cross_entropy)

    def __init__(
        self,
        kernel=None,
        *,
        C=1.0,
        standardize=True,
        bandwidth="auto",
        class_weight=None,
        tol=1e-3,
        max_iter=1_000_000,
        check_kernel=True,
    ):
        rules = {"tol": tol, "max_iter": max_iter, "check_kernel": check_kernel}
        super().__init__(kernel, C=C, standardize=standardize, bandwidth=bandwidth, **rules)
        self.class_weight = class_weight

    def _task(self, y, weight) -> tuple[SVC, np.ndarray, np.ndarray | None]:
        check_labels(y)
        self.classes_ = classes_of_fit(self, y, np.ones(len(y)) if weight is None else weight)
        class_weight = self.class_weight
        if isinstance(class_weight, str) and weight is not None:  # libsvm would count rows
            weight, class_weight = weight * class_factors(self, y[:, None] == self.classes_, weight), None
        return SVC(class_weight=class_weight, **self._settings()), y, weight

    def decision_function(self, X) -> np.ndarray:
        """Signed distances: (n_samples,) for two classes, else (n_samples, n_classes)."""
        return self._by_blocks(lambda K: self.machine_.decision_function(self._used(K)), X)

    def predict(self, X) -> np.ndarray:
        """Labels (n_samples,)."""
        return self._by_blocks(lambda K: self.machine_.predict(self._used(K)), X)

    def _known(self, y):
        return one_hot(y, self.classes_)

    def _scores(self, K):
        C = _pair_coefficients(self.machine_, self.support_, K.shape[1])
        decisions = K @ C.T + self.intercept_
        if len(C) == 1:
            halves = np.array([[-0.5, 0.5]])
            return decisions * halves, lambda g: g @ halves.T @ C
        signs = _pair_signs(len(self.classes_))
        sums = decisions @ signs
        # Votes of pairs, to which scikit-learn adds sums / (3 (1 + |sums|)), do not move with X.
        of_sums = 1 / (3 * (1 + np.abs(sums)) ** 2)
        return self.machine_.decision_function(self._used(K)), lambda g: (g * of_sums) @ signs.T @ C


class QuantumKernelSVR(RegressorMixin, _SupportVectors):
    """Support vector regressor on a quantum kernel, of targets with mean 0 and deviation 1.

    Parameters
    ----------
    kernel, C, standardize, bandwidth, tol, max_iter, check_kernel
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
    bandwidth_, circuit_
        As in `QuantumKernelSVC`.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import QuantumKernelSVR
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> QuantumKernelSVR(C=10.0).fit(X, np.sin(X.ravel())).score(X, np.sin(X.ravel())) > 0.95
    True
    """

    _contents: ClassVar[dict] = {"y_mean_": number(), "y_scale_": number()}
    _parameter_constraints: ClassVar[dict] = {
        **_SupportVectors._parameter_constraints,
        "epsilon": [Number(closed="left")],
    }

    def __init__(
        self,
        kernel=None,
        *,
        C=1.0,
        epsilon=0.1,
        standardize=True,
        bandwidth="auto",
        tol=1e-3,
        max_iter=1_000_000,
        check_kernel=True,
    ):
        rules = {"tol": tol, "max_iter": max_iter, "check_kernel": check_kernel}
        super().__init__(kernel, C=C, standardize=standardize, bandwidth=bandwidth, **rules)
        self.epsilon = epsilon

    def _task(self, y, weight) -> tuple[SVR, np.ndarray, np.ndarray | None]:
        targets = Standardizer.fit(y[:, None], weight, standardize=True, bandwidth=1.0, auto_bandwidth=np.ones_like)
        self.y_mean_, factor = float(targets.mean[0]), float(targets.factor[0])
        self.y_scale_ = 1.0 / factor if factor else 1.0
        return SVR(epsilon=self.epsilon, **self._settings()), (y - self.y_mean_) / self.y_scale_, weight

    def _train(self, machine, K, targets, weight) -> None:
        super()._train(machine, K, targets, weight)
        self.dual_coef_ = self.y_scale_ * self.dual_coef_
        self.intercept_ = self.y_mean_ + self.y_scale_ * self.intercept_

    def predict(self, X) -> np.ndarray:
        """Values (n_samples,)."""
        return self._by_blocks(lambda K: self.machine_.predict(self._used(K)), X) * self.y_scale_ + self.y_mean_

    def _scores(self, K):
        a = np.zeros((1, K.shape[1]))
        a[0, self.support_] = self.dual_coef_[0]
        return K @ a.T + self.intercept_, lambda g: g @ a


def _pair_coefficients(machine, support, n_rows: int) -> np.ndarray:
    """Coefficients (n_pairs, n_rows) of kernel values in the decision of each pair of classes.

    Positive decisions, ``coefficients @ k + machine.intercept_``, are for the first of more than two classes, for the
    second of two, as libsvm and scikit-learn have it.

    Parameters
    ----------
    machine : SVC
        Fitted.
    support : ndarray (n_support,)
        Numbers of the support vectors among the rows, class by class.
    n_rows : int
    """
    n_classes, coefficients = len(machine.n_support_), machine.dual_coef_
    of_class = np.repeat(np.arange(n_classes), machine.n_support_)
    found = np.zeros((len(machine.intercept_), n_rows))
    for p, (i, j) in enumerate(combinations(range(n_classes), 2)):
        # Line j - 1 holds those of class i against class j, line i those of class j against class i.
        for own, line in ((i, j - 1), (j, i)):
            here = of_class == own
            found[p, support[here]] = coefficients[line, here]
    return found


def _pair_signs(n_classes: int) -> np.ndarray:
    """Whether a pair's decision (n_pairs, n_classes) speaks for a class, 1, against it, -1, or neither."""
    signs = np.zeros((n_classes * (n_classes - 1) // 2, n_classes))
    for p, (i, j) in enumerate(combinations(range(n_classes), 2)):
        signs[p, i], signs[p, j] = 1.0, -1.0
    return signs
