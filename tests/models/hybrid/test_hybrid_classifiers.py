"""What all hybrid classifiers do with images, modules, generators and devices."""

import numpy as np
import pytest
import torch
from joblib import parallel_config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import skqml
from skqml import Shots
from skqml.models.hybrid import TorchOptimizer, cosine, one_cycle
from skqml.models.hybrid.base import HybridClassifier
from skqml.training import Adam, minimize
from tests.contracts.estimators import settings

EXPORTED = [getattr(skqml, name) for name in skqml.__all__]
CLASSES = [cls for cls in EXPORTED if isinstance(cls, type) and issubclass(cls, HybridClassifier)]
every = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.random((24, 6, 5, 2)), np.arange(24) % 3
FEW = {"max_iter": 2, "random_state": 0}


def few(cls, **options):
    return cls(**settings(cls(), FEW | options))


def test_classes_are_found():
    assert {cls.__name__ for cls in CLASSES} >= {"QuanvolutionClassifier"}


@every
def test_images_are_rows_of_pixels_of_a_given_shape(cls):
    rows = IMAGES.reshape(24, -1)
    by_shape = few(cls, image_shape=(6, 5, 2)).fit(rows, LABELS)
    by_axes = few(cls).fit(IMAGES, LABELS)
    assert by_shape.image_shape_ == by_axes.image_shape_ == (6, 5, 2)
    np.testing.assert_array_equal(by_shape.decision_function(rows), by_axes.decision_function(IMAGES))
    np.testing.assert_array_equal(by_axes.predict(rows), by_axes.predict(IMAGES))


@every
@pytest.mark.parametrize(("shape", "expected"), [((24, 4, 5), (4, 5, 1)), ((24, 16), (4, 4, 1)), ((24, 7), (1, 7, 1))])
def test_shapes_that_nobody_names(cls, shape, expected):
    model = few(cls).fit(RNG.random(shape), LABELS)
    assert model.image_shape_ == expected


@every
def test_pixels_share_a_deviation_and_columns_of_a_table_have_their_own(cls):
    X = RNG.random((24, 16)) * np.logspace(-3, 3, 16)
    assert np.unique(few(cls, image_shape=(4, 4)).fit(X, LABELS).standardizer_.factor).size == 1
    units = np.logspace(6, -6, 16)
    scores = [few(cls).fit(X * unit, LABELS).decision_function(X * unit) for unit in (1.0, units)]
    np.testing.assert_allclose(*scores, atol=1e-6)


@every
def test_the_module_is_the_model(cls):
    model = few(cls, max_iter=3).fit(IMAGES, LABELS)
    module, rows = model.module_, IMAGES.reshape(24, -1)
    Z = model.standardizer_.transform(rows).reshape(IMAGES.shape).transpose(0, 3, 1, 2)
    with torch.no_grad():
        S = module(torch.from_numpy(np.ascontiguousarray(Z))).numpy()
    np.testing.assert_allclose(S, model.decision_function(IMAGES), atol=1e-12)
    assert sum(p.numel() for p in module.parameters() if p.requires_grad) == model.n_parameters_
    torch.nn.init.zeros_(next(p for p in module.parameters() if p.requires_grad))
    np.testing.assert_allclose(S, model.decision_function(IMAGES), atol=1e-12)


@every
def test_derivatives_by_pixels_are_those_of_finite_differences(cls):
    model, X, y = few(cls).fit(IMAGES, LABELS), IMAGES.reshape(24, -1)[:3], LABELS[:3]
    slopes, step = model.input_gradient(X, y), 1e-6
    for k in (0, 17, 59):
        shifted = [X + sign * step * np.eye(60)[k] for sign in (1, -1)]
        up, down = (model._loss(model.decision_function(Z), np.eye(3)[y])[0] for Z in shifted)
        np.testing.assert_allclose(slopes[:, k], (up - down) / (2 * step), atol=1e-6)


@every
def test_pytorchs_generator_stays_as_it_is(cls):
    before = torch.random.get_rng_state()
    scores = [few(cls, early_stopping=True).fit(IMAGES, LABELS).decision_function(IMAGES) for _ in range(2)]
    assert torch.equal(torch.random.get_rng_state(), before)
    np.testing.assert_array_equal(*scores)


@every
def test_single_precision_is_close(cls):
    scores = [few(cls, precision=p).fit(IMAGES, LABELS).decision_function(IMAGES) for p in ("single", "double")]
    np.testing.assert_allclose(*scores, atol=1e-3)


def test_a_search_in_two_threads():
    search = GridSearchCV(few(CLASSES[0], max_iter=1), {"learning_rate": [0.01, 0.1]}, cv=2, n_jobs=2)
    alone = clone(search).set_params(n_jobs=1).fit(IMAGES, LABELS)
    with parallel_config("threading"):
        search.fit(IMAGES, LABELS)
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


@every
def test_a_last_batch_of_one_row(cls):
    assert np.isfinite(few(cls, batch_size=23).fit(IMAGES, LABELS).decision_function(IMAGES)).all()


@every
def test_parameters_of_the_default_optimiser_are_set_by_name(cls):
    model = few(cls).set_params(optimizer__clip=1e-9, optimizer__kind=torch.optim.SGD, optimizer__weight_decay=0.0)
    moved = [clone(model).set_params(max_iter=n).fit(IMAGES, LABELS)._state.v for n in (1, 5)]
    assert np.abs(moved[1] - moved[0]).max() < 1e-8


@every
def test_smooth_labels_hold_probabilities_back(cls):
    models = [few(cls, max_iter=40, label_smoothing=s).fit(IMAGES, LABELS) for s in (0.0, 0.5)]
    largest = [model.predict_proba(IMAGES).max(axis=1).mean() for model in models]
    assert largest[1] < largest[0]


@every
@pytest.mark.parametrize(
    ("options", "X", "sentence"),
    [
        ({"image_shape": (5, 5)}, IMAGES.reshape(24, -1), "image_shape=.* must be that of the rows of X"),
        ({"image_shape": (3,)}, IMAGES, "image_shape must be None, "),
        ({}, RNG.random((24, 3, 8, 8)), "channels came first; give np.moveaxis"),
        ({}, np.where(IMAGES > 0.99, np.nan, IMAGES), "NaN"),
        ({"device": "cuda"}, IMAGES, "needs a GPU"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(cls, options, X, sentence, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=sentence):
        few(cls, **options).fit(X, LABELS)


@every
def test_other_images_than_those_of_the_fit_are_refused(cls):
    with pytest.raises(ValueError, match="as in fit"):
        few(cls).fit(IMAGES, LABELS).predict(IMAGES.transpose(0, 2, 1, 3))


def bowl(w, rows=None):
    return 0.5 * w @ w, w


def test_moments_go_through_copies():
    """Half a training, a copy, the other half: as the whole."""
    whole, half, other = (TorchOptimizer(learning_rate=0.1, schedule=cosine, n_iter=6) for _ in range(3))
    end = minimize(bowl, np.ones(3), whole, max_iter=6, tol=None).w
    w = minimize(bowl, np.ones(3), half, max_iter=3, tol=None).w
    other.__setstate__(half.__getstate__())
    np.testing.assert_allclose(minimize(bowl, w, other, max_iter=3, tol=None).w, end, rtol=1e-12)


def test_adam_of_pytorch_is_adam():
    optimizers = Adam(0.1), TorchOptimizer(torch.optim.Adam, 0.1)
    steps = [minimize(bowl, np.ones(3), optimizer, max_iter=5, tol=None).w for optimizer in optimizers]
    np.testing.assert_allclose(*steps, rtol=1e-6)


def test_schedules_rise_and_fall():
    factors = np.array([one_cycle(k, 100) for k in range(100)])
    assert factors[0] == pytest.approx(0.04)
    assert factors.max() == pytest.approx(1.0) and factors.argmax() == 30
    assert factors[-1] < 1e-3
    assert cosine(0, 10) == 1.0 and cosine(10, 10) == 0.0


def test_circuits_run_on_any_backend():
    """The same shots for the same seed."""
    model = skqml.QuanvolutionClassifier(max_iter=1, backend=Shots(20), random_state=0)
    scores = [model.fit(IMAGES[:6, :4, :4, :1], LABELS[:6])._state.v for _ in range(2)]
    np.testing.assert_array_equal(*scores)


def test_frozen_circuits_stay_as_they_are_drawn():
    model = skqml.QuanvolutionClassifier(trainable=False, **FEW)
    options = {}, {"max_iter": 3}, {"random_state": 1}
    first, longer, other = (
        clone(model).set_params(**option).fit(IMAGES, LABELS).module_[1].kernel.weights for option in options
    )
    assert not first.requires_grad
    assert torch.equal(first, longer)
    assert not torch.equal(first, other)
