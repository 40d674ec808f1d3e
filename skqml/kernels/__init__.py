"""Quantum kernels, as scikit-learn's Gaussian process kernels."""

from .base import QuantumKernel
from .fidelity import FidelityKernel
from .gaussian import GaussianKernel
from .mitigated import DepolarizingMitigatedKernel
from .projected import ProjectedKernel

__all__ = ["DepolarizingMitigatedKernel", "FidelityKernel", "GaussianKernel", "ProjectedKernel", "QuantumKernel"]
