"""Photographs for models that fit an image."""

import numpy as np

from .._checks import check_option
from .bundled import read_arrays

_NAMES = ("camera", "brick", "astronaut", "cat", "flower", "china")
_SIZES = (32, 64, 128, 256)


def load_images(name="camera", size=64) -> np.ndarray:
    """Return a photograph, cropped to a square and averaged to a size, with values from 0 to 1.

    Parameters
    ----------
    name : {"camera", "brick", "astronaut", "cat", "flower", "china"}, default="camera"
        The first two are grey.
    size : {32, 64, 128, 256}, default=64
        Pixels of a side.

    Returns
    -------
    ndarray (size, size) or (size, size, 3)

    Raises
    ------
    ValueError
        If there is no such photograph.

    Examples
    --------
    >>> from skqml.datasets import load_images
    >>> load_images("camera", 32).shape
    (32, 32)
    """
    check_option("name", name, _NAMES)
    check_option("size", size, _SIZES)
    return read_arrays("images.npz")[f"{name}_{size}"] / 255.0
