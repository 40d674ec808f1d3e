"""Kernel machines on quantum kernels."""

from .alignment import KernelAlignmentTrainer
from .nystroem import QuantumNystroem
from .online import QuantumKernelOnlineClassifier
from .ridge import QuantumKernelRidge
from .support_vectors import QuantumKernelSVC, QuantumKernelSVR

__all__ = [
    "KernelAlignmentTrainer",
    "QuantumKernelOnlineClassifier",
    "QuantumKernelRidge",
    "QuantumKernelSVC",
    "QuantumKernelSVR",
    "QuantumNystroem",
]
