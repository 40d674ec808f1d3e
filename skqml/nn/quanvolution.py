"""Convolutions whose kernel is a circuit."""

from math import prod
from typing import Any

import torch
from qiskit import QuantumCircuit
from torch import Tensor, nn

from .._checks import check_count, check_kind
from ..backends.base import Backend
from ..circuits import Encoding
from .flipped_quanv import check_images
from .quantum_layer import QuantumLayer

Pair = int | tuple[int, int]


class Patches2d(nn.Module):
    """A module that moves over images: it takes the pixels of a patch, and gives the channels of one pixel.

    Parameters
    ----------
    kernel : Module
        From (..., n_inputs) to (..., n_outputs), the inputs being the pixels of a patch row by row, one channel after
        the other; it is called once, with the patches of all images.
    in_channels : int, default=1
    kernel_size, stride : int or (int, int), default=2, 2
        Rows and columns of a patch, and pixels from one to the next.
    padding : int, default=0
        Rows and columns of zeros around the images.

    Examples
    --------
    >>> import torch
    >>> from skqml.nn import Patches2d
    >>> Patches2d(torch.nn.Linear(4, 3))(torch.zeros(10, 1, 8, 8)).shape
    torch.Size([10, 3, 4, 4])
    """

    def __init__(
        self, kernel: nn.Module, in_channels: int = 1, kernel_size: Pair = 2, stride: Pair = 2, padding: int = 0
    ):
        super().__init__()
        self.kernel = check_kind("kernel", kernel, nn.Module, "a torch.nn.Module")
        self.in_channels = check_count("in_channels", in_channels)
        self.kernel_size, self.stride = _pair("kernel_size", kernel_size), _pair("stride", stride)
        self.padding = check_count("padding", padding, 0)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n_samples, n_outputs, ...) of images (n_samples, in_channels, height, width)."""
        check_images(x, self.in_channels, *(k - 2 * self.padding for k in self.kernel_size))
        patches = nn.functional.unfold(x, self.kernel_size, stride=self.stride, padding=self.padding)
        height = (x.shape[2] + 2 * self.padding - self.kernel_size[0]) // self.stride[0] + 1
        return self.kernel(patches.mT).mT.unflatten(-1, (height, -1))

    def extra_repr(self) -> str:
        """What a print of the network says of the layer."""
        return f"in_channels={self.in_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


class Quanvolution2d(Patches2d):
    r"""A circuit that moves over images: its inputs are the pixels of a patch, each observable is a channel.

    ``y_j = <O_j>`` in the state of the circuit for each patch; the patches of all images of a batch are rows of one
    call of a compiled program.

    Parameters
    ----------
    circuit : QuantumCircuit or Encoding
        Of as many inputs as a patch has pixels, row by row, one channel after the other.
    in_channels, kernel_size, stride, padding
        As in `Patches2d`.
    observables, backend, weights, generator
        As in `QuantumLayer`.

    References
    ----------
    M. Henderson et al., Quanvolutional neural networks: powering image recognition with quantum circuits, Quantum
    Mach. Intell. 2, 2 (2020).

    Examples
    --------
    >>> import torch
    >>> from skqml import AngleEncoding
    >>> from skqml.nn import Quanvolution2d
    >>> Quanvolution2d(AngleEncoding())(torch.zeros(10, 1, 8, 8)).shape
    torch.Size([10, 4, 4, 4])
    """

    def __init__(
        self,
        circuit: QuantumCircuit | Encoding,
        in_channels: int = 1,
        kernel_size: Pair = 2,
        stride: Pair = 2,
        padding: int = 0,
        observables: Any = None,
        backend: Backend | None = None,
        weights: Any = None,
        generator: torch.Generator | None = None,
    ):
        n_inputs = check_count("in_channels", in_channels) * prod(_pair("kernel_size", kernel_size))
        kernel = QuantumLayer(circuit, n_inputs, observables, backend, weights, generator)
        super().__init__(kernel, in_channels, kernel_size, stride, padding)


def _pair(name: str, value: Pair) -> tuple[int, int]:
    pair = value if isinstance(value, tuple) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be an integer or a pair of integers, got {value!r}.")
    return check_count(name, pair[0]), check_count(name, pair[1])
