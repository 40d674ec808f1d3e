"""Quantum kernels, as scikit-learn's Gaussian process kernels."""

from .base import QuantumKernel
from .fidelity import FidelityKernel
from .fourier import FourierKernel
from .gaussian import GaussianKernel
from .losses import alignment_loss, ridge_loss, svc_loss
from .mitigated import DepolarizingMitigatedKernel
from .projected import ProjectedKernel
from .tiles.stored import kernel_matrix

__all__ = [
    "DepolarizingMitigatedKernel",
    "FidelityKernel",
    "FourierKernel",
    "GaussianKernel",
    "ProjectedKernel",
    "QuantumKernel",
    "alignment_loss",
    "kernel_matrix",
    "ridge_loss",
    "svc_loss",
]
