"""Kernel values of rows with a few rows that were drawn, which stand for all."""

import warnings
from typing import ClassVar

import numpy as np
from sklearn.gaussian_process.kernels import Kernel
from sklearn.utils import check_random_state

from ..._sklearn import Count
from ...backends.tasks import workers
from ...states import floats, integers
from ..base.distinct_rows import kinds_of_rows
from .base import KernelMachine
from .memory import refuse_large_matrix

_SMALLEST = 1e-12  # singular values of a kernel matrix below this are rounding errors


class LandmarkKernelMachine(KernelMachine):
    """What estimators share that see rows by their kernel values with a random subset of the training rows."""

    _contents: ClassVar[dict] = {
        "component_indices_": integers("n_components"),
        "components_": floats("n_components", "n_features"),
        "X_fit_": floats("n_components", "n_features"),
        "normalization_": floats("n_components", "n_components"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "kernel": [Kernel, None],
        "n_components": [Count()],
        "n_jobs": [Count(-(2**15)), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        kernel=None,
        *,
        n_components=100,
        standardize=True,
        bandwidth="auto",
        check_kernel=True,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth, check_kernel=check_kernel)
        self.n_components = n_components
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit_landmarks(self, X, weight, chances) -> np.ndarray:
        """Learn the kernel, draw the subset, and return its kernel matrix."""
        self._fit_kernel(X, weight)
        self.component_indices_ = self._subset(X, chances)
        refuse_large_matrix(len(self.component_indices_), 6)
        self.components_ = X[self.component_indices_]
        self._keep_rows(self.components_)
        with workers(self.n_jobs):
            K = self._gram(self.X_fit_)
        U, s, V = np.linalg.svd(K)
        self.normalization_ = (U / np.sqrt(np.maximum(s, _SMALLEST))) @ V
        return K

    def _of_rows(self, function, X) -> np.ndarray:
        with workers(self.n_jobs):
            return super()._of_rows(function, X)

    def _subset(self, X, chances) -> np.ndarray:
        """Numbers of the rows that are drawn."""
        rows, _, chances = kinds_of_rows(chances, X)
        n_rows, rng = len(rows), check_random_state(self.random_state)
        if n_rows < self.n_components:
            message = f"n_components={self.n_components} is more than the {n_rows} rows that differ; these are used."
            warnings.warn(message, UserWarning, stacklevel=4)
        if np.ptp(chances) == 0:
            return rows[rng.permutation(n_rows)[: self.n_components]]
        # The first of clocks that run at the rates of the chances is each row with its chance (Efraimidis, Spirakis).
        return rows[np.argsort(rng.standard_exponential(n_rows) / chances)[: self.n_components]]
