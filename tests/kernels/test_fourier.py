"""Random Fourier features with the frequencies of an encoding."""

import numpy as np
import pytest

from skqml import (
    AmplitudeEncoding,
    AngleEncoding,
    ChebyshevEncoding,
    FidelityKernel,
    ProjectedKernel,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.inspection import fourier_spectrum
from skqml.kernels import FourierKernel, GaussianKernel

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(15, 3)), RNG.normal(size=(10, 3))


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_without_entanglement_it_is_the_fidelity(scale):
    """Of one rotation a feature: the product of ``cos^2`` of half the differences."""
    kernel = FourierKernel(FidelityKernel(AngleEncoding(), scale=scale), n_components=200_000)
    exact = np.prod(np.cos(0.5 * scale * (X[:, None] - Y)) ** 2, axis=2)
    np.testing.assert_allclose(kernel(X, Y), exact, atol=5 / np.sqrt(200_000))


@pytest.mark.parametrize("n_features", [1, 3, 20])
def test_frequencies_are_those_of_the_encoding(n_features):
    """Features along one of the rows' features have no frequency that the circuit's results cannot have."""
    like = FidelityKernel(ReuploadingEncoding(n_qubits=4))
    rows = np.zeros((64, n_features))
    rows[:, 0] = 2 * np.pi * np.arange(64) / 64
    found = np.abs(np.fft.rfft(FourierKernel(like, n_components=200).features(rows), axis=0)).max(axis=1)
    allowed = fourier_spectrum(like.circuit(n_features)).frequencies[0]
    assert set(np.flatnonzero(found > 1e-9)) <= set(allowed.astype(int))
    assert found[1] > 1e-3


@pytest.mark.parametrize(
    "like",
    [
        FidelityKernel(),
        FidelityKernel(group_size=1),
        ProjectedKernel(ZZEncoding(), scale=0.3),
        FidelityKernel(ReuploadingEncoding(n_qubits=2, trainable=True)),
        FidelityKernel(ChebyshevEncoding(), scale=0.2),
    ],
    ids=["fidelity", "groups", "projected", "trainable", "chebyshev"],
)
def test_it_is_a_kernel(like):
    kernel = FourierKernel(like, n_components=50)
    K = kernel(X)
    np.testing.assert_allclose(K, kernel(X, X), atol=1e-12)
    np.testing.assert_allclose(np.diag(K), kernel.diag(X), atol=1e-12)
    assert np.linalg.eigvalsh(K).min() > -1e-10
    np.testing.assert_array_equal(K, FourierKernel(like, n_components=50)(X))
    assert np.abs(K - FourierKernel(like, n_components=50, seed=1)(X)).max() > 1e-3
    assert kernel.limit == like.limit


def test_runs_stand_side_by_side():
    """Rows dealt out to runs of one feature each: the product of the kernels of the runs, in the limit."""
    like = FidelityKernel(ReuploadingEncoding(n_qubits=1, n_blocks=1), group_size=1)
    exact = np.prod(np.cos(0.5 * (X[:, None] - Y)) ** 2, axis=2)
    np.testing.assert_allclose(FourierKernel(like, n_components=100_000)(X, Y), exact, atol=5 / np.sqrt(100_000))


def test_it_needs_a_kernel_that_encodes():
    with pytest.raises(TypeError, match="like must be"):
        FourierKernel(GaussianKernel())(X)
    with pytest.raises(ValueError, match="like must have an encoding"):
        FidelityKernel(AmplitudeEncoding()).surrogate()(X)
    with pytest.raises(ValueError, match="encoding"):
        GaussianKernel().surrogate()
