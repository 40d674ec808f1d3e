"""Features that approximate a quantum kernel."""

import warnings
from typing import ClassVar, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.gaussian_process.kernels import Kernel
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from ..._sklearn import Count, check_sample_weight, fit_context
from ..base.failures import unchanged_on_error
from ..base.rows import kinds_of_rows
from .base import KernelMachine
from .memory import refuse_large_matrix

_SMALLEST = 1e-12  # singular values of a kernel matrix below this are rounding errors


class QuantumNystroem(ClassNamePrefixFeaturesOutMixin, TransformerMixin, KernelMachine):
    """Features whose inner products approximate a quantum kernel, from a sample of the rows.

    ``phi(x) = k(x, B) K_BB^(-1/2)`` for a random subset B of the training rows: linear models on
    it cost O(n), not O(n^2). Equal rows are drawn once, with the sum of their weights for a chance.

    Parameters
    ----------
    kernel, standardize, bandwidth
        As in `QuantumKernelSVC`; no precomputed matrix.
    n_components : int, default=100
        Size of the subset; clipped to the number of different rows with a warning.
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
    bandwidth_, circuit_
        As in `QuantumKernelSVC`.

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
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth)
        self.n_components = n_components
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Draw the subset and compute its kernel matrix.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : ignored
        sample_weight : array-like (n_samples,), default=None
            Chances of rows to be drawn, one after another, in proportion: a weight of 2 is the row twice.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X = validate_data(self, X, dtype=float)
            weight = check_sample_weight(sample_weight, X)
            self._fit_kernel(X, None if sample_weight is None else weight)
            self.component_indices_ = self._subset(X, weight)
            refuse_large_matrix(len(self.component_indices_), 6)
            self.components_ = X[self.component_indices_]
            self._keep_rows(self.components_)
            U, s, V = np.linalg.svd(self._gram(self.X_fit_))
            self.normalization_ = (U / np.sqrt(np.maximum(s, _SMALLEST))) @ V
            self._n_features_out = len(self.components_)
        return self

    def _subset(self, X, weight) -> np.ndarray:
        """Numbers of the rows that are drawn."""
        rows, _, chances = kinds_of_rows(weight, X)
        n_rows, rng = len(rows), check_random_state(self.random_state)
        if n_rows < self.n_components:
            message = f"n_components={self.n_components} is more than the {n_rows} rows that differ; these are used."
            warnings.warn(message, UserWarning, stacklevel=4)
        if np.ptp(chances) == 0:
            return rows[rng.permutation(n_rows)[: self.n_components]]
        # The first of clocks that run at the rates of the chances is each row with its chance (Efraimidis, Spirakis).
        return rows[np.argsort(rng.standard_exponential(n_rows) / chances)[: self.n_components]]

    def transform(self, X) -> np.ndarray:
        """Features (n_samples, n_components)."""
        return self._by_blocks(lambda K: K @ self.normalization_.T, X)
