"""What a kernel matrix is like."""

from .alignment import alignment
from .concentration import concentration
from .geometry import GeometricDifference, geometric_difference
from .nearest import NearestKernel, nearest_polynomial, nearest_rbf
from .rank import effective_rank
from .shots import ShotsNeeded, shots_needed

__all__ = [
    "GeometricDifference",
    "NearestKernel",
    "ShotsNeeded",
    "alignment",
    "concentration",
    "effective_rank",
    "geometric_difference",
    "nearest_polynomial",
    "nearest_rbf",
    "shots_needed",
]
