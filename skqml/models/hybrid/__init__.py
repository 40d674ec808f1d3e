"""Hybrid networks: PyTorch modules with circuits in them, trained as scikit-learn estimators."""

from ... import nn as _nn  # noqa: F401  which says what to install where PyTorch is missing
from .amplitude import AmplitudeHybridClassifier
from .autoencoder import AutoencoderTransformer
from .layer_swap import LayerSwapClassifier
from .optimizer import TorchOptimizer, cosine, one_cycle
from .parallel import ParallelHybridClassifier
from .quanvolution import QuanvolutionClassifier

__all__ = [
    "AmplitudeHybridClassifier",
    "AutoencoderTransformer",
    "LayerSwapClassifier",
    "ParallelHybridClassifier",
    "QuanvolutionClassifier",
    "TorchOptimizer",
    "cosine",
    "one_cycle",
]
