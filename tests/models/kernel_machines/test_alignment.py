"""Kernels trained to align with the targets."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skqml import (
    AngleEncoding,
    FidelityKernel,
    KernelAlignmentTrainer,
    ReuploadingEncoding,
)
from skqml.kernels import GaussianKernel

X, Y = load_iris(return_X_y=True)
X, Y = X[::3], Y[::3]
SMALL = FidelityKernel(ReuploadingEncoding(n_qubits=2, n_blocks=2, trainable=True))


def alignment(K, targets):
    """Centred alignment, with explicit centring matrices."""
    H = np.eye(len(K)) - 1 / len(K)
    K, T = H @ K @ H, H @ (targets @ targets.T) @ H
    return np.sum(K * T) / np.linalg.norm(K) / np.linalg.norm(T)


def one_hot(y):
    return (y[:, None] == np.unique(y)).astype(float)


@pytest.mark.parametrize("kernel", [None, SMALL, FidelityKernel(AngleEncoding())], ids=repr)
def test_training_raises_the_alignment(kernel):
    trainer = KernelAlignmentTrainer(kernel, max_iter=10).fit(X, Y)
    K = trainer.kernel_(trainer.X_fit_)
    np.testing.assert_allclose(trainer.alignment_, alignment(K, one_hot(Y)), atol=1e-10)
    start = FidelityKernel(ReuploadingEncoding(trainable=True)) if kernel is None else kernel
    assert trainer.alignment_ > alignment(start(trainer.X_fit_), one_hot(Y)) + 0.002
    assert 1 <= trainer.n_iter_ <= 10


def test_optimum_of_one_scale_is_found():
    trainer = KernelAlignmentTrainer(FidelityKernel(AngleEncoding()), tol=1e-12, max_iter=100).fit(X, Y)
    around = trainer.kernel_.scale * np.exp(np.linspace(-0.2, 0.2, 41))
    values = [alignment(FidelityKernel(AngleEncoding(), scale=s)(trainer.X_fit_), one_hot(Y)) for s in around]
    assert np.argmax(values) == 20


def test_regression_targets():
    A, b = load_diabetes(return_X_y=True)
    trainer = KernelAlignmentTrainer(SMALL, max_iter=5).fit(A[:40], b[:40] + 0.5)
    K = trainer.kernel_(trainer.X_fit_)
    np.testing.assert_allclose(trainer.alignment_, alignment(K, b[:40, None]), atol=1e-10)


def test_weights_that_are_given_are_where_training_starts():
    weights = [0.1, -0.2, 0.3, -0.4]
    start = FidelityKernel(SMALL.encoding, scale=0.9, weights=weights)
    trainer = KernelAlignmentTrainer(start, max_iter=5).fit(X, Y)
    assert trainer.alignment_ > alignment(start(trainer.X_fit_), one_hot(Y))
    assert (start.weights, start.scale) == (weights, 0.9)
    assert np.all(trainer.kernel_.weights != weights)


def test_transform_gives_kernel_values():
    trainer = KernelAlignmentTrainer(SMALL, max_iter=2).fit(X, Y)
    expected = trainer.kernel_(trainer.standardizer_.transform(X[:5]), trainer.X_fit_)
    np.testing.assert_allclose(trainer.transform(X[:5]), expected, atol=1e-13)
    # On the training rows it must be what a precomputed machine takes.
    np.testing.assert_allclose(trainer.transform(X), trainer.kernel_(trainer.X_fit_), atol=1e-12)


def test_pipeline_trains_the_kernel_in_each_fold():
    model = make_pipeline(KernelAlignmentTrainer(SMALL, max_iter=5), SVC(kernel="precomputed"))
    result = cross_validate(model, X, Y, cv=3, return_estimator=True)
    assert np.mean(result["test_score"]) > 0.85
    assert len({p[0].kernel_.scale for p in result["estimator"]}) == 3
    assert [len(p[0].X_fit_) for p in result["estimator"]] == [33, 33, 34]
    assert SMALL.weights is None


def test_rows_left_out_do_not_leak():
    model = make_pipeline(KernelAlignmentTrainer(SMALL, max_iter=5), SVC(kernel="precomputed"))
    noise = np.random.default_rng(0).integers(0, 2, len(X))
    assert cross_val_score(model, X, noise, cv=5).mean() < 0.7


@pytest.mark.parametrize(("y", "words"), [(np.zeros(50, dtype=int), "one class"), (np.full(50, 0.5), "constant")])
def test_targets_must_differ(y, words):
    with pytest.raises(ValueError, match=words):
        KernelAlignmentTrainer(SMALL).fit(X, y)


def test_other_kernels_are_refused():
    from skqml import ProjectedKernel

    with pytest.raises(ValueError, match="'kernel' parameter of KernelAlignmentTrainer"):
        KernelAlignmentTrainer(ProjectedKernel()).fit(X, Y)


@pytest.mark.parametrize("n_weights", [0, 4, 7])
def test_gradient_of_the_gaussian_kernel(n_weights):
    """What the twin is trained by, against central differences."""
    rng = np.random.default_rng(n_weights)
    Z, A, w = rng.normal(size=(6, 3)), rng.normal(size=(6, 6)), rng.normal(size=n_weights)
    v, steps = np.append(np.log(0.8), w), 1e-5 * np.eye(1 + n_weights)

    def value(v):
        return np.sum(A * GaussianKernel(scale=np.exp(v[0]), weights=v[1:])(Z))

    slopes = [(value(v + step) - value(v - step)) / 2e-5 for step in steps]
    scale_slope, weight_slopes = GaussianKernel(scale=0.8, weights=w).pullback(Z, A)
    np.testing.assert_allclose([scale_slope, *weight_slopes], slopes, atol=1e-8)


def test_the_twin_is_trained_by_as_many_numbers():
    trainer = KernelAlignmentTrainer(max_iter=5).fit(X, Y)
    twin = trainer.classical_twin().fit(X, Y)
    assert trainer.n_parameters_ == twin.n_parameters_ == 17
    K = GaussianKernel(gamma=1 / 4)(twin.X_fit_)
    assert twin.alignment_ > alignment(K, one_hot(Y)) + 0.1
    assert twin.circuit_ is None


def test_rows_that_are_all_alike_have_no_alignment():
    trainer = KernelAlignmentTrainer(max_iter=3).fit(np.ones((6, 2)), [0, 1, 0, 1, 0, 1])
    assert trainer.alignment_ == 0.0
    np.testing.assert_allclose(trainer.transform(np.ones((2, 2))), 1.0)


@pytest.mark.parametrize("targets", [Y, np.sin(X[:, 2]) + 0.1 * X[:, 0]], ids=["labels", "numbers"])
@pytest.mark.parametrize("kernel", [SMALL, GaussianKernel(weights=np.zeros(3))], ids=repr)
def test_a_weight_is_a_repetition(kernel, targets):
    """The kernel that comes out is the same; the columns are the training rows, however often they count."""
    weight = np.arange(len(X)) % 3
    many = np.random.default_rng(0).permutation(np.repeat(np.arange(len(X)), weight))
    trainer = KernelAlignmentTrainer(kernel, max_iter=5)
    weighted = trainer.fit(X, targets, sample_weight=weight)
    kernel, alignment_ = weighted.kernel_, weighted.alignment_
    assert weighted.transform(X).shape == (len(X), len(X))
    repeated = trainer.fit(X[many], targets[many])
    assert alignment_ == pytest.approx(repeated.alignment_, rel=1e-6)
    np.testing.assert_allclose(
        [kernel.scale, *kernel.weights], [repeated.kernel_.scale, *repeated.kernel_.weights], rtol=1e-4
    )
