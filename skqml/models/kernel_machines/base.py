"""What estimators share that work on kernel matrices of standardised rows."""

import warnings
from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator, clone
from sklearn.gaussian_process.kernels import Kernel
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._parts import OptionalParts
from ..._sklearn import Number, StrOptions
from ...kernels import FidelityKernel, GaussianKernel, QuantumKernel
from ...kernels.measures.trouble import trouble
from ...states import count, floats, instance, nullable, number, optional
from ..base.drawing import DrawnCircuit
from ..base.inputs import Standardizer
from .matrices import checked_precomputed, nearest_psd
from .memory import refuse_large_matrix

_OF_REPAIR = 3  # matrices that `nearest_psd` makes
_BLOCK = 2**27  # entries of a kernel matrix that prediction holds at one time: 1 GiB


class KernelMachine(DrawnCircuit, OptionalParts, BaseEstimator):
    """What estimators share that work on a kernel matrix.

    A subclass has the parameters ``kernel``, ``standardize``, ``bandwidth`` and ``check_kernel``.
    """

    bandwidth_: float | None
    _n_matrices: ClassVar[float] = 1.5  # as large as that of the kernel, at one time in a fit
    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "bandwidth_": optional(nullable(number(0))),
        "kernel_": optional(instance(Kernel)),
        "standardizer_": optional(instance(Standardizer, n_features="n_features")),
        "n_parameters_": optional(count()),
        "_n_features_out": optional(count(least=1)),
        "X_fit_": optional(floats("n_rows", "n_features")),
    }
    _default_parts: ClassVar[dict] = {"kernel": lambda self: FidelityKernel()}
    _parameter_constraints: ClassVar[dict] = {
        "kernel": [Kernel, StrOptions({"precomputed"}), None],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "check_kernel": ["boolean"],
    }

    def __init__(self, kernel=None, *, standardize=True, bandwidth="auto", check_kernel=True):
        self.kernel = kernel
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.check_kernel = check_kernel

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self._precomputed
        tags.non_deterministic = any(k.random for k in _quantum_parts(self._part("kernel")))
        return tags

    def _check_whole(self):
        if not self._precomputed and not (
            hasattr(self, "standardizer_") and len(self.X_fit_) and np.isfinite(self.kernel_.theta).all()
        ):
            raise ValueError(f"the kernel {self.kernel_!r}")
        for part in [] if self._precomputed else _quantum_parts(self.kernel_):
            part.check_parts()

    @property
    def _precomputed(self) -> bool:
        return isinstance(self.kernel, str) and self.kernel == "precomputed"

    @property
    def _gram(self) -> Callable[..., np.ndarray]:
        """The kernel as a function of checked rows X, and Y if they are others."""
        return self.kernel_.gram if isinstance(self.kernel_, QuantumKernel) else self.kernel_

    @property
    def _kernel_of_rows(self) -> Callable[..., np.ndarray]:
        """The kernel of rows that come after the fit, and training rows."""
        return self._gram

    @property
    def circuit_(self) -> QuantumCircuit | None:
        """A copy of the circuit of the first quantum kernel, None without one."""
        check_is_fitted(self)
        quantum = [] if self._precomputed else _quantum_parts(self.kernel_)
        return quantum[0].circuit(self.n_features_in_) if quantum else None

    def _fit_kernel(self, X, sample_weight=None) -> None:
        """Learn how rows become kernel values, and set what shows it."""
        self.kernel_ = clone(self._part("kernel"))
        quantum = _quantum_parts(self.kernel_)
        for part in quantum:
            part.own()  # the clone copied all that they hold
        self.standardizer_ = Standardizer.fit(
            X,
            sample_weight,
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=quantum[0].auto_bandwidth if quantum else np.ones_like,
            limit=min((kernel.limit for kernel in quantum), default=np.inf),
        )
        self.bandwidth_ = self.standardizer_.bandwidth

    def _fit_gram(self, X, sample_weight=None) -> np.ndarray:
        """Kernel matrix of the training rows, which are kept."""
        if self._precomputed:
            self.bandwidth_ = None
            return checked_precomputed(X)
        self._fit_kernel(X, sample_weight)
        self._keep_rows(X, sample_weight)
        sure = isinstance(self.kernel_, QuantumKernel) and self.kernel_.is_positive_semidefinite()
        refuse_large_matrix(len(X), self._n_matrices + (0 if sure else _OF_REPAIR))
        K = self._gram(self.X_fit_)
        return K if sure else nearest_psd(K)

    def _keep_rows(self, X, sample_weight=None) -> None:
        """Keep the standardised rows that kernel values are taken against."""
        self.X_fit_ = self.standardizer_.transform(X)
        for part in _quantum_parts(self.kernel_):
            part.adapt(self.X_fit_, sample_weight)

    def _warn_of(self, K) -> None:
        """Warn, from a `fit`, of a quantum kernel's matrix of training rows from which nothing can be learned."""
        if not self.check_kernel or self._precomputed or not isinstance(self.kernel_, QuantumKernel):
            return
        found = trouble(K, self.kernel_.entry_shots, self.kernel_.n_runs(self.n_features_in_))
        if found is not None:
            warnings.warn(
                f"The kernel matrix of the {len(K)} training rows {found}; check_kernel=False turns this warning off.",
                UserWarning,
                stacklevel=4,
            )

    def _by_blocks(self, function: Callable[[np.ndarray], np.ndarray], X) -> np.ndarray:
        """Results of a function of the kernel matrix of X against all training rows, block of rows by block.

        Rows that are no support vectors are not left out, so that a search over C finds the
        matrix of each fold in the cache.
        """
        check_is_fitted(self)
        return self._of_rows(function, validate_data(self, X, dtype=float, reset=False))

    def _of_rows(self, function: Callable[[np.ndarray], np.ndarray], X) -> np.ndarray:
        """The same for rows that have been checked."""
        step = max(1, _BLOCK // (X.shape[1] if self._precomputed else len(self.X_fit_)))
        results = []
        for a in range(0, len(X), step):
            block = X[a : a + step]
            if not self._precomputed:
                block = self._kernel_of_rows(self.standardizer_.transform(block), self.X_fit_)
            results.append(function(block))
        return np.concatenate(results)

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: this estimator with an RBF kernel, whose width suits the training rows.

        On a precomputed matrix there is nothing to replace.
        """
        return clone(self) if self._precomputed else clone(self).set_params(kernel=GaussianKernel(), bandwidth="auto")

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this estimator, its circuits without entangling gates."""
        return self._with_kernels(lambda kernel: kernel.without_entanglers())

    def surrogate(self) -> Self:
        """Unfitted classical surrogate: this estimator on random Fourier features with the encoding's frequencies.

        See `FourierKernel`.
        """
        return self._with_kernels(lambda kernel: kernel.surrogate())

    def _with_kernels(self, change: Callable[[QuantumKernel], QuantumKernel]) -> Self:
        """This estimator, not fitted, with other kernels in place of the quantum kernels."""
        kernel = self._part("kernel")
        if not _quantum_parts(kernel):
            raise ValueError(f"kernel must be a kernel with a circuit for such a twin, got {kernel!r}.")
        return clone(self).set_params(kernel=_with_changed(kernel, change))

    def _shown_circuit(self):
        circuit = super()._shown_circuit()
        if circuit is None:
            raise ValueError(f"This {type(self).__name__} has no circuit: its kernel is {self.kernel!r}.")
        return circuit


def _with_changed(kernel: Kernel, change) -> Kernel:
    """A kernel, or a sum, product or power of kernels, with others in place of the quantum kernels in it."""
    if isinstance(kernel, QuantumKernel):
        return change(kernel)
    inside = {name: part for name, part in kernel.get_params(deep=False).items() if isinstance(part, Kernel)}
    return clone(kernel).set_params(**{name: _with_changed(part, change) for name, part in inside.items()})


def _quantum_parts(kernel) -> list[QuantumKernel]:
    """The quantum kernels in a sum, product or power of kernels."""
    if isinstance(kernel, QuantumKernel):
        return [kernel]
    parts = (getattr(kernel, name, None) for name in ("k1", "k2", "kernel"))
    return [q for part in parts if isinstance(part, Kernel) for q in _quantum_parts(part)]
