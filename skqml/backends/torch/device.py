"""Which devices there are, and what fits on them."""

import numpy as np
import torch
from numpy.typing import DTypeLike

from ..._checks import check_option
from ...engine.statevector.row_blocks import check_bytes

_ARRAYS = 12  # as large as the states: these, cotangents, both moved and turned, phases, products, sums


def find_device(device: str) -> torch.device:
    """A device by its name; refused is a GPU that PyTorch cannot use."""
    if check_option("device", device, ("cpu", "cuda")) == "cuda" and not torch.cuda.is_available():
        raise ValueError('device="cuda" needs a GPU that PyTorch can use, and there is none; set device="cpu".')
    return torch.device(device)


def check_states(n_qubits: int, max_memory: int, dtype: DTypeLike, parts: int = 1) -> int:
    """Bytes that the sweep of one row takes; circuits of which it does not fit are refused."""
    needed = _ARRAYS * np.dtype(dtype).itemsize * parts << n_qubits
    check_bytes(n_qubits, needed, max_memory)
    return needed
