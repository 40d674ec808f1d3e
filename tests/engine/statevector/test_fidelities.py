"""Fidelities of states in groups of rows are squares of inner products, however many rows, threads and bytes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skqml import Exact, ZZEncoding
from skqml.backends.exact import overlaps
from skqml.engine.groups import packed
from skqml.engine.statevector import fidelities

SIZES = {np.float64: 1e-14, np.float32: 1e-6}


def states(n_rows, parts, n_qubits, seed):
    S = np.random.default_rng(seed).normal(size=(n_rows, parts, 2**n_qubits))
    return S / np.linalg.norm(S, axis=(1, 2), keepdims=True)


def squares(S, T):
    S, T = (A[:, 0] + 1j * A[:, 1] if A.shape[1] == 2 else A[:, 0] for A in (S, T))
    return np.abs(S @ T.conj().T) ** 2


def in_groups(S, dtype):
    return packed(S, np.dtype(dtype))


@pytest.fixture(params=[False, True], ids=["tiles", "panels"])
def way(request, monkeypatch):
    """Both ways of lanes, whatever the sizes and the processor."""
    sizes = {"_MANY_LINES": 1, "_MANY_GROUPS": 1, "_FEW_SUMS": 0} if request.param else {"_MANY_LINES": 2**20}
    for name, size in sizes.items():
        monkeypatch.setattr(fidelities, name, size)


@given(st.integers(1, 40), st.integers(1, 80), st.sampled_from([1, 2]), st.integers(0, 8), st.sampled_from([*SIZES]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fidelities_are_squares_of_inner_products(way, n, m, parts, n_qubits, dtype):
    S, T, room = states(n, parts, n_qubits, 0), states(m, parts, n_qubits, 1), np.full((n + 1, m + 2), np.nan)
    atol = SIZES[dtype] * max(1, 2 ** (n_qubits - 6))  # long sums round more
    fidelities.fill_fidelities(in_groups(S, dtype), in_groups(T, dtype), parts, room[:n, 1 : m + 1])
    np.testing.assert_allclose(room[:n, 1 : m + 1], squares(S, T), atol=atol)
    assert np.isnan(room[n]).all() and np.isnan(room[:, [0, m + 1]]).all()  # nothing else is touched
    groups, K = in_groups(S, dtype), np.empty((n, n))
    fidelities.fill_fidelities(groups, groups, parts, K)
    np.testing.assert_allclose(K, squares(S, S), atol=atol)
    np.testing.assert_array_equal(K, K.T)


def test_threads_do_not_change_a_bit(way, monkeypatch):
    groups, found = in_groups(states(300, 2, 3, 0), float), []
    monkeypatch.setattr(fidelities, "_LARGE", 1)
    for n in (1, 3):
        monkeypatch.setattr(fidelities, "n_threads", lambda n=n: n)
        K = np.empty((2, 300, 300))
        fidelities.fill_fidelities(groups, groups, 2, K[0])
        fidelities.fill_fidelities(groups, groups.copy(), 2, K[1])
        found.append(K)
    np.testing.assert_array_equal(*found)
    np.testing.assert_allclose(*found[0], atol=1e-14)


@pytest.mark.parametrize("pays", [True, False], ids=["lanes", "matrix library"])
@pytest.mark.parametrize("options", [{}, {"max_memory": 2**16}, {"precision": "single"}], ids=str)
def test_all_ways_agree(pays, options, monkeypatch):
    monkeypatch.setattr(overlaps, "lanes_pay", lambda n_qubits: pays)
    X, circuit = np.random.default_rng(0).normal(size=(203, 3)), ZZEncoding().build(3)
    compiled = Exact(**options).compile_overlaps(circuit)
    K = squares(*2 * [Exact().compile_overlaps(circuit).states(X)])
    atol = 1e-5 if "precision" in options else 1e-12
    np.testing.assert_allclose(compiled(X), K, atol=atol)
    np.testing.assert_allclose(compiled(X[:50], X), K[:50], atol=atol)
    np.testing.assert_allclose(compiled(X[:0], X), K[:0])


def test_wide_and_narrow_sweeps_give_the_same_groups():
    X, circuit = np.random.default_rng(0).normal(size=(3, 10)), ZZEncoding().build(10)
    sweeps = Exact().compile_overlaps(circuit).sweeps
    np.testing.assert_allclose(*(s.states(X, np.empty(0))[..., :3] for s in (sweeps.wide, sweeps.groups)), atol=1e-12)
