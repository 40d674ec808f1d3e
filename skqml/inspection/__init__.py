"""What a model, a kernel, a circuit or a cell can do, as numbers."""

from ..kernels.concentration import Concentration
from ..kernels.spectrum import KernelSpectrum
from .capacity import information_processing_capacity, memory_capacity
from .kernels import (
    GeometricDifference,
    NearestKernel,
    ShotsNeeded,
    alignment,
    concentration,
    effective_rank,
    geometric_difference,
    nearest_polynomial,
    nearest_rbf,
    shots_needed,
)

__all__ = [
    "Concentration",
    "GeometricDifference",
    "KernelSpectrum",
    "NearestKernel",
    "ShotsNeeded",
    "alignment",
    "concentration",
    "effective_rank",
    "geometric_difference",
    "information_processing_capacity",
    "memory_capacity",
    "nearest_polynomial",
    "nearest_rbf",
    "shots_needed",
]
