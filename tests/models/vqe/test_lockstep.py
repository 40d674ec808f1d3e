"""Minimisation of many functions side by side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skqml.models.vqe.lockstep import LockstepBFGS
from skqml.training import minimize


def waves(A, phases):
    """Sums of cosines, one problem a row, as values and gradients of some of the problems."""

    def objective(W, problems):
        angles = np.einsum("nkp,np->nk", A[problems], W) + phases[problems]
        return np.cos(angles).sum(axis=1), -np.einsum("nk,nkp->np", np.sin(angles), A[problems])

    return objective


def problems(n, p, seed):
    rng = np.random.default_rng(seed)
    return waves(rng.normal(size=(n, 2 * p, p)), rng.normal(size=(n, 2 * p))), rng.normal(size=(n, p))


def run(objective, W, tol=1e-9, report=lambda W, loss: None):
    optimizer = LockstepBFGS(tol, np.ones(len(W)))
    optimizer(objective, W, report, None)
    return optimizer


@given(n=st.integers(1, 12), p=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_ends_where_slopes_vanish(n, p, seed):
    objective, W = problems(n, p, seed)
    found = run(objective, W)
    f, G = objective(found.W, np.arange(n))
    assert np.abs(G).max() < 1e-5
    assert np.allclose(f, found.values, atol=1e-12)
    assert (f <= objective(W, np.arange(n))[0] + 1e-12).all()


def test_quadratic_functions_have_one_minimum():
    rng = np.random.default_rng(0)
    roots, centres = rng.normal(size=(5, 4, 4)), rng.normal(size=(5, 4))
    H = np.einsum("npq,nrq->npr", roots, roots) + 0.1 * np.eye(4)

    def objective(W, which):
        slope = np.einsum("npq,nq->np", H[which], W - centres[which])
        return np.einsum("np,np->n", W - centres[which], slope) / 2, slope

    assert np.allclose(run(objective, np.zeros((5, 4))).W, centres, atol=1e-6)


def test_problems_do_not_touch_each_other():
    objective, W = problems(6, 3, 0)
    together = run(objective, W).W
    for k in range(6):
        alone = run(lambda w, which, k=k: objective(w, which + k), W[k : k + 1]).W[0]
        assert np.allclose(alone, together[k], atol=1e-6)


def test_reports_the_mean_and_stops_when_told():
    objective, W = problems(4, 3, 0)
    training = minimize(objective, W, LockstepBFGS(1e-9, np.ones(4)), max_iter=7, tol=None)
    assert training.ended_by == "max_iter"
    assert training.n_iter == 7
    assert np.all(np.diff(training.losses) <= 1e-12)
    assert training.loss == pytest.approx(objective(training.w, np.arange(4))[0].mean())


def test_flat_functions_end_at_once():
    found = run(lambda W, which: (np.ones(len(W)), np.zeros_like(W)), np.ones((3, 2)))
    assert np.array_equal(found.W, np.ones((3, 2)))
