"""Error mitigation: backends around backends."""

from .decoupling import DynamicalDecoupling, fill_idle
from .exponential import exponential
from .extrapolation import extrapolator, linear, poly_exponential, polynomial, richardson
from .folding import fold_gates, fold_global, fold_layers, fold_random, fold_two_qubit_gates, insert_identities
from .networks import neural_network
from .noise_scaling import scale_noise
from .readout_mitigation import ReadoutMitigation
from .twirling import PauliTwirling
from .weighted_shots import WeightedShots
from .zne import ZNE

__all__ = [
    "ZNE",
    "DynamicalDecoupling",
    "PauliTwirling",
    "ReadoutMitigation",
    "WeightedShots",
    "exponential",
    "extrapolator",
    "fill_idle",
    "fold_gates",
    "fold_global",
    "fold_layers",
    "fold_random",
    "fold_two_qubit_gates",
    "insert_identities",
    "linear",
    "neural_network",
    "poly_exponential",
    "polynomial",
    "richardson",
    "scale_noise",
]
