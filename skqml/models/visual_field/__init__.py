"""Fields over space by a perceptron and a small circuit."""

from .metrics import psnr, ssim
from .regressor import QuantumFieldRegressor

__all__ = ["QuantumFieldRegressor", "psnr", "ssim"]
