"""Kernel machines on quantum kernels."""

from .alignment import KernelAlignmentTrainer
from .nystroem import QuantumNystroem
from .ridge import QuantumKernelRidge
from .support_vectors import QuantumKernelSVC, QuantumKernelSVR

__all__ = ["KernelAlignmentTrainer", "QuantumKernelRidge", "QuantumKernelSVC", "QuantumKernelSVR", "QuantumNystroem"]
