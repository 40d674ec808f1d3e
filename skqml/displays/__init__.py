"""Plots of fitted models, in scikit-learn's form."""

from .forecast import ForecastDisplay
from .kernel_matrix import KernelMatrixDisplay
from .loss_curve import LossCurveDisplay
from .memory_capacity import MemoryCapacityDisplay
from .robustness import RobustnessCurveDisplay
from .zero_noise import ZNEDisplay

__all__ = [
    "ForecastDisplay",
    "KernelMatrixDisplay",
    "LossCurveDisplay",
    "MemoryCapacityDisplay",
    "RobustnessCurveDisplay",
    "ZNEDisplay",
]
