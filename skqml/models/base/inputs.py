"""What estimators do to their features before they become angles, or bits."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..._checks import check_number
from ...states import CheckedState, floats, number

_LARGEST = 1e100  # bandwidth; features times a larger one are no numbers


@dataclass(frozen=True)
class Standardizer(CheckedState):
    """Affine map of features, ``(X - mean) * factor``, then clipped to the largest values that a circuit takes.

    Attributes
    ----------
    mean, factor : ndarray (n_features,)
    bandwidth : float
        Part of the factor that is the same for all features.
    limit : float
        Largest absolute value that comes out.
    """

    mean: np.ndarray
    factor: np.ndarray
    bandwidth: float
    limit: float = np.inf

    _contents: ClassVar[dict] = {
        "mean": floats("n_features"),
        "factor": floats("n_features"),
        "bandwidth": number(),
        "limit": number(0, infinite=True),
    }

    @classmethod
    def fit(cls, X, sample_weight, *, standardize: bool, bandwidth, auto_bandwidth, limit=np.inf) -> "Standardizer":
        """Learn mean and deviation of the weighted rows, and multiply by the bandwidth.

        Parameters
        ----------
        X : ndarray (n_samples, n_features)
        sample_weight : ndarray (n_samples,) or None
        standardize : bool
            Whether to standardise; constant features then become 0.
        bandwidth : "auto" or float
            Bandwidth behind it; "auto" asks the circuit, or is 1 if nothing is standardised.
        auto_bandwidth : callable
            From the number of features to a bandwidth (`QuantumKernel.auto_bandwidth`).
        limit : float
            Of the circuit; features that are not standardised are not clipped either.
        """
        n_features = X.shape[1]
        bandwidth = _chosen(bandwidth, lambda: float(auto_bandwidth(n_features)) if standardize else 1.0)
        if not standardize:
            return cls(np.zeros(n_features), np.full(n_features, bandwidth), bandwidth)
        mean, deviation = _moments(X, sample_weight)
        constant = _are_constant(X, sample_weight) | (deviation < 1e-300)
        factor = np.where(constant, 0.0, bandwidth / np.where(constant, 1.0, deviation))
        return cls(mean, factor, bandwidth, limit)

    def transform(self, X) -> np.ndarray:
        """Features ready for the encoding."""
        Z = (X - self.mean) * self.factor
        return Z if self.limit == np.inf else np.clip(Z, -self.limit, self.limit)

    def slopes(self, X) -> np.ndarray:
        """Derivatives of what `transform` gives by X, 0 where it clips."""
        return np.where(np.abs((X - self.mean) * self.factor) < self.limit, self.factor, 0.0)


def _are_constant(X, weight) -> np.ndarray:
    """Whether each column has one value, up to rounding, in the rows that count.

    Its deviation does not tell: rounding of the mean leaves one that grows with the number of rows.
    """
    used = X if weight is None else X[np.asarray(weight) > 0]
    return np.ptp(used, axis=0) <= 10 * np.finfo(float).eps * np.abs(used).max(axis=0)


def _moments(X, weight) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation (n_features,) of columns of any size, with no square that overflows or vanishes."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.average(X, axis=0, weights=weight)
        size = np.abs(X - mean).max(axis=0)
        unit = np.ldexp(1.0, np.maximum(np.frexp(size)[1], -1000))  # a power of two, which leaves every digit as it is
        deviation = unit * np.sqrt(np.average(((X - mean) / unit) ** 2, axis=0, weights=weight))
    if not np.isfinite(deviation).all():
        k = np.flatnonzero(~np.isfinite(deviation))[0]
        raise ValueError(
            f"Mean or deviation of column {k} of X or y is not finite, largest value "
            f"{np.abs(X[:, k]).max():g}; give it in another unit."
        )
    return mean, deviation


def _chosen(bandwidth, automatic) -> float:
    if isinstance(bandwidth, str) and bandwidth == "auto":
        return automatic()
    return check_number("bandwidth", bandwidth, high=_LARGEST, also="'auto' or a positive number, ")


def quantile_cuts(values, weight, n_cuts) -> np.ndarray:
    """Different numbers below the largest value, halfway between values; one at least.

    Parameters
    ----------
    values, weight : ndarray (n_samples,)
        Weights of 0 do not count.
    n_cuts : int
        At most so many.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base.inputs import quantile_cuts
    >>> quantile_cuts(np.array([0.0, 1.0, 2.0, 9.0]), np.ones(4), 1)
    array([1.5])
    """
    values, weight = values[weight > 0], weight[weight > 0]
    levels = np.arange(1, n_cuts + 1) / (n_cuts + 1)
    distinct = np.unique(values)
    # Halfway to the next value, where new rows are least likely to sit on the wrong side.
    cuts = np.unique(np.quantile(values, levels, weights=weight, method="inverted_cdf"))
    places = np.unique(np.minimum(np.searchsorted(distinct, cuts), max(0, len(distinct) - 2)))
    return 0.5 * distinct[places] + 0.5 * distinct[np.minimum(places + 1, len(distinct) - 1)]
