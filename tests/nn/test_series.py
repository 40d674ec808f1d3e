"""Matrices that are loaded again and again, against their exponentials written out."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.stats import unitary_group

from skqml.nn import ReuploadingLinear, series
from skqml.nn.series import loaded_again
from tests.nn.test_quantum_layer import drawn


def matrices(n_samples, d, size, **options):
    """Real symmetric ones whose norms are up to a size."""
    A = drawn(n_samples, d, d) - 0.3
    A = A + A.mT
    norms = torch.linalg.matrix_norm(A, 2) if n_samples else torch.ones(0)
    return (size * A / norms[:, None, None]).requires_grad_(**options)


def unitaries(reps, d):
    return torch.from_numpy(unitary_group.rvs(d, size=reps, random_state=0).reshape(reps, d, d))


@settings(max_examples=30, deadline=None)
@given(n_samples=st.integers(0, 5), d=st.sampled_from([2, 4, 16]), size=st.sampled_from([0, 1e-6, 0.1, 1, 7, 60, 1e3]))
def test_vectors_are_those_of_exponentials_written_out(n_samples, d, size):
    A, W = matrices(n_samples, d, size), unitaries(3, d)
    expected = []
    for row in A.detach().numpy():
        psi = np.full(d, d**-0.5, dtype=complex)
        for w in W.numpy():
            psi = w @ expm(1j * row) @ psi
        expected.append(psi)
    found = loaded_again(A, W).detach().numpy()
    np.testing.assert_allclose(found, np.reshape(expected, found.shape), atol=1e-13 * (10 + size))
    single = loaded_again(A.float(), W.to(torch.complex64))
    np.testing.assert_allclose(single.detach().numpy(), found, atol=1e-6 * (10 + size))


@pytest.mark.parametrize("size", [0.0, 1e-3, 2.0, 20.0])
@pytest.mark.parametrize("block", [1, 2**20], ids=["row by row", "at once"])
def test_derivatives_are_those_of_finite_differences(monkeypatch, size, block):
    monkeypatch.setattr(series, "_BYTES", block)
    A, W = matrices(3, 4, size, requires_grad=True), unitaries(2, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda A, W: loaded_again(A + A.mT, W), (A, W))


def test_series_and_eigendecompositions_give_the_same(monkeypatch):
    x, layer = (2 * drawn(5, 60)).requires_grad_(), ReuploadingLinear(60, 7).double()
    found = []
    for most in (series._MOST, -1.0):
        monkeypatch.setattr(series, "_MOST", most)
        y = layer(x)
        found.append([y, *torch.autograd.grad((y**2).sum(), [x, layer.weights])])
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, atol=1e-12, rtol=1e-12)


def test_penalties_on_gradients_are_refused():
    x, layer = drawn(2, 5, requires_grad=True), ReuploadingLinear(5, 3, reps=2).double()
    (slope,) = torch.autograd.grad(layer(x)[:, 0].sum() + (x**3).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="first derivatives alone"):
        slope.sum().backward()


def test_numbers_that_are_none_are_refused():
    with pytest.raises(RuntimeError, match=r"linalg\.eigh"):
        ReuploadingLinear(5, 3)(torch.full((2, 5), torch.nan))
