"""Tensor networks of small circuits that read sequences."""

from .classifier import QuantumTensorNetworkClassifier
from .encoder import SequenceEncoder

__all__ = ["QuantumTensorNetworkClassifier", "SequenceEncoder"]
