"""Features of circuits for any model: expectation values of rows, and of patches of images."""

from .quantum_features import QuantumFeatures
from .quanvolution import QuanvolutionTransformer

__all__ = ["QuantumFeatures", "QuanvolutionTransformer"]
