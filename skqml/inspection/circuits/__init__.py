"""What the states of a circuit are like, and how they change with its angles."""

from .dimension import effective_dimension
from .entanglement import EntanglingCapability, entangling_capability
from .expressibility import Expressibility, expressibility
from .fisher import fisher_information, quantum_fisher_information
from .fourier import fourier_spectrum
from .gradients import GradientVariance, gradient_variance
from .pauli_weight import PauliWeightNeeded, pauli_weight_needed

__all__ = [
    "EntanglingCapability",
    "Expressibility",
    "GradientVariance",
    "PauliWeightNeeded",
    "effective_dimension",
    "entangling_capability",
    "expressibility",
    "fisher_information",
    "fourier_spectrum",
    "gradient_variance",
    "pauli_weight_needed",
    "quantum_fisher_information",
]
