"""What kernels share whose rows have a scale, and those of vectors of norm 1."""

from typing import Any

import numpy as np
from sklearn.gaussian_process.kernels import Hyperparameter

from .base import QuantumKernel
from .rows import checked_rows


class ScaledKernel(QuantumKernel):
    """Base class of kernels of ``scale * X``, some of which have weights."""

    linear_hyperparameters = ("weights",)
    scale: float
    scale_bounds: Any
    weights: Any = None
    weights_bounds: Any

    @property
    def hyperparameter_scale(self) -> Hyperparameter:
        """Factor of all features."""
        return Hyperparameter("scale", "numeric", self.scale_bounds)

    @property
    def hyperparameter_weights(self) -> Hyperparameter | None:
        """What can be trained beside the scale; None unless given."""
        if self.weights is None:
            return None
        return Hyperparameter("weights", "numeric", self.weights_bounds, np.size(self.weights))


class UnitDiagonal(QuantumKernel):
    """Base class of kernels that are inner products of vectors of norm 1."""

    def diag(self, X) -> np.ndarray:
        """Ones."""
        return np.ones(len(checked_rows(X)))

    def is_positive_semidefinite(self) -> bool:
        """True: inner products are, whatever vectors come out."""
        return True
