"""What every estimator does to its features before they become angles."""

from dataclasses import dataclass
from numbers import Real

import numpy as np


@dataclass(frozen=True)
class Standardizer:
    """Affine map of features: ``(X - mean) * factor``.

    Attributes
    ----------
    mean, factor : ndarray (n_features,)
    bandwidth : float
        Part of the factor that is the same for all features.
    """

    mean: np.ndarray
    factor: np.ndarray
    bandwidth: float

    @classmethod
    def fit(cls, X, sample_weight, *, standardize: bool, scale, auto_scale) -> "Standardizer":
        """Learn mean and deviation of the weighted rows, and multiply by the bandwidth.

        Parameters
        ----------
        X : ndarray (n_samples, n_features)
        sample_weight : ndarray (n_samples,) or None
        standardize : bool
            Whether to standardise; constant features then become 0.
        scale : "auto" or float
            Bandwidth behind it; "auto" asks the circuit, or is 1 if nothing is standardised.
        auto_scale : callable
            From the number of features to a bandwidth (`QuantumKernel.auto_scale`).
        """
        n_features = X.shape[1]
        bandwidth = _bandwidth(scale, lambda: float(auto_scale(n_features)) if standardize else 1.0)
        if not standardize:
            return cls(np.zeros(n_features), np.full(n_features, bandwidth), bandwidth)
        mean = np.average(X, axis=0, weights=sample_weight)
        deviation = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=sample_weight))
        # Rounding of the mean leaves a constant column a deviation that grows with the number of rows: ask its range.
        used = X if sample_weight is None else X[np.asarray(sample_weight) > 0]
        constant = np.ptp(used, axis=0) <= 10 * np.finfo(float).eps * np.abs(used).max(axis=0)
        constant |= deviation == 0
        factor = np.where(constant, 0.0, bandwidth / np.where(constant, 1.0, deviation))
        return cls(mean, factor, bandwidth)

    def transform(self, X) -> np.ndarray:
        """Features ready for the encoding."""
        return (X - self.mean) * self.factor


def _bandwidth(scale, automatic) -> float:
    if isinstance(scale, str) and scale == "auto":
        return automatic()
    if isinstance(scale, bool) or not isinstance(scale, Real) or not 0 < scale < np.inf:
        raise ValueError(f"scale must be 'auto' or a positive number, got {scale!r}.")
    return float(scale)
