"""Variances of gradients, Fisher matrices and effective dimensions against closed forms and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Statevector

from skqml import Exact, Noisy, Shots, parity
from skqml.inspection import (
    effective_dimension,
    fisher_information,
    gradient_variance,
    quantum_fisher_information,
)
from tests.inspection.circuits.circuits import layered, mixed, product


def test_a_product_of_cosines_has_half_the_variance_with_each_qubit():
    """``<Z...Z> = prod cos w_q``: derivatives have the mean square 2^-n, the same for all weights."""
    circuits = [product(n) for n in range(1, 6)]
    found = gradient_variance(circuits, observable=parity, n_draws=4000, random_state=0)
    np.testing.assert_allclose(found.mean, 0.5 ** np.arange(1, 6), rtol=0.1)
    assert found.factor_per_qubit == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(found.n_qubits, found.n_weights)
    np.testing.assert_array_equal(found.depth, 1)
    assert [len(v) for v in found.by_weight] == [1, 2, 3, 4, 5]


def test_a_local_observable_of_product_states_has_no_plateau():
    found = gradient_variance([product(n) for n in (2, 4)], n_draws=2000, random_state=0)
    for variances in found.by_weight:
        assert variances[0] == pytest.approx(0.5, rel=0.1)
        np.testing.assert_allclose(variances[1:], 0, atol=1e-20)
    np.testing.assert_allclose(found.largest, 0.5, rtol=0.1)


def test_variances_are_those_of_finite_differences():
    """Features are drawn too, and only weights count."""
    program, rng, step = Exact().compile(mixed(), [parity(2)]), np.random.default_rng(1), 1e-5
    slopes = []
    for _ in range(400):
        x, w = rng.uniform(0, 2 * np.pi, (1, 2)), rng.uniform(0, 2 * np.pi, 3)
        both = [program(x, w + s * e)[0, 0] for e in np.eye(3) for s in (step, -step)]
        slopes.append((np.array(both[::2]) - both[1::2]) / (2 * step))
    found = gradient_variance(mixed(), observable=parity(2), n_draws=4000, random_state=0)
    np.testing.assert_allclose(found.by_weight[0], np.var(slopes, axis=0), rtol=0.3)
    assert found.factor_per_qubit is None


@pytest.mark.parametrize("backend", [Shots(4000, random_state=0), Noisy()], ids=["shots", "noisy"])
def test_other_backends_agree(backend):
    exact, found = (gradient_variance(mixed(), n_draws=40, backend=b, random_state=1) for b in (None, backend))
    np.testing.assert_allclose(found.by_weight[0], exact.by_weight[0], atol=0.02)


def random_rows(seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(-3, 3, (2, 2)), rng.uniform(-3, 3, (2, 3))


def states(X, w):
    """States of Qiskit for one draw of weights; parameters in the order w, x."""
    return np.array([Statevector(mixed().assign_parameters([*w, *x])).data for x in X])


def derivatives(function, w, step=1e-5):
    return np.array([(function(w + step * e) - function(w - step * e)) / (2 * step) for e in np.eye(len(w))])


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_the_quantum_fisher_information_is_that_of_finite_differences(seed):
    X, W = random_rows(seed)
    found = quantum_fisher_information(mixed(), X, w=W)
    assert found.shape == (2, 3, 3)
    for F, w in zip(found, W, strict=True):
        S, D = states(X, w), derivatives(lambda v: states(X, v), w)
        along = np.einsum("nb,pnb->pn", S.conj(), D)
        expected = 4 * np.real(np.einsum("pnb,qnb->pqn", D.conj(), D) - along.conj()[:, None] * along).mean(axis=-1)
        np.testing.assert_allclose(F, expected, atol=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_the_fisher_information_is_that_of_finite_differences(seed):
    X, W = random_rows(seed)
    for F, w in zip(fisher_information(mixed(), X, w=W), W, strict=True):
        p, slopes = np.abs(states(X, w)) ** 2, derivatives(lambda v: np.abs(states(X, v)) ** 2, w)
        expected = np.einsum("pnb,qnb,nb->pqn", slopes, slopes, 1 / p).mean(axis=-1)
        np.testing.assert_allclose(F, expected, atol=1e-4 / p.min())


def test_measuring_tells_no_more_than_the_state():
    quantum, classical = (
        f(layered(3, 2), n_draws=20, random_state=0) for f in (quantum_fisher_information, fisher_information)
    )
    assert np.linalg.eigvalsh(quantum - classical).min() > -1e-9
    np.testing.assert_allclose(quantum_fisher_information(product(3), n_draws=2), [np.eye(3)] * 2, atol=1e-9)


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_deep_circuits_move_in_all_directions_of_the_sphere(n_qubits):
    """Haug et al.: the rank of a deep circuit is that of all states, 2^(n + 1) - 2."""
    F = quantum_fisher_information(layered(n_qubits, 6), n_draws=3, random_state=0)
    assert [np.linalg.matrix_rank(f, tol=1e-8) for f in F] == [2 ** (n_qubits + 1) - 2] * 3


def test_effective_dimension_of_known_matrices():
    """All but the constants, F = diag(2, 0): log(1 + 2 k) / log k."""
    n, gamma = 500, 0.7
    k = gamma * n / (2 * np.pi * np.log(n))
    assert effective_dimension([np.diag([2.0, 0.0])], n, gamma=gamma) == pytest.approx(np.log(1 + 2 * k) / np.log(k))
    two = [np.eye(2), np.diag([2.0, 0.0])]
    expected = 2 * np.log(((1 + k) + np.sqrt(1 + 2 * k)) / 2) / np.log(k)
    assert effective_dimension(two, n, gamma=gamma) == pytest.approx(expected)


def test_effective_dimension_does_not_depend_on_the_unit_and_comes_to_the_rank():
    F = quantum_fisher_information(layered(2, 4), n_draws=20, random_state=0)
    assert effective_dimension(F, 1000) == pytest.approx(effective_dimension(7 * F, 1000))
    assert effective_dimension(F, 1e200) == pytest.approx(6, abs=0.2)
    assert 0 < effective_dimension(F, 1000) < F.shape[1]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: quantum_fisher_information(mixed()), "X must be rows of the 2 features"),
        (lambda: quantum_fisher_information(mixed(), np.ones((1, 3))), "n_samples, 2"),
        (lambda: fisher_information(mixed(), np.ones((1, 2)), w=np.ones(2)), "w must hold 3 weights"),
        (lambda: fisher_information(mixed(), np.full((1, 2), np.nan)), "X must be an array of finite"),
        (lambda: effective_dimension(np.ones((2, 3, 4)), 100), "square matrices"),
        (lambda: effective_dimension(-np.eye(2)[None], 100), "positive trace"),
        (lambda: effective_dimension(np.eye(2)[None], 5), "n_samples must be so many"),
        (lambda: effective_dimension(np.diag([3.0, -1.0])[None], 1000), "semidefinite"),
        (lambda: gradient_variance([]), "at least one"),
        (lambda: gradient_variance(mixed(), n_draws=1), "n_draws"),
    ],
)
def test_what_does_not_fit_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
