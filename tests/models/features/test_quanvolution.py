"""A circuit that moves over images: patches by hand, and images in all their forms."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skqml import AngleEncoding, Exact, QuanvolutionTransformer, one_qubit_paulis
from skqml.models.features.quanvolution import patches_of

DIGITS = load_digits().data[:6]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "size", "stride"),
    [
        ((4, 4, 1), (2, 2), (2, 2)),
        ((5, 4, 3), (2, 2), (1, 1)),
        ((5, 7, 2), (3, 3), (2, 2)),
        ((1, 9, 1), (1, 4), (1, 4)),
    ],
)
def test_patches_are_those_of_loops(shape, size, stride):
    images = RNG.normal(size=(3, *shape))
    expected = []
    for image in images:
        padded = np.zeros((shape[0] + 9, shape[1] + 9, shape[2]))
        padded[: shape[0], : shape[1]] = image
        for i in range(0, max(1, shape[0] - size[0] + stride[0]), stride[0]):
            for j in range(0, max(1, shape[1] - size[1] + stride[1]), stride[1]):
                expected.append(padded[i : i + size[0], j : j + size[1]].ravel())
    np.testing.assert_array_equal(patches_of(images, size, stride), expected)


@pytest.mark.parametrize("observables", [None, one_qubit_paulis])
def test_each_patch_goes_through_the_circuit(observables):
    model = QuanvolutionTransformer(observables=observables, random_state=0).fit(DIGITS)
    program = Exact().compile(model.circuit_, model.observables_)
    maps = model.transform(DIGITS).reshape(-1, *model.map_shape_)
    angles = np.pi * DIGITS.reshape(-1, 8, 8) / DIGITS.max()
    assert model.pixel_range_ == (0.0, DIGITS.max()) and model.map_shape_[:2] == (4, 4)
    for i, j in ((0, 0), (1, 3), (2, 1)):
        patch = angles[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(-1, 4)
        np.testing.assert_allclose(maps[:, i, j], program(patch), atol=1e-12)


def test_images_of_any_form_give_the_same():
    model = QuanvolutionTransformer(random_state=0)
    expected = model.fit_transform(DIGITS)
    for form in ((-1, 8, 8), (-1, 8, 8, 1)):
        np.testing.assert_array_equal(model.fit_transform(DIGITS.reshape(form)), expected)
    np.testing.assert_array_equal(model.set_params(image_shape=(8, 8)).fit_transform(DIGITS), expected)
    model.set_params(image_shape=None, kernel_size=1, stride=1)
    assert model.fit(RNG.normal(size=(5, 3))).image_shape_ == (1, 3, 1)


def test_channels_come_last():
    images = RNG.uniform(size=(4, 6, 6, 3))
    model = QuanvolutionTransformer(AngleEncoding("x"), random_state=0).fit(images)
    assert model.map_shape_ == (3, 3, 12) and model.transform(images).shape == (4, 108)
    with pytest.raises(ValueError, match="channels came first"):
        model.fit(np.moveaxis(images, -1, 1))
    with pytest.raises(ValueError, match="as in fit"):
        model.transform(images[:, :5])


@pytest.mark.parametrize("image_shape", [(8, 9), (8,), (0, 64), "8x8"])
def test_a_wrong_shape_is_named(image_shape):
    with pytest.raises(ValueError, match="image_shape"):
        QuanvolutionTransformer(image_shape=image_shape).fit(DIGITS)


def test_pixels_beyond_those_of_the_training_images_are_clipped():
    model = QuanvolutionTransformer(random_state=0).fit(DIGITS)
    np.testing.assert_array_equal(model.transform(DIGITS * 2 - 100), model.transform(np.clip(DIGITS * 2 - 100, 0, 16)))
