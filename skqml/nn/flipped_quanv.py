"""Convolutions whose kernels are pure states."""

import torch
from torch import Tensor, nn

from .._checks import check_count, check_option
from .matrices import exp_i, one_qubit_sum, pauli_sum
from .quantum_layer import check_inputs


class FlippedQuanv2d(nn.Module):
    r"""Patches of an image as observables of trained states, one state for each pair of channels.

    ``y_o = mean_c <psi_oc| (P_c + P_c^T) / 2 |psi_oc> + b_o`` for each patch P_c of channel c, with zeros around it as
    a matrix of 2^m rows, and ``psi = exp(i sum_P w_P P) |0...0>`` over the 4^m - 1 Pauli strings of m qubits.
    That is exactly a convolution with the kernels ``Re(psi psi^H)``, which are symmetric, positive semidefinite and of
    trace at most 1; so it is computed as one.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int, default=3
        Rows and columns of a patch.
    stride, padding : int, default=1, 0
        As in ``torch.nn.Conv2d``.
    bias : bool, default=True
    entangled : bool, default=True
        Whether states are entangled; without, of all strings only those on one qubit are left.
    generator : torch.Generator, default=None
        Source of the weights; ``None`` means PyTorch's global one.

    Attributes
    ----------
    weights : Parameter (out_channels, in_channels, 4^m - 1), or 3m without entanglement
        Normal of deviation 1 at the start.
    bias : Parameter (out_channels,) or None

    References
    ----------
    P. Wang, C. R. Myers, L. C. L. Hollenberg and U. Parampalli, Let the quantum creep in: designing quantum neural
    network models by gradually swapping out classical components, arXiv 2409.17583.

    Examples
    --------
    >>> import torch
    >>> from skqml.nn import FlippedQuanv2d
    >>> FlippedQuanv2d(1, 4)(torch.zeros(10, 1, 8, 8)).shape
    torch.Size([10, 4, 6, 6])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        padding: int = 0,
        bias: bool = True,
        entangled: bool = True,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        self.in_channels = check_count("in_channels", in_channels)
        self.out_channels = check_count("out_channels", out_channels)
        self.kernel_size = check_count("kernel_size", kernel_size, 2, 64)
        self.stride = check_count("stride", stride)
        self.padding = check_count("padding", padding, 0)
        self.entangled = check_option("entangled", entangled, (False, True))
        n_qubits = (self.kernel_size - 1).bit_length()
        n_strings = 4**n_qubits - 1 if entangled else 3 * n_qubits
        self.weights = nn.Parameter(torch.empty(self.out_channels, self.in_channels, n_strings))
        self.bias = nn.Parameter(torch.empty(self.out_channels)) if check_option("bias", bias, (False, True)) else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the weights anew, and set the biases to 0."""
        nn.init.normal_(self.weights, generator=generator)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def kernels(self) -> Tensor:
        """Kernels (out_channels, in_channels, kernel_size, kernel_size) of the convolution."""
        H = pauli_sum(self.weights) if self.entangled else one_qubit_sum(self.weights)
        psi = exp_i(H)[..., 0][..., : self.kernel_size]
        return (psi[..., :, None] * psi[..., None, :].conj()).real / self.in_channels

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n_samples, out_channels, ...) of images (n_samples, in_channels, height, width)."""
        check_images(x, self.in_channels, *2 * [self.kernel_size - 2 * self.padding])
        return nn.functional.conv2d(x, self.kernels(), self.bias, self.stride, self.padding)

    def extra_repr(self) -> str:
        """What a print of the network says of the layer."""
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


def check_images(x: Tensor, n_channels: int, height: int, width: int) -> None:
    """Refuse what is no batch of images, channels first, of so many channels and at least so many pixels."""
    check_inputs(x)
    if x.ndim != 4 or x.shape[1] != n_channels or x.shape[2] < height or x.shape[3] < width:
        last = x.ndim == 4 and x.shape[3] == n_channels != x.shape[1]
        raise ValueError(
            f"x must be images (n_samples, {n_channels}, height, width) of at least {max(1, height)} times "
            f"{max(1, width)} pixels, got shape {(*x.shape,)}"
            f"{'; give x.permute(0, 3, 1, 2), channels come first' if last else ''}."
        )
