"""What holds for every estimator and its surrogate: a classical model with its frequencies, in its place."""

from functools import cache

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

import skqml
from skqml import AmplitudeEncoding, FidelityKernel, QuantumKernelSVC, ReuploadingEncoding, VariationalClassifier
from skqml.attacks import AdversarialTrainingClassifier
from skqml.inspection import agreement
from skqml.kernels import FourierKernel
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

CLASSES = estimator_classes("surrogate")
FEATURES = [skqml.QuantumFeatures, skqml.QuantumLatentTransformer, skqml.QuanvolutionTransformer]
FEATURES += [skqml.QuantumTransferClassifier]


@cache
def pair(cls):
    """A model and its surrogate, fitted on every other row."""
    X, y = rows(cls())
    many = (
        {"observables": skqml.two_qubit_paulis} if cls in FEATURES else {}
    )  # each has one random feature in its place
    model = fitted(quick(cls, **many), X[::2], y[::2])
    return model, fitted(model.surrogate(), X[::2], y[::2])


def predicts(estimator):
    """The estimator itself, or a transformer that has been fitted before a linear model of its features."""
    if hasattr(estimator, "predict"):
        return estimator
    X, y = rows(estimator)
    behind = make_pipeline(FrozenEstimator(estimator), StandardScaler(), LogisticRegression(max_iter=1000))
    return behind.fit(X[::2], y[::2])


# Rows enter as bits or words, as matrices that do not commute, through networks, or again and again into one state;
# adversarial training has the twins of the estimator inside.
WITHOUT = {
    AdversarialTrainingClassifier,
    skqml.FastWeightClassifier,
    skqml.FastWeightRegressor,
    skqml.HamiltonianEmbeddingClassifier,
    skqml.QRNNFeatures,
    skqml.QRNNReservoirClassifier,
    skqml.QRNNReservoirRegressor,
    skqml.QuantumFieldRegressor,
    skqml.QuantumTensorNetworkClassifier,
    skqml.ReadoutQNNClassifier,
}


def test_all_whose_rows_are_angles_of_gates_have_one():
    hybrid = {getattr(skqml, name) for name in skqml._HYBRID if name in skqml.__all__}
    assert set(estimator_classes("classical_twin")) - set(CLASSES) - hybrid == WITHOUT


@pytest.mark.parametrize("cls", CLASSES)
def test_it_stands_in_the_models_place(cls):
    model, surrogate = pair(cls)
    with pytest.raises(NotFittedError):
        check_is_fitted(model.surrogate())
    assert get_tags(surrogate).estimator_type == get_tags(model).estimator_type
    X = rows(model)[0][1::2]
    assert scores(surrogate)(X).shape == scores(model)(X).shape
    assert getattr(surrogate, "circuit_", None) is None
    assert np.mean([agreement(predicts(model), predicts(each), X) for each in draws(surrogate, *rows(model))]) > 0.9


def draws(surrogate, X, y):
    """A surrogate, and where its few rows and many features leave much to the draw, those of other seeds."""
    yield surrogate
    if isinstance(surrogate, skqml.QuantumTransferClassifier):
        for seed in range(1, 5):
            yield clone(surrogate).set_params(random_state=seed).fit(X[::2], y[::2])


@pytest.mark.parametrize("cls", CLASSES)
def test_it_comes_back_from_a_file(cls, tmp_path):
    surrogate, X = pair(cls)[1], rows(cls())[0][:5]
    skqml.save(surrogate, tmp_path / "surrogate.skops")
    np.testing.assert_array_equal(scores(skqml.load(tmp_path / "surrogate.skops"))(X), scores(surrogate)(X))


def test_settings_are_the_models():
    model = QuantumKernelSVC(FidelityKernel(scale=0.7), C=3.0, bandwidth=0.2, class_weight="balanced")
    found = model.surrogate()
    assert isinstance(found.kernel, FourierKernel)
    assert (found.C, found.bandwidth, found.class_weight, found.kernel.like.scale) == (3.0, 0.2, "balanced", 0.7)
    options = VariationalClassifier(bandwidth=0.2, standardize=False, class_weight="balanced").surrogate().get_params()
    assert (options["bandwidth"], options["standardize"], options["class_weight"]) == (0.2, False, "balanced")


def test_trained_weights_of_an_encoding_are_its_own():
    X, y = rows(VariationalClassifier())
    model = fitted(quick(VariationalClassifier).set_params(encoding=ReuploadingEncoding(2, trainable=True)), X, y)
    weights = model.surrogate().transformer.kernel.like.weights
    np.testing.assert_array_equal(weights, model.weights_[: len(weights)])


def test_rows_are_those_of_the_models_circuit():
    """A bandwidth, given or chosen, reaches the angles as it does in the model."""
    X, y = rows(VariationalClassifier())
    for options in ({}, {"bandwidth": 0.3}, {"standardize": False}, {"standardize": False, "bandwidth": 0.3}):
        model = fitted(quick(VariationalClassifier).set_params(**options), X, y)
        surrogate = fitted(model.surrogate(), X, y)
        features = surrogate.transformer_.kernel.features(model.standardizer_.transform(X))
        np.testing.assert_allclose(surrogate._rows(X), features, atol=1e-10)


@pytest.mark.parametrize("cls", FEATURES[:3])
def test_features_have_no_other_frequencies(cls):
    """Along one input of the circuit its features and those of the surrogate are series of the same frequencies."""
    model, surrogate = pair(cls)
    Z = np.zeros((16, model._inputs(rows(model)[0][:1]).shape[1]))
    Z[:, 0] = 2 * np.pi * np.arange(16) / 16
    ours, theirs = (
        np.abs(np.fft.rfft(each._values(Z, None), axis=0)).max(axis=1) > 1e-9 for each in (model, surrogate)
    )
    np.testing.assert_array_equal(ours, theirs)
    assert 2 <= ours.sum() < 6


def test_amplitudes_have_no_frequencies():
    X, y = rows(VariationalClassifier())
    for model in (skqml.QuantumFeatures(AmplitudeEncoding()), VariationalClassifier(AmplitudeEncoding())):
        with pytest.raises(ValueError, match="without such angles"):
            model.surrogate().fit(X, y)


def test_agreement_tells_what_it_needs():
    model, surrogate = pair(skqml.QuantumKernelSVC)
    with pytest.raises(TypeError, match="other must be a classifier"):
        agreement(model, pair(skqml.QuantumKernelSVR)[0], rows(model)[0])
    with pytest.raises(TypeError, match="other must be a fitted"):
        agreement(model, 3, rows(model)[0])
    with pytest.raises(NotFittedError):
        agreement(model, surrogate.__class__(), rows(model)[0])
