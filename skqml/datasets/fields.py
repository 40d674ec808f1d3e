"""Fields over space: the pixels of an image, and the distance to a solid."""

import numpy as np

from .._checks import as_random_state, check_count, check_numbers


def make_pixels(image) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels of an image as rows: where they are, and their values.

    Parameters
    ----------
    image : array-like (height, width) or (height, width, n_channels)

    Returns
    -------
    X : ndarray (height * width, 2)
        Row and column, from -1 to 1.
    y : ndarray (height * width,) or (height * width, n_channels)

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.datasets import make_pixels
    >>> make_pixels(np.array([[3.0, 4.0]]))
    (array([[-1., -1.],
           [-1.,  1.]]), array([3., 4.]))
    """
    image = check_numbers("image", image, (2, 3))
    axes = [np.linspace(-1, 1, n) for n in image.shape[:2]]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return X, image.reshape(len(X), *image.shape[2:])


def make_solid(n_samples=1000, *, random_state=None) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a cube, and their signed distance to a ring with a ball in it: negative inside.

    The ring (torus) has radii 0.6 and 0.2 around the third axis, the ball a radius of 0.3 around the origin; the
    distance is exact outside. Half of the points are even in the cube, half lie near the surface.

    Parameters
    ----------
    n_samples : int, default=1000
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, 3)
        From -1 to 1.
    y : ndarray (n_samples,)

    Examples
    --------
    >>> from skqml.datasets import make_solid
    >>> X, y = make_solid(4, random_state=0)
    >>> X.shape, y.shape
    ((4, 3), (4,))
    """
    check_count("n_samples", n_samples)
    rng = as_random_state(random_state)
    X = rng.uniform(-1, 1, (n_samples, 3))
    near = X[: n_samples // 2]
    for _ in range(3):  # steps to the surface, along the gradient of the distance
        slopes = np.stack([_distance(near + e) - _distance(near - e) for e in 1e-4 * np.eye(3)], axis=1)
        near -= _distance(near)[:, None] * slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-12)
    near += rng.normal(0, 0.05, near.shape)
    X = np.clip(rng.permutation(X), -1, 1)
    return X, _distance(X)


def _distance(X) -> np.ndarray:
    ring = np.hypot(np.hypot(X[:, 0], X[:, 1]) - 0.6, X[:, 2]) - 0.2
    return np.minimum(ring, np.linalg.norm(X, axis=1) - 0.3)
