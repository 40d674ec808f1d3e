"""Convolutions whose kernel is a circuit."""

from typing import Any

import torch
from qiskit import QuantumCircuit
from torch import Tensor, nn

from .._checks import check_count
from ..backends.base import Backend
from ..circuits import Encoding
from .flipped_quanv import check_images
from .quantum_layer import QuantumLayer


class Quanvolution2d(nn.Module):
    r"""A circuit that moves over images: its inputs are the pixels of a patch, each observable is a channel.

    ``y_j = <O_j>`` in the state of the circuit for each patch; the patches of all images of a batch are rows of one
    call of a compiled program.

    Parameters
    ----------
    circuit : QuantumCircuit or Encoding
        Of ``in_channels * kernel_size**2`` inputs: the pixels of a patch row by row, one channel after the other.
    in_channels : int, default=1
    kernel_size, stride : int, default=2, 2
        Rows and columns of a patch, and pixels from one to the next.
    padding : int, default=0
        Rows and columns of zeros around the images.
    observables, backend, weights, generator
        As in `QuantumLayer`.

    Attributes
    ----------
    kernel : QuantumLayer

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
        kernel_size: int = 2,
        stride: int = 2,
        padding: int = 0,
        observables: Any = None,
        backend: Backend | None = None,
        weights: Any = None,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        self.in_channels = check_count("in_channels", in_channels)
        self.kernel_size = check_count("kernel_size", kernel_size)
        self.stride = check_count("stride", stride)
        self.padding = check_count("padding", padding, 0)
        n_inputs = self.in_channels * self.kernel_size**2
        self.kernel = QuantumLayer(circuit, n_inputs, observables, backend, weights, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n_samples, n_observables, ...) of images (n_samples, in_channels, height, width)."""
        check_images(x, self.in_channels, self.kernel_size - 2 * self.padding)
        patches = nn.functional.unfold(x, self.kernel_size, stride=self.stride, padding=self.padding)
        height = (x.shape[2] + 2 * self.padding - self.kernel_size) // self.stride + 1
        return self.kernel(patches.mT).mT.unflatten(-1, (height, -1))

    def extra_repr(self) -> str:
        """What a print of the network says of the layer."""
        return f"in_channels={self.in_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
