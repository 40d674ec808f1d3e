"""Kernels trained to align with the targets."""

from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from ..._sklearn import Count, Number, check_sample_weight, fit_context
from ...circuits import ReuploadingEncoding
from ...kernels import FidelityKernel, GaussianKernel
from ...kernels.measures.alignment import centred, centred_target
from ..base.failures import unchanged_on_error
from .base import KernelMachine
from .memory import refuse_large_matrix


class KernelAlignmentTrainer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, KernelMachine):
    r"""Trains the scale and the weights of a fidelity kernel, and transforms rows to kernel values.

    It maximises the centred kernel-target alignment ``<H K H, T> / (||H K H|| ||H T H||)`` with
    H the centring matrix and T the ideal kernel: 1 for rows of the same class (times class
    frequencies' centring), or the products of centred targets. The gradient is analytic, by one
    reverse sweep a step. Rows with weights are centred at their weighted mean, and entries of both matrices count with
    the product of the weights of their rows: two rows are one of weight 2.

    In a pipeline before ``SVC(kernel="precomputed")`` it is trained anew in each fold.

    Parameters
    ----------
    kernel : FidelityKernel or GaussianKernel, default=None
        Start of the training; ``None`` means a trainable `ReuploadingEncoding`. Weights of the
        encoding are trained, whether given or not.
    standardize, bandwidth, check_kernel
        As in `QuantumKernelSVC`; the matrix of the trained kernel is checked.
    max_iter : int, default=30
        Limit of L-BFGS iterations.
    tol : float, default=1e-3
        Relative decrease of the loss below which training stops.

    Attributes
    ----------
    kernel_ : FidelityKernel
        The trained kernel.
    alignment_ : float
        Its alignment with the targets.
    bandwidth_ : float
        Factor of the standardised features, to which the trained kernel adds its own.
    n_parameters_ : int
        Number of trained numbers: the scale and the weights.
    circuit_ : QuantumCircuit
        Circuit of ``kernel_``.
    X_fit_ : ndarray (n_samples, n_features)
        Standardised training rows, the columns of the result, those of weight 0 too.
    n_iter_ : int
        Iterations done.

    References
    ----------
    C. Cortes, M. Mohri and A. Rostamizadeh, Algorithms for learning kernels based on centered
    alignment, JMLR 13, 795 (2012); T. Hubregtsen et al., Training quantum embedding kernels on
    near-term quantum computers, Phys. Rev. A 106, 042431 (2022).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from skqml import KernelAlignmentTrainer
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(KernelAlignmentTrainer(max_iter=3), SVC(kernel="precomputed"))
    >>> model.fit(X, y).score(X, y) > 0.95
    True
    """

    _default_parts: ClassVar[dict] = {"kernel": lambda self: FidelityKernel(ReuploadingEncoding(trainable=True))}
    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "kernel": [FidelityKernel, GaussianKernel, None],
        "max_iter": [Count()],
        "tol": [Number(closed="left")],
    }

    def __init__(self, kernel=None, *, standardize=True, bandwidth="auto", check_kernel=True, max_iter=30, tol=1e-3):
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth, check_kernel=check_kernel)
        self.max_iter = max_iter
        self.tol = tol

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Train the kernel on rows X and targets y (labels, or numbers for regression).

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
        sample_weight : array-like (n_samples,), default=None
            How often each row counts.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, y = validate_data(self, X, y, dtype=float)
            refuse_large_matrix(len(X), 8)
            weight = check_sample_weight(sample_weight, X)
            self._fit_kernel(X, None if sample_weight is None else weight)
            self._keep_rows(X, weight)
            self._train(self._start(X.shape[1]), weight, centred_target(y, weight))
            self._warn_of(self.kernel_.symmetric_matrix(self.X_fit_))
            if self.standardize:
                self.standardizer_ = replace(self.standardizer_, limit=self.kernel_.limit)
            self._n_features_out = len(X)
        return self

    def _train(self, start, weight, target) -> None:
        """Maximise the alignment with a target, from some scale and weights."""
        result = minimize(
            self._loss,
            start,
            (np.sqrt(weight / weight.mean()), target),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-5.0, self._largest_scale(weight))] + [(None, None)] * (len(start) - 1),
            options={"maxiter": self.max_iter, "ftol": self.tol},
        )
        self.kernel_.set_params(**_parameters(result.x))
        self.alignment_, self.n_iter_ = -float(result.fun), max(1, int(result.nit))
        self.n_parameters_ = len(start)

    def _start(self, n_features) -> np.ndarray:
        """Logarithm of the kernel's scale, and its weights."""
        return np.concatenate([[np.log(self.kernel_.scale)], self.kernel_.initial_weights(n_features)])

    def _largest_scale(self, weight) -> float:
        """Logarithm of the largest scale with which the encoding takes the training rows that count, 5 at most."""
        largest = np.abs(self.X_fit_[weight > 0]).max()
        return min(5.0, np.log(self.kernel_.scale * self.kernel_.limit / max(1e-9, largest)))

    def _loss(self, v, roots, target) -> tuple[float, np.ndarray]:
        """Minus the alignment, and its gradient by log(scale) and weights, for rows with such roots of weights."""
        self.kernel_.set_params(**_parameters(v))
        K = self.kernel_.symmetric_matrix(self.X_fit_)
        found = centred(K, roots)
        norm = np.linalg.norm(found)
        if norm <= 1e-12 * len(K):  # all rows are alike
            return 0.0, np.zeros_like(v)
        alignment = np.sum(found * target) / norm
        # Centring is a projection: the gradient by K is the centred one, times the roots of the weights again.
        A = roots[:, None] * (target / norm - alignment * found / norm**2) * roots
        slope, slopes = self.kernel_.pullback(self.X_fit_, A)
        return -alignment, -np.concatenate([[slope], slopes])

    def transform(self, X) -> np.ndarray:
        """Kernel values (n_samples, n_training_rows) of rows X and the training rows."""
        return self._by_blocks(lambda K: K, X)

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: this trainer with an RBF kernel of as many weights, on linear features."""
        return clone(self).set_params(kernel=GaussianKernel(like=self._part("kernel")), bandwidth="auto")


def _parameters(v) -> dict:
    return {"scale": float(np.exp(v[0])), "weights": v[1:].copy() if len(v) > 1 else None}
