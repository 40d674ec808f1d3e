"""Features that approximate a quantum kernel."""

import warnings
from typing import ClassVar

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.gaussian_process.kernels import Kernel
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from ..._sklearn import Count, fit_context
from ..base.failures import unchanged_by_failure
from ..base.memory import refuse_large_matrix
from .base import KernelMachine, cached_gram

_SMALLEST = 1e-12  # singular values of a kernel matrix below this are rounding errors


class QuantumNystroem(ClassNamePrefixFeaturesOutMixin, TransformerMixin, KernelMachine):
    """Features whose inner products approximate a quantum kernel, from a sample of the rows.

    ``phi(x) = k(x, B) K_BB^(-1/2)`` for a random subset B of the training rows: linear models on
    it cost O(n), not O(n^2).

    Parameters
    ----------
    kernel, standardize, bandwidth
        As in `QuantumKernelSVC`; no precomputed matrix.
    n_components : int, default=100
        Size of the subset; clipped to the number of rows with a warning.
    random_state : int, RandomState or None, default=None
        Draws the subset.

    Attributes
    ----------
    components_ : ndarray (n_components, n_features)
        The rows of the subset.
    component_indices_ : ndarray (n_components,)
        Where they stand in the training set.
    normalization_ : ndarray (n_components, n_components)
        ``K_BB^(-1/2)``.
    bandwidth_ : float
        Factor of the standardised features.
    circuit_ : QuantumCircuit
        Circuit that encodes a row, or the first group of its features; None without a quantum kernel.

    References
    ----------
    C. Williams and M. Seeger, Using the Nystroem method to speed up kernel machines, NIPS 2000.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumNystroem
    >>> X, _ = load_iris(return_X_y=True)
    >>> QuantumNystroem(n_components=20, random_state=0).fit_transform(X).shape
    (150, 20)
    """

    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "kernel": [Kernel, None],
        "n_components": [Count()],
        "random_state": ["random_state"],
    }

    def __init__(self, kernel=None, *, n_components=100, standardize=True, bandwidth="auto", random_state=None):
        self.kernel = kernel
        self.n_components = n_components
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    @unchanged_by_failure
    def fit(self, X, y=None):
        """Draw the subset and compute its kernel matrix.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : ignored

        Returns
        -------
        self
        """
        X = validate_data(self, X, dtype=float)
        self._fit_kernel(X)
        n_components = min(self.n_components, len(X))
        if n_components < self.n_components:
            warnings.warn(
                f"n_components={self.n_components} is more than the {len(X)} rows; {n_components} are used.",
                UserWarning,
                stacklevel=2,
            )
        self.component_indices_ = check_random_state(self.random_state).permutation(len(X))[:n_components]
        refuse_large_matrix(n_components, 6)
        self.components_ = X[self.component_indices_]
        self._keep_rows(self.components_)
        U, s, V = np.linalg.svd(cached_gram(self.kernel_, self.X_fit_))
        self.normalization_ = (U / np.sqrt(np.maximum(s, _SMALLEST))) @ V
        self._n_features_out = n_components
        return self

    def transform(self, X):
        """Features (n_samples, n_components)."""
        return np.concatenate([K @ self.normalization_.T for K in self._predict_blocks(X)])
