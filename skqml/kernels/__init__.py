"""Quantum kernels, as scikit-learn's Gaussian process kernels."""

from .base import QuantumKernel
from .fidelity import FidelityKernel
from .mitigated import MitigatedKernel
from .projected import ProjectedKernel

__all__ = ["FidelityKernel", "MitigatedKernel", "ProjectedKernel", "QuantumKernel"]
