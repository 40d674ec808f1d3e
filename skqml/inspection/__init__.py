"""What a model, a kernel, a circuit or a cell can do, as numbers."""

from ..circuits.spectrum import FourierSpectrum
from ..kernels.measures.concentration import Concentration
from ..kernels.measures.spectrum import KernelSpectrum
from .agreement import agreement
from .capacity import information_processing_capacity, memory_capacity
from .circuits import (
    EntanglingCapability,
    Expressibility,
    GradientVariance,
    PauliWeightNeeded,
    effective_dimension,
    entangling_capability,
    expressibility,
    fisher_information,
    fourier_spectrum,
    gradient_variance,
    pauli_weight_needed,
    quantum_fisher_information,
)
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
    "EntanglingCapability",
    "Expressibility",
    "FourierSpectrum",
    "GeometricDifference",
    "GradientVariance",
    "KernelSpectrum",
    "NearestKernel",
    "PauliWeightNeeded",
    "ShotsNeeded",
    "agreement",
    "alignment",
    "concentration",
    "effective_dimension",
    "effective_rank",
    "entangling_capability",
    "expressibility",
    "fisher_information",
    "fourier_spectrum",
    "geometric_difference",
    "gradient_variance",
    "information_processing_capacity",
    "memory_capacity",
    "nearest_polynomial",
    "nearest_rbf",
    "pauli_weight_needed",
    "quantum_fisher_information",
    "shots_needed",
]
