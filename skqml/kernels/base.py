"""The base class of quantum kernels: a scikit-learn Gaussian process kernel."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pickle import PicklingError
from typing import Self

import numpy as np
from qiskit import QuantumCircuit

from .._checks import check_option
from ..engine.cache import CACHE, digest
from .definite import refuse_indefinite
from .hyperparameters import Hyperparameters
from .rows import checked_rows, pullback_by_differences

_STEP = 1e-5  # of the default gradient by central differences


class QuantumKernel(Hyperparameters, ABC):
    """A scikit-learn Gaussian process kernel that a quantum circuit defines.

    A subclass writes `matrix`; hyperparameters are properties ``hyperparameter_NAME``, as in
    scikit-learn, and `linear_hyperparameters` names those that are no scales: their ``theta`` is
    the value itself, not its logarithm.
    """

    @abstractmethod
    def matrix(self, X, Y) -> np.ndarray:
        """Kernel matrix (n_samples_X, n_samples_Y), exactly as it is measured."""

    def symmetric_matrix(self, X) -> np.ndarray:
        """Kernel matrix of X with itself, symmetric; the default takes the mean of both halves."""
        K = self.matrix(X, X)
        return 0.5 * (K + K.T)

    def __call__(self, X, Y=None, eval_gradient=False) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Kernel matrix, and its gradient by ``theta``.

        Parameters
        ----------
        X : array-like (n_samples_X, n_features)
        Y : array-like (n_samples_Y, n_features), default=None
            ``None`` stands for X, and the result is then symmetric.
        eval_gradient : bool, default=False
            Only with ``Y=None``.

        Returns
        -------
        K : ndarray (n_samples_X, n_samples_Y)
        K_gradient : ndarray (n_samples_X, n_samples_X, n_dims)
            Only with ``eval_gradient=True``.
        """
        X = checked_rows(X)
        check_option("eval_gradient", eval_gradient, (False, True))
        if Y is not None:
            if eval_gradient:
                raise ValueError("Gradient can only be evaluated when Y is None.")
            Y = checked_rows(Y)
            if Y.shape[1] != X.shape[1]:
                raise ValueError(f"Expected as many features in Y as in X, {X.shape[1]}, got {Y.shape[1]}.")
            return self.matrix(X, Y)
        K = self.symmetric_matrix(X)
        if self.random:
            refuse_indefinite(K)
        return (K, self.gradient(X)) if eval_gradient else K

    def gram(self, X, Y=None) -> np.ndarray:
        """Kernel matrix of finite rows of floats, read-only, kept for the next equal call if `cache_key` allows.

        What estimators ask for, who have checked the rows.
        """
        key = _digest(self.cache_key(X, Y))
        K = CACHE.find(key)
        if K is None:
            K = CACHE.keep(key, self.symmetric_matrix(X) if Y is None else self.matrix(X, Y))
        return K

    def gradient(self, X) -> np.ndarray:
        """Gradient (n, n, n_dims) of the symmetric matrix; by central differences if not exact."""
        K_gradient = np.empty((len(X), len(X), self.n_dims))
        for k, step in enumerate(np.eye(self.n_dims) * _STEP):
            up, down = (self.clone_with_theta(self.theta + s) for s in (step, -step))
            K_gradient[..., k] = (up.symmetric_matrix(X) - down.symmetric_matrix(X)) / (2 * _STEP)
        return K_gradient

    def pullback(self, X, A) -> np.ndarray:
        """Gradient (n_dims,) of ``sum_ij A_ij k(x_i, x_j)`` by ``theta``; the default takes it from `gradient`.

        Parameters
        ----------
        X : ndarray (n_samples, n_features)
        A : ndarray (n_samples, n_samples)
        """
        return np.einsum("ij,ijk->k", A, self.gradient(X))

    def pullback_rows(self, X, Y, A) -> np.ndarray:
        """Gradient dX of ``sum_ij A_ij k(x_i, y_j)``, the rows Y staying; by central differences if not exact.

        Parameters
        ----------
        X : ndarray (n_samples_X, n_features)
        Y : ndarray (n_samples_Y, n_features)
        A : ndarray (n_samples_X, n_samples_Y)
        """
        return pullback_by_differences(self.matrix, X, Y, A)

    def diag(self, X) -> np.ndarray:
        """Diagonal of the kernel matrix of X with itself."""
        X = checked_rows(X)
        return np.array([self.matrix(x[None], x[None])[0, 0] for x in X])

    def is_stationary(self) -> bool:
        """Return False: a quantum kernel is no function of X - Y."""
        return False

    def auto_bandwidth(self, n_features) -> float:
        """Bandwidth for standardised features that suits this kernel."""
        return 1.0

    @property
    def limit(self) -> float:
        """Largest absolute value of a feature that the kernel is defined for."""
        return np.inf

    def adapt(self, X, sample_weight=None) -> None:
        """Set what depends on the training rows, in place; an estimator calls it on its own copy."""

    def check_parts(self) -> None:
        """Refuse parameters of other kinds, as far as that costs nothing; by default there is nothing to look at."""

    def own(self) -> None:
        """Take what the parameters hold as its own, which nobody else will change; an estimator tells its copy so."""
        for value in vars(self).values():
            if isinstance(value, QuantumKernel):
                value.own()

    def circuit(self, n_features) -> QuantumCircuit | None:
        """Circuit of so many features, None if the kernel has none."""
        return None

    def without_entanglers(self) -> Self:
        """Return this kernel with circuits that entangle no qubits; ValueError where it has none."""
        raise ValueError(f"Expected a kernel with a circuit whose entanglers can be left out, got {self!r}.")

    def surrogate(self) -> "QuantumKernel":
        """Return a classical kernel with the frequencies of this one's encoding; ValueError where it has none."""
        raise ValueError(f"Expected a kernel with an encoding, whose frequencies a surrogate can have, got {self!r}.")

    def n_qubits(self, n_features) -> int | None:
        """Number of qubits for so many features, those of all runs together; None if the kernel has no circuit."""
        circuit = self.circuit(n_features)
        return None if circuit is None else circuit.num_qubits

    def n_runs(self, n_features) -> int:
        """Number of runs of a circuit to which a row of so many features is dealt out."""
        return 1

    def run_qubits(self, n_features) -> list[int | None]:
        """Numbers of qubits of the runs, None where there is no circuit."""
        return [self.n_qubits(n_features)]

    def run_fidelities(self, X, Y=None) -> Iterator[np.ndarray]:
        """Of a kernel of fidelities, the matrices (n_samples_X, n_samples_Y) of the runs, whose product its own is."""
        yield self.symmetric_matrix(X) if Y is None else self.matrix(X, Y)

    def run_diagonals(self, X) -> list[np.ndarray]:
        """Of a kernel of fidelities, those (n_samples,) of each state with itself, run by run."""
        return [self.diag(X)]

    @property
    def noisy(self) -> bool:
        """Whether shots or gate noise make the matrix differ from the kernel's definition."""
        return False

    @property
    def random(self) -> bool:
        """Whether shots make the matrix differ from call to call."""
        return False

    @property
    def fidelities(self) -> bool:
        """Whether entries are fidelities of states: probabilities that shots estimate one by one, or, of several runs,
        products of them."""
        return False

    @property
    def entry_shots(self) -> int | None:
        """Shots of each entry, where entries are probabilities estimated from shots; None elsewhere."""
        return None

    def is_positive_semidefinite(self) -> bool:
        """Whether `symmetric_matrix` certainly is, up to rounding."""
        return False

    def cache_key(self, X, Y) -> tuple | None:
        """All that the matrix depends on, as arrays and numbers; None if that is not known."""
        return None


def _digest(cache_key) -> str | None:
    """Digest of what a matrix depends on; None where that is not known, or has a function without a name in it."""
    try:
        return None if cache_key is None else digest(cache_key)
    except (PicklingError, AttributeError, TypeError):
        return None
