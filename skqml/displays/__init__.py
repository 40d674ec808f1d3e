"""Plots of fitted models, in scikit-learn's form."""

from .curve import MemoryCapacityDisplay, RobustnessCurveDisplay
from .encodings import EncodingsDisplay
from .evidence import EvidenceDisplay
from .field import FieldDisplay
from .forecast import ForecastDisplay
from .inspection import InspectionDisplay
from .kernel_matrix import KernelMatrixDisplay
from .loss_curve import LossCurveDisplay
from .zero_noise import ZNEDisplay

__all__ = [
    "EncodingsDisplay",
    "EvidenceDisplay",
    "FieldDisplay",
    "ForecastDisplay",
    "InspectionDisplay",
    "KernelMatrixDisplay",
    "LossCurveDisplay",
    "MemoryCapacityDisplay",
    "RobustnessCurveDisplay",
    "ZNEDisplay",
]
