"""The regressor on images, solids and collections, and measures of images."""

import numpy as np
import pytest
from scipy.signal import convolve2d
from sklearn.datasets import load_digits

import skqml
from skqml import Exact, QuantumFieldRegressor, Shots
from skqml.datasets import load_images, make_pixels, make_solid
from skqml.models.visual_field import psnr, ssim

IMAGE = load_images("camera", 32)[::2, ::2]


def quick(**options):
    return QuantumFieldRegressor(**{"n_blocks": 1, "max_iter": 60, "tol": None, "random_state": 0} | options)


@pytest.mark.parametrize(
    "options", [{}, {"state": "mixed"}, {"activation": "sine"}, {"ansatz_init": "gaussian"}], ids=str
)
def test_an_image_is_remembered(options):
    model = quick(**options).fit(*make_pixels(IMAGE))
    assert model.psnr(*make_pixels(IMAGE)) > 22


def test_colours_are_targets():
    image = load_images("cat", 32)[::4, ::4]
    model = quick(max_iter=150).fit(*make_pixels(image))
    assert model.predict(make_pixels(image)[0]).shape == (64, 3)
    assert model.psnr(*make_pixels(image)) > 25
    with pytest.raises(ValueError, match="n_qubits must be at least 3"):
        quick(n_qubits=2).fit(*make_pixels(image))


def test_a_solid_in_three_dimensions():
    X, y = make_solid(900, random_state=0)
    model = quick(n_frequencies=2, max_iter=150).fit(X[:600], y[:600])
    assert np.abs(model.predict(X[600:]) - y[600:]).mean() < 0.5 * np.abs(y[600:] - y.mean()).mean()


def test_distances_are_right():
    X, y = make_solid(400, random_state=0)
    assert np.abs(X).max() <= 1
    assert 0.5 < np.mean(np.abs(y) < 0.25) < 1 and np.std(y[:200]) == pytest.approx(np.std(y[200:]), rel=0.2)
    ring = np.array([[0.6 * np.cos(a), 0.6 * np.sin(a), 0.0] for a in np.linspace(0, 2 * np.pi, 2001)])
    far = y > 0  # where the distance is exact
    to_ring = np.min(np.linalg.norm(X[:, None] - ring, axis=2), axis=1) - 0.2
    np.testing.assert_allclose(y[far], np.minimum(to_ring, np.linalg.norm(X, axis=1) - 0.3)[far], atol=1e-5)


def digits(n_fields):
    """Rows of several images, the last column being their number, and the images."""
    images = load_digits().images[:n_fields]
    X = np.concatenate([np.column_stack([make_pixels(im)[0], np.full(64, k)]) for k, im in enumerate(images)])
    return X, images.ravel(), images


def test_a_field_is_completed_from_half_of_it():
    """Of a field that it knows, half suffices to find the code; complete leaves the model as it is."""
    X, y, images = digits(6)
    model = quick(n_latent=4, n_frequencies=3, max_iter=200, batch_size=None).fit(X, y)
    assert model.psnr(X, y) > 22 and model.codes_.shape == (6, 4)
    points, values = make_pixels(images[3])
    before = model.predict(X)
    found = model.complete(points[:32], values[:32], points)
    np.testing.assert_array_equal(model.predict(X), before)
    assert np.mean((found - values) ** 2) < 0.5 * np.var(values)
    with pytest.raises(ValueError, match="numbers of fields that fit has seen"):
        model.predict([[0.0, 0.0, 17.0]])
    with pytest.raises(ValueError, match="n_latent"):
        quick().fit(*make_pixels(IMAGE)).complete(points, values, points)


@pytest.mark.parametrize("state", ["pure", "mixed"])
def test_a_backend_gives_the_same_training(state):
    X, y = make_pixels(IMAGE[::4, ::4])
    options = {"state": state, "n_qubits": 2, "max_iter": 4, "hidden_layer_sizes": (6,)}
    exact, circuits = (quick(backend=backend, **options).fit(X, y) for backend in (None, Exact()))
    np.testing.assert_allclose(circuits.predict(X), exact.predict(X), atol=1e-7)


def test_shots_train_by_adam():
    X, y = make_pixels(IMAGE[::4, ::4])
    model = quick(backend=Shots(50, random_state=0), state="mixed", n_qubits=2, max_iter=2).fit(X, y)
    assert np.isfinite(model.predict(X)).all() and len(model.loss_curve_) == 2


def test_a_file_keeps_collections(tmp_path):
    X, y, _ = digits(2)
    model = quick(n_latent=2, max_iter=2).fit(X, y)
    skqml.save(model, tmp_path / "model.skops")
    np.testing.assert_array_equal(skqml.load(tmp_path / "model.skops").predict(X), model.predict(X))


def test_structural_similarity_is_its_formula():
    """Window by window, over a picture of 20 x 20 pixels."""
    x = load_images("camera", 32)[:20, :20]
    y = x + np.random.default_rng(0).normal(0, 0.1, x.shape)
    line = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(line, line) / line.sum() ** 2
    m_x, m_y, xx, yy, xy = (convolve2d(a, window, "valid") for a in (x, y, x * x, y * y, x * y))
    c_1, c_2 = (0.01 * np.ptp(x)) ** 2, (0.03 * np.ptp(x)) ** 2
    parts = (2 * m_x * m_y + c_1) * (2 * (xy - m_x * m_y) + c_2)
    found = parts / ((m_x**2 + m_y**2 + c_1) * (xx - m_x**2 + yy - m_y**2 + c_2))
    assert ssim(x, y) == pytest.approx(found.mean())
    assert psnr(x, y) == pytest.approx(10 * np.log10(np.ptp(x) ** 2 / np.mean((x - y) ** 2)))
    assert ssim(x, x) == 1 and psnr(x, x) == np.inf
