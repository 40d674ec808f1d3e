"""Features that were learned elsewhere, carried over to a few qubits."""

from .classifier import QuantumTransferClassifier
from .latent import QuantumLatentTransformer

__all__ = ["QuantumLatentTransformer", "QuantumTransferClassifier"]
