"""PyTorch modules on quantum programs."""

try:
    import torch as _torch  # noqa: F401  so that whatever needs it is refused here, in one sentence
except ImportError as error:
    raise ImportError(
        "Hybrid networks need PyTorch, which is not installed: pip install 'skqml[torch]' (for a CPU alone, first "
        "pip install torch --index-url https://download.pytorch.org/whl/cpu)."
    ) from error

from .quantum_layer import QuantumLayer

__all__ = ["QuantumLayer"]
