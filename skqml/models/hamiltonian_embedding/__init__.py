"""Hamiltonian embedding of images."""

from .blocks import brickwall, full_pauli
from .classifier import HamiltonianEmbeddingClassifier

__all__ = ["HamiltonianEmbeddingClassifier", "brickwall", "full_pauli"]
