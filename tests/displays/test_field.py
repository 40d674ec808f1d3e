"""A field beside its truth."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from skqml.datasets import load_images, make_pixels
from skqml.displays import FieldDisplay


@pytest.fixture(autouse=True)
def no_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", ["camera", "cat"])
def test_truth_field_and_error(name):
    image = load_images(name, 32)
    model = KNeighborsRegressor(2).fit(*make_pixels(image))
    display = FieldDisplay.from_estimator(model, image)
    np.testing.assert_array_equal(display.values, model.predict(make_pixels(image)[0]).reshape(image.shape))
    assert [label.get_text() for label in display.ax_.get_xticklabels()][:2] == ["truth", "field"]
    assert display.ax_.get_title() == "KNeighborsRegressor"
    error = np.abs(display.values - image).reshape(32, 32, -1).mean(axis=2)
    np.testing.assert_allclose(display.images_[2].get_array(), error / error.max())


def test_images_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        FieldDisplay(truth=np.eye(2), values=np.eye(3)).plot()
