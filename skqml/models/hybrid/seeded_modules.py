"""Parts of modules that draw their start, or their noise, from a generator of their own."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import init
from torch.nn.utils import skip_init


def linear(n_inputs: int, n_outputs: int, generator: torch.Generator, bias: bool = True) -> nn.Module:
    """A dense layer that starts as PyTorch's does."""
    return _started(skip_init(nn.Linear, n_inputs, n_outputs, bias), n_inputs, generator)


def convolution(n_inputs: int, n_outputs: int, kernel_size, generator: torch.Generator, **options) -> nn.Module:
    """A convolution that starts as PyTorch's does."""
    layer = skip_init(nn.Conv2d, n_inputs, n_outputs, kernel_size, **options)
    return _started(layer, layer.weight[0].numel(), generator)


def _started(layer, fan_in: int, generator):
    """Uniform numbers up to ``1 / sqrt(fan_in)``."""
    for parameter in layer.parameters():
        init.uniform_(parameter, -(fan_in**-0.5), fan_in**-0.5, generator=generator)
    return layer


class Dropout(nn.Module):
    """Zeros in place of random units while training; the others grow by ``1 / (1 - p)``.

    All rows of a batch lack the same units, so that nothing depends on their order.
    """

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        self.rng: np.random.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Inputs (n_samples, n_units)."""
        if not self.training or not self.p:
            return x
        drawn = torch.rand(x.shape[1]) if self.rng is None else torch.from_numpy(self.rng.random(x.shape[1]))
        return x * ((drawn >= self.p) / (1 - self.p)).to(x)


class Amplitudes(nn.Module):
    """Softmax, for a circuit that refuses NaN: inputs that overflowed count as 0, and the loss tells of them."""

    def forward(self, x: Tensor) -> Tensor:
        """Inputs (n_samples, n_amplitudes)."""
        return x.nan_to_num().softmax(-1)


class Scale(nn.Module):
    """A factor of all inputs: a number, or trained from 8 on, for probabilities that are to become scores."""

    def __init__(self, scale: float | None):
        super().__init__()
        logarithm = torch.tensor(np.log(8.0 if scale is None else scale))
        self.logarithm = nn.Parameter(logarithm, requires_grad=scale is None)

    def forward(self, x: Tensor) -> Tensor:
        """Inputs of any shape."""
        return self.logarithm.exp() * x


class Pad(nn.Module):
    """Zeros behind the last row and column, so that images have at least a size and windows reach all pixels."""

    def __init__(self, shape, least: tuple[int, int], stride: tuple[int, int] = (1, 1)):
        super().__init__()
        sizes = [max(n, m) for n, m in zip(shape[:2], least, strict=True)]
        self.size = tuple(n + (m - n) % s for n, m, s in zip(sizes, least, stride, strict=True))
        self.behind = self.size[1] - shape[1], self.size[0] - shape[0]

    def forward(self, x: Tensor) -> Tensor:
        """Images (n_samples, n_channels, height, width)."""
        return nn.functional.pad(x, (0, self.behind[0], 0, self.behind[1])) if any(self.behind) else x
