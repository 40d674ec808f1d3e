"""The classical kernel in a quantum kernel's place."""

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances

from .._checks import check_number, check_numbers
from .base import QuantumKernel
from .gamma import checked_gamma, gamma_of_rows
from .scaled import ScaledKernel, UnitDiagonal


class GaussianKernel(UnitDiagonal, ScaledKernel):
    r"""The RBF kernel ``k(x, y) = exp(-gamma |s (I + M) (x - y)|^2)`` with s the scale, without any circuit.

    What `classical_twin` of kernel machines puts in place of a quantum kernel.

    Parameters
    ----------
    scale : float, default=1.0
        Factor of all features.
    gamma : "scale" or float, default="scale"
        "scale" is 1 / (summed variance of the features) of the training rows, as in scikit-learn's `SVC`
        for features of mean 0; without training rows 1 / n_features.
    weights : array-like of float, default=None
        Entries of the matrix M along its diagonals: the main one, then those beside it, each going on at the
        left where it ends at the right. ``None`` means M = 0.
    like : FidelityKernel, default=None
        `KernelAlignmentTrainer` trains as many weights as this kernel has; ``None`` means none.
    scale_bounds, weights_bounds : pair of float or "fixed", default=(1e-2, 1e2), (-10, 10)
        Of the search for hyperparameters in scikit-learn's Gaussian processes.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.kernels import GaussianKernel
    >>> GaussianKernel(gamma=np.log(2))(np.array([[0.0], [1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """

    def __init__(
        self, scale=1.0, gamma="scale", weights=None, like=None, scale_bounds=(1e-2, 1e2), weights_bounds=(-10.0, 10.0)
    ):
        self.scale = scale
        self.gamma = gamma
        self.weights = weights
        self.like = like
        self.scale_bounds = scale_bounds
        self.weights_bounds = weights_bounds

    def initial_weights(self, n_features) -> np.ndarray:
        """Weights in use: those given, else zeros, as many as the kernel ``like`` has and M can hold."""
        if self.weights is not None:
            w = np.atleast_1d(check_numbers("weights", self.weights, (0, 1)))
            if len(w) > n_features**2:
                raise ValueError(f"weights must be at most {n_features**2} numbers, the entries of M, got {len(w)}.")
            return w
        like = self.like
        if like is not None and not (isinstance(like, QuantumKernel) and hasattr(like, "initial_weights")):
            raise TypeError(f"like must be None or a kernel with weights, such as FidelityKernel, got {like!r}.")
        n_weights = 0 if like is None else len(like.initial_weights(n_features))
        return np.zeros(min(n_weights, n_features**2))

    def adapt(self, X, sample_weight=None) -> None:
        """Replace ``gamma="scale"`` by 1 / (summed variance of the features of X)."""
        if isinstance(self.gamma, str):
            self._gamma(X.shape[1])  # refuses other words
            self.gamma = gamma_of_rows(X, sample_weight, 1.0)

    def _gamma(self, n_features) -> float:
        return checked_gamma(self.gamma, 1.0 / n_features)

    def _places(self, n_features, n_weights) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the weights in M."""
        k = np.arange(n_weights)
        return k % n_features, (k + k // n_features) % n_features

    def _rows(self, X) -> np.ndarray:
        """Rows whose squared distances are minus the logarithms of kernel values."""
        w, A = self.initial_weights(X.shape[1]), np.eye(X.shape[1])
        A[self._places(len(A), len(w))] += w
        return np.sqrt(self._gamma(len(A))) * check_number("scale", self.scale) * (X @ A.T)

    def matrix(self, X, Y) -> np.ndarray:
        """Kernel matrix (n_samples_X, n_samples_Y)."""
        return np.exp(-euclidean_distances(self._rows(X), self._rows(Y), squared=True))

    def symmetric_matrix(self, X) -> np.ndarray:
        """Kernel matrix (n_samples, n_samples)."""
        Z = self._rows(X)
        return np.exp(-euclidean_distances(Z, squared=True))

    def pullback(self, X, A) -> np.ndarray:
        """Gradient (n_dims,) of ``sum_ij A_ij k(x_i, x_j)`` by ``theta``."""
        Z = self._rows(X)
        B = (A + A.T) * self.symmetric_matrix(X)
        dZ = 2 * (B @ Z - B.sum(axis=1)[:, None] * Z)
        slopes = np.sqrt(self._gamma(X.shape[1])) * self.scale * (dZ.T @ X)
        weights = slopes[self._places(X.shape[1], np.size(self.weights) if self.weights is not None else 0)]
        return self._of_free(scale=np.sum(dZ * Z), weights=weights)
