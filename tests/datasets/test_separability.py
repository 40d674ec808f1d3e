"""Tasks of a benchmark study, by what defines them."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from skqml.datasets import make_hidden_manifold, make_linearly_separable, make_two_curves

ALL = [make_linearly_separable, make_hidden_manifold, make_two_curves]


@pytest.mark.parametrize("make", ALL)
def test_classes_are_halves_and_seeds_repeat(make):
    for n_samples in (1, 40, 41):
        X, y = make(n_samples, 3, random_state=1)
        assert X.shape == (n_samples, 3)
        assert y.sum() == n_samples // 2
    np.testing.assert_array_equal(X, make(41, 3, random_state=1)[0])
    assert not np.array_equal(X, make(41, 3, random_state=2)[0])


@pytest.mark.parametrize(("n_features", "margin"), [(1, 0.0), (2, 0.02), (20, 0.02), (3, 0.5)])
def test_a_hyperplane_separates_rows_with_its_margin(n_features, margin):
    X, y = make_linearly_separable(300, n_features, margin=margin, random_state=0)
    distances = np.where(y == 1, 1, -1) * X.sum(axis=1)
    assert distances.min() > margin * n_features
    assert np.abs(X).max() <= 1
    assert LogisticRegression(C=1e6, max_iter=10_000).fit(X, y).score(X, y) == 1.0


def test_without_a_margin_rows_are_uniform():
    X, _ = make_linearly_separable(20_000, 3, margin=0.0, random_state=0)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(np.cov(X.T), np.eye(3) / 3, atol=0.02)


def test_rows_lie_on_a_manifold_of_the_dimension_asked_for():
    """Its inverse is known: without the tanh the rows are an affine image of the latent vectors."""
    X, _ = make_hidden_manifold(200, 12, n_latent=4, random_state=0)
    flat = np.arctanh(X)
    sizes = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False)
    assert sizes[3] > 1e6 * sizes[4]


def test_labels_are_those_of_a_smooth_teacher_on_the_manifold():
    """Four latent numbers, read off the rows, tell the labels; directions at random of the same number do not."""
    X, y = make_hidden_manifold(1000, 12, n_latent=4, random_state=0)
    flat = np.arctanh(X)
    latent = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)[0][:, :4]
    assert cross_val_score(SVC(C=100.0, gamma=50.0), latent, y).mean() > 0.95
    assert cross_val_score(SVC(C=100.0, gamma=50.0), np.random.default_rng(0).normal(size=latent.shape), y).mean() < 0.6


def test_two_curves_are_one_that_is_shifted():
    """Without noise each row of a class, shifted, is near one of the other: both are dense on the curve."""
    X, y = make_two_curves(4000, 5, degree=2, offset=0.3, noise=0.0, random_state=0)
    first, second = X[y == 0], X[y == 1]
    assert cdist(second - 0.3, first).min(axis=1).max() < 0.1
    assert cdist(second, first).min(axis=1).mean() > 0.2


@pytest.mark.parametrize("degree", [1, 3])
def test_a_curve_of_a_degree_fills_twice_as_many_dimensions(degree):
    X, _ = make_two_curves(500, 20, degree=degree, offset=0.0, noise=0.0, random_state=0)
    assert np.linalg.matrix_rank(X, 1e-8) == 2 * degree
    assert X.var(axis=0).mean() == pytest.approx(1.0, abs=0.4)


def test_curves_are_near_and_no_line_tells_them_apart():
    X, y = make_two_curves(1000, 10, random_state=0)
    assert cross_val_score(KNeighborsClassifier(1), X, y).mean() > 0.95
    assert cross_val_score(LogisticRegression(), X, y).mean() < 0.8
    noisy, _ = make_two_curves(1000, 10, noise=1.0, random_state=0)
    assert cross_val_score(HistGradientBoostingClassifier(max_iter=20), noisy, y).mean() < 0.75


def test_margins_that_no_row_has_are_refused():
    with pytest.raises(ValueError, match="lower the margin"):
        make_linearly_separable(10, 20, margin=0.9, random_state=0)
