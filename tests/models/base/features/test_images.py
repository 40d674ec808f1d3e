"""Images in all their forms, and the sentences about those that are none."""

import numpy as np
import pytest

from skqml.models.base.features.images import check_same_shape, flat_images, shape_of_images

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("shape", "found"), [((4, 5), (4, 5, 1)), ((4, 5, 3), (4, 5, 3)), ((7, 1, 2), (7, 1, 2))])
def test_images_become_rows_of_pixels(shape, found):
    X = RNG.normal(size=(6, *shape))
    rows, of_images = flat_images(X)
    np.testing.assert_array_equal(rows, [x.ravel() for x in X])
    assert of_images == found
    assert shape_of_images(None, of_images, rows.shape[1]) == found


@pytest.mark.parametrize("X", [np.ones((3, 4)), [[1.0, 2.0]], np.ones((0, 2)), np.ones(3), np.ones((2, 0, 3))])
def test_what_is_no_image_stays_as_it_is(X):
    rows, shape = flat_images(X)
    assert rows is X and shape is None


@pytest.mark.parametrize(
    ("image_shape", "n_features", "expected"),
    [(None, 16, (4, 4, 1)), (None, 15, (1, 15, 1)), ((3, 5), 15, (3, 5, 1)), ([1, 5, 3], 15, (1, 5, 3))],
)
def test_shapes_of_tables(image_shape, n_features, expected):
    assert shape_of_images(image_shape, None, n_features) == expected


@pytest.mark.parametrize("image_shape", [4, (4,), (4, 4, 1, 1), "4x4", (4, 4.5), (0, 4), (True, 16), (4, 5)])
def test_shapes_that_are_none(image_shape):
    with pytest.raises((ValueError, TypeError), match="image_shape"):
        shape_of_images(image_shape, None, 16)


def test_channels_first_are_seen():
    with pytest.raises(ValueError, match="channels came first"):
        flat_images(np.ones((2, 3, 8, 8)))


def test_no_images_are_no_rows():
    """Which what reads them refuses by its own words."""
    assert flat_images(np.ones((0, 4, 4)))[0].shape == (0, 16)


def test_images_of_another_shape_than_in_fit():
    check_same_shape((4, 5, 1), (4, 5, 1))
    check_same_shape(None, (4, 5, 1))
    with pytest.raises(ValueError, match=r"\(4, 5, 1\).* as in fit, got \(5, 4, 1\)"):
        check_same_shape((5, 4, 1), (4, 5, 1))
