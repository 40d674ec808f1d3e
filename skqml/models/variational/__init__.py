"""Variational models: a trained circuit between standardised features and a linear readout."""

from .classifier import VariationalClassifier
from .losses import cross_entropy, shot_error, squared_error
from .regressor import VariationalRegressor

__all__ = ["VariationalClassifier", "VariationalRegressor", "cross_entropy", "shot_error", "squared_error"]
