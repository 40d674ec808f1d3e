"""Variational models: a trained circuit between standardised features and a linear readout."""

from .classifier import VariationalClassifier
from .regressor import VariationalRegressor

__all__ = ["VariationalClassifier", "VariationalRegressor"]
