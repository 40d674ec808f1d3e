"""Quantum fast weights: a linear programmer writes the angles of a circuit, step after step."""

from .classifier import FastWeightClassifier
from .regressor import FastWeightRegressor

__all__ = ["FastWeightClassifier", "FastWeightRegressor"]
