"""Features as bits, and bits as basis states."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import check_sample_weight
from ...states import CheckedState, count, floats, integers
from ..base.failures import unchanged_on_error
from ..base.inputs import quantile_cuts
from ..base.perceptrons import perceptron_twin
from .inputs import Inputs


class ThresholdBits(TransformerMixin, CheckedState, BaseEstimator):
    """Compares features with thresholds: a bit is 1 where the feature is above.

    Parameters
    ----------
    threshold : "quantiles" or float, default="quantiles"
        "quantiles" places ``n_thresholds`` of them in each feature so that equally many training
        rows lie between; each is a bit (a thermometer code). A number stands for all features.
    n_thresholds : int, default=4

    Attributes
    ----------
    feature_ : ndarray of int (n_bits,)
        Feature of each bit.
    cut_ : ndarray (n_bits,)
        Its threshold.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.readout_qnn.bits import ThresholdBits
    >>> ThresholdBits(n_thresholds=1).fit_transform(np.array([[0.0], [1.0], [2.0], [9.0]])).T
    array([[False, False,  True,  True]])
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "feature_": integers("n_bits", below="n_features"),
        "cut_": floats("n_bits"),
    }

    def __init__(self, threshold="quantiles", n_thresholds=4):
        self.threshold = threshold
        self.n_thresholds = n_thresholds

    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Learn thresholds from rows X (n_samples, n_features)."""
        with unchanged_on_error(self):
            X = validate_data(self, X, dtype=float)
            if self.threshold == "quantiles":
                weight = check_sample_weight(sample_weight, X)
                cuts = [quantile_cuts(column, weight, self.n_thresholds) for column in X.T]
            else:
                cuts = [np.array([float(self.threshold)])] * X.shape[1]
            self.feature_ = np.repeat(np.arange(len(cuts)), [len(c) for c in cuts])
            self.cut_ = np.concatenate(cuts)
        return self

    def transform(self, X) -> np.ndarray:
        """Bits (n_samples, n_bits)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X[:, self.feature_] > self.cut_


class BitInputs(Inputs):
    """Rows are features, which thresholds turn into bits."""

    def read(self, model, X, *y, **options) -> Any:
        return validate_data(model, X, *y, dtype=float, **options)

    def check(self, model) -> None:
        if model.backend is not None and model.superposition_batches:
            raise ValueError("superposition_batches are simulated by their amplitudes; set backend=None.")

    def learn(self, model, X, weight) -> tuple[ThresholdBits, int]:
        bits = _unfitted(model).fit(X, sample_weight=weight)
        return bits, len(bits.cut_)

    def product_gates(self, gates) -> tuple[str, ...]:
        return tuple(gate for gate in gates if gate != "XX") or ("ZX",)

    def classical_twin(self, model) -> BaseEstimator:
        n_inputs = model.network_.n_bits if model._is_trained else None
        return perceptron_twin(model, n_inputs, transformer=_unfitted(model), standardize=False)


def _unfitted(model) -> ThresholdBits:
    return ThresholdBits(model.threshold, model.n_thresholds)


def superposition(bits, share, rng) -> np.ndarray:
    """Return ``sum_z sqrt(p_z) e^(i phi_z) |z>`` with random phases, the rows z being a batch.

    Parameters
    ----------
    bits : ndarray of bool (n_samples, n_bits)
    share : ndarray (n_samples,)
        Weights, proportional to the probabilities p of rows.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex (2^n_bits,)
        The first bit is the least.
    """
    p = np.bincount(bits @ (1 << np.arange(bits.shape[1])), share, minlength=2 ** bits.shape[1])
    return np.sqrt(p / p.sum()) * np.exp(2j * np.pi * rng.random(len(p)))
