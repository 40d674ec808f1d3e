"""Circuits as batched operations of PyTorch, on processors and GPUs."""

try:
    import torch as _torch  # noqa: F401  so that whatever needs it is refused here, in one sentence
except ImportError as error:
    raise ImportError(
        "The backend Torch needs PyTorch, which is not installed: pip install 'skqml[torch]' (for a CPU alone, "
        "install the build for CPUs first, as pytorch.org/get-started says)."
    ) from error

from .backend import Torch

__all__ = ["Torch"]
