"""Classical models with the frequencies of an encoding."""

from functools import partial
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, is_classifier
from sklearn.linear_model import LogisticRegression, Ridge

from ...._sklearn import fit_context
from ....kernels import FidelityKernel, FourierKernel
from ....states import CheckedState, number
from ..circuits import encoding_bandwidth
from ..twin import TwinClassifier, TwinRegressor

_N_COMPONENTS = 500
_C = 10.0  # features of a row have length 1


class FourierFeatures(TransformerMixin, CheckedState, BaseEstimator):
    """Random Fourier features of standardised rows; see `FourierKernel`.

    Parameters
    ----------
    kernel : FourierKernel
    standardize : bool, default=True
        Whether rows are standardised, which then get the bandwidth that suits the encoding.
    """

    _contents: ClassVar[dict] = {"bandwidth_": number(0)}
    _parameter_constraints: ClassVar[dict] = {"kernel": [FourierKernel], "standardize": ["boolean"]}

    def __init__(self, kernel, standardize=True):
        self.kernel = kernel
        self.standardize = standardize

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Choose the bandwidth for rows X (n_samples, n_features)."""
        self.bandwidth_ = self.kernel.auto_bandwidth(X.shape[1]) if self.standardize else 1.0
        return self

    def transform(self, X) -> np.ndarray:
        """Features (n_samples, 2 n_components)."""
        limit = self.kernel.limit if self.standardize else np.inf
        return self.kernel.features(np.clip(self.bandwidth_ * X, -limit, limit))


def surrogate(model, encoding, weights=None) -> TwinClassifier | TwinRegressor:
    """Unfitted linear model on random Fourier features, with the settings of a model.

    Parameters
    ----------
    model : CircuitModel
    encoding : Encoding
    weights : ndarray, default=None
        Of the encoding; None leaves them to the kernel.
    """
    kernel = FourierKernel(FidelityKernel(encoding, weights=weights, group_size=None), _N_COMPONENTS)
    options = {"standardize": model.standardize, "bandwidth": model.bandwidth}
    options["transformer"] = FourierFeatures(kernel, model.standardize)
    options["auto_bandwidth"] = partial(encoding_bandwidth, encoding)
    if is_classifier(model):
        machine = LogisticRegression(C=_C, max_iter=1000)
        return TwinClassifier(machine, class_weight=model.class_weight, **options)
    return TwinRegressor(Ridge(1.0 / _C), **options)
