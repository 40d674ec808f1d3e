"""PyTorch modules on quantum programs."""

try:
    import torch as _torch  # noqa: F401  so that whatever needs it is refused here, in one sentence
except ImportError as error:
    raise ImportError(
        "Hybrid networks need PyTorch, which is not installed: pip install 'skqml[torch]' (for a CPU alone, "
        "install the build for CPUs first, as pytorch.org/get-started says)."
    ) from error

from .amplitude_layer import AmplitudeLayer
from .flipped_quanv import FlippedQuanv2d
from .quantum_layer import QuantumLayer
from .quanvolution import Patches2d, Quanvolution2d
from .reuploading_linear import ReuploadingLinear

__all__ = ["AmplitudeLayer", "FlippedQuanv2d", "Patches2d", "QuantumLayer", "Quanvolution2d", "ReuploadingLinear"]
