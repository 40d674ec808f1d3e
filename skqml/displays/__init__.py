"""Plots of fitted models, in scikit-learn's form."""

from .evidence import EvidenceDisplay
from .field import FieldDisplay
from .forecast import ForecastDisplay
from .kernel_matrix import KernelMatrixDisplay
from .loss_curve import LossCurveDisplay
from .memory_capacity import MemoryCapacityDisplay
from .robustness import RobustnessCurveDisplay
from .zero_noise import ZNEDisplay

__all__ = [
    "EvidenceDisplay",
    "FieldDisplay",
    "ForecastDisplay",
    "KernelMatrixDisplay",
    "LossCurveDisplay",
    "MemoryCapacityDisplay",
    "RobustnessCurveDisplay",
    "ZNEDisplay",
]
