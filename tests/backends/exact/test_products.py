"""Large products of states: the same numbers for any number of threads, and one thread of the matrix library a tile."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from skqml.backends.exact import overlaps


def states(n_samples, parts, seed, n_amplitudes=256):
    S = np.random.default_rng(seed).normal(size=(n_samples, parts, n_amplitudes))
    return S / np.linalg.norm(S, axis=(1, 2), keepdims=True)


def complex_states(S):
    return S[:, 0] + 1j * S[:, 1] if S.shape[1] == 2 else S[:, 0]


@pytest.fixture(params=[1, 2, 5])
def n_threads(request, monkeypatch):
    monkeypatch.setattr(overlaps, "n_threads", lambda: request.param)
    monkeypatch.setattr(overlaps, "_LARGE", 1)
    return request.param


@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 1100), (128, 129), (300, 300)])
def test_fidelities_are_products(n_threads, parts, n, m):
    S, T = states(n, parts, 0), states(m, parts, 1)
    inner = complex_states(S) @ complex_states(T).conj().T
    K = np.empty((n, m))
    overlaps.fidelities(S, T, K)
    np.testing.assert_allclose(K, np.abs(inner) ** 2, atol=1e-13)
    np.testing.assert_allclose(overlaps.inner_products(S, T), inner, atol=1e-13)
    own = np.empty((n, n))
    overlaps.symmetric_fidelities(S, own)
    np.testing.assert_allclose(own, np.abs(complex_states(S) @ complex_states(S).conj().T) ** 2, atol=1e-13)
    np.testing.assert_array_equal(own, own.T)


def test_threads_do_not_change_a_bit(monkeypatch):
    S, found = states(500, 2, 0), []
    for n in (1, 3):
        monkeypatch.setattr(overlaps, "n_threads", lambda n=n: n)
        K = np.empty((2, 500, 500))
        overlaps.symmetric_fidelities(S, K[0])
        overlaps.fidelities(S, S, K[1])
        found.append((K, overlaps.inner_products(S, S)))
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_matrix_library_has_one_thread_in_every_tile(n_threads, monkeypatch):
    seen, compute = [], overlaps._squared_product

    def watched(*args):
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return compute(*args)

    monkeypatch.setattr(overlaps, "_squared_product", watched)
    S = states(300, 2, 0)
    overlaps.symmetric_fidelities(S, np.empty((300, 300)))
    overlaps.fidelities(S, S, np.empty((300, 300)))
    assert set(seen) == {1}
