"""Features that approximate a quantum kernel."""

from collections.abc import Callable
from typing import Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import validate_data

from ..._sklearn import check_sample_weight, fit_context
from ...kernels import QuantumKernel
from ..base.failures import unchanged_on_error
from .landmarks import LandmarkKernelMachine


class QuantumNystroem(ClassNamePrefixFeaturesOutMixin, TransformerMixin, LandmarkKernelMachine):
    """Features whose inner products approximate a quantum kernel, from a sample of the rows.

    ``phi(x) = k(x, B) K_BB^(-1/2)`` for a random subset B of the training rows: linear models on
    it cost O(n), not O(n^2). Equal rows are drawn once, with the sum of their weights for a chance.

    Parameters
    ----------
    kernel, standardize, bandwidth, check_kernel
        As in `QuantumKernelSVC`; no precomputed matrix, and that of the subset is checked.
    n_components : int, default=100
        Size of the subset; clipped to the number of different rows with a warning.
    n_jobs : int, default=None
        Jobs for tiles of kernel matrices; a kernel that has ``n_jobs`` keeps its own.
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
            self._warn_of(self._fit_landmarks(X, weight, chances=weight))
            self._n_features_out = len(self.components_)
        return self

    @property
    def _kernel_of_rows(self) -> Callable[..., np.ndarray]:
        # Nothing is kept: blocks of a large table do not come again, and would fill the cache.
        return self.kernel_.matrix if isinstance(self.kernel_, QuantumKernel) else self.kernel_

    def transform(self, X) -> np.ndarray:
        """Features (n_samples, n_components)."""
        return self._by_blocks(lambda K: K @ self.normalization_.T, X)
