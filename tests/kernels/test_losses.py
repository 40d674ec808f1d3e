"""Losses of kernel matrices: what scikit-learn's machines reach, and central differences."""

from functools import partial

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.svm import SVC

from skqml.kernels import alignment_loss, ridge_loss, svc_loss

RNG = np.random.default_rng(0)
B = RNG.normal(size=(24, 30))
K = B @ B.T / 30
WEIGHT = RNG.uniform(0.5, 2.0, 24) * (np.arange(24) != 5)  # one row does not count
CLASSES = np.eye(3)[np.arange(24) % 3] - 1 / 3
LOSSES = [alignment_loss, svc_loss, partial(svc_loss, C=0.1), ridge_loss, partial(ridge_loss, alpha=3.0)]
NAMES = ["alignment", "svc", "svc, C=0.1", "ridge", "ridge, alpha=3"]


@pytest.mark.parametrize("loss", LOSSES, ids=NAMES)
@pytest.mark.parametrize("Y", [CLASSES, CLASSES[:, :2] * [1, -1], B[:, :1]], ids=["3 classes", "2 columns", "numbers"])
def test_derivatives_are_central_differences(loss, Y):
    if Y.shape[1] == 1 and getattr(loss, "func", loss) is svc_loss:
        with pytest.raises(ValueError, match="classes"):
            loss(K, Y, WEIGHT)
        return
    D = RNG.normal(size=K.shape)
    D, step = D + D.T, 1e-4
    difference = (loss(K + step * D, Y, WEIGHT)[0] - loss(K - step * D, Y, WEIGHT)[0]) / (2 * step)
    np.testing.assert_allclose(np.sum(loss(K, Y, WEIGHT)[1] * D), difference, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES, ids=NAMES)
def test_a_weight_is_a_repetition(loss):
    counts = np.arange(24) % 4
    rows = np.repeat(np.arange(24), counts)
    found = loss(K[np.ix_(rows, rows)], CLASSES[rows], np.ones(len(rows)))[0]
    np.testing.assert_allclose(loss(K, CLASSES, counts.astype(float))[0], found, atol=1e-6)


@pytest.mark.parametrize("C", [0.1, 1.0])
def test_support_vector_machines_reach_their_loss(C):
    """The primal objective of scikit-learn's machine."""
    signs = np.where(CLASSES[:, 0] > 0, 1, -1)
    machine = SVC(C=C, kernel="precomputed", tol=1e-8).fit(K, signs)
    a = np.zeros(24)
    a[machine.support_] = machine.dual_coef_[0]
    hinge = np.maximum(0, 1 - signs * machine.decision_function(K))
    expected = (0.5 * a @ K @ a + C * hinge.sum()) / 24
    np.testing.assert_allclose(svc_loss(K, np.stack([signs, -signs], axis=1), np.ones(24), C=C)[0], expected, rtol=1e-5)


def test_ridge_regression_reaches_its_loss():
    y = B[:, 0] - np.average(B[:, 0], weights=WEIGHT + 1)
    model = KernelRidge(alpha=0.3, kernel="precomputed").fit(K, y, sample_weight=WEIGHT + 1)
    risk = np.sum((WEIGHT + 1) * (y - model.predict(K)) ** 2) + 0.3 * model.dual_coef_ @ K @ model.dual_coef_
    expected = risk / np.sum((WEIGHT + 1) * y**2)
    np.testing.assert_allclose(ridge_loss(K, 7 * B[:, :1] + 2, WEIGHT + 1, alpha=0.3)[0], expected, rtol=1e-10)


@pytest.mark.parametrize("loss", LOSSES, ids=NAMES)
def test_nothing_to_learn_is_no_loss(loss):
    """A batch may hold rows of one class only."""
    value, slope = loss(K, np.tile([0.5, -0.5], (24, 1)), WEIGHT)
    assert value == 0 and not slope.any()
