"""Images as estimators take them: rows of pixels, or arrays with an axis for the channels or without."""

from math import isqrt, prod
from typing import Any

import numpy as np

from ...._checks import check_count, shown

Shape = tuple[int, int, int]


def flat_images(X) -> tuple[Any, Shape | None]:
    """Images (n_samples, height, width[, n_channels]) as rows of pixels and their shape; anything else as it is."""
    n_axes = getattr(X, "ndim", 2)
    if n_axes not in (3, 4) or not all(X.shape[1:]):
        return X, None
    X = np.asarray(X)
    shape = (*X.shape[1:], 1)[:3]
    if n_axes == 4 and shape[0] in (1, 3) and shape[2] > 4:
        raise ValueError(
            f"X must be images (n_samples, height, width, n_channels), got shape {X.shape}, which looks as if channels "
            "came first; give np.moveaxis(X, 1, -1)."
        )
    return X.reshape(len(X), prod(X.shape[1:])), shape


def shape_of_images(image_shape, found: Shape | None, n_features: int) -> Shape:
    """Height, width and channels of images of so many features.

    Parameters
    ----------
    image_shape : (int, int) or (int, int, int), or None
        As the user gave it; ``None`` means that of X, a square, or one row of pixels.
    found : (int, int, int) or None
        Shape of the images X, where it was no table.
    n_features : int
    """
    if image_shape is None:
        side = isqrt(n_features)
        return found or ((side, side, 1) if side**2 == n_features else (1, n_features, 1))
    if not isinstance(image_shape, (tuple, list)) or len(image_shape) not in (2, 3):
        raise ValueError(
            f"image_shape must be None, (height, width) or (height, width, n_channels), got {shown(image_shape)}."
        )
    height, width, n_channels = (check_count("Each entry of image_shape", k) for k in (*image_shape, 1)[:3])
    shape = height, width, n_channels
    if found not in (None, shape) or prod(shape) != n_features:
        raise ValueError(
            f"image_shape={shown(image_shape)} must be that of the rows of X, got "
            f"{f'images of shape {found}' if found else f'{n_features} features'}."
        )
    return shape


def check_same_shape(found: Shape | None, fitted: Shape) -> None:
    """Refuse images of another shape than those of the fit."""
    if found not in (None, fitted):
        raise ValueError(f"X must be images of shape {fitted} (height, width, n_channels) as in fit, got {found}.")
