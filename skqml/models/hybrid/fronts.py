"""What stands before the circuits of a hybrid network: convolutions for images, nothing for tables."""

import torch
from torch import nn

from ..._checks import as_tuple, check_count
from .seeded_modules import convolution

_SMALLEST = 6  # pixels along each axis of an image that convolutions are worth while for


def is_convolutional(front_end: str, shape) -> bool:
    """Whether "conv" is asked for; "auto" asks for it where images have at least 6 pixels along each axis."""
    return front_end == "conv" or (front_end == "auto" and min(shape[:2]) >= _SMALLEST)


def check_filters(n_filters) -> tuple[int, ...]:
    """Channels behind each convolution as integers, of which there is one at least."""
    filters = tuple(check_count("Each of n_filters", n) for n in as_tuple("n_filters", n_filters))
    if not filters:
        raise ValueError("n_filters must hold at least one number of channels, got none.")
    return filters


def convolutions(shape, filters, kernel_size: int, generator: torch.Generator) -> tuple[list[nn.Module], tuple]:
    """Convolutions, each with batch normalisation, ReLU and the largest of 2 times 2, and the shape of what comes out.

    Parameters
    ----------
    shape : (int, int, int)
        Height, width, channels of the images.
    filters : sequence of int
        Channels behind each convolution.
    kernel_size : int
    generator : torch.Generator

    Returns
    -------
    layers : list of Module
    shape : (int, int, int)
    """
    height, width, n_channels = shape
    layers: list[nn.Module] = []
    for n_filters in filters:
        padding = kernel_size // 2
        layers += [
            convolution(n_channels, n_filters, kernel_size, generator, padding=padding),
            nn.BatchNorm2d(n_filters),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
        ]
        # An even kernel with such a padding makes an image one pixel larger.
        height, width = (-(-(n + 2 * padding - kernel_size + 1) // 2) for n in (height, width))
        n_channels = n_filters
    return layers, (height, width, n_channels)
