"""Kernels trained to align with the targets."""

from typing import ClassVar

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skqml import (
    AngleEncoding,
    DepolarizingMitigatedKernel,
    FidelityKernel,
    KernelAlignmentTrainer,
    ProjectedKernel,
    ReuploadingEncoding,
)
from skqml.kernels import GaussianKernel, alignment_loss, ridge_loss, svc_loss
from tests.models.variational.test_training import Stopper

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


@pytest.mark.parametrize(
    "kernel",
    [ProjectedKernel(SMALL.encoding), DepolarizingMitigatedKernel(FidelityKernel(AngleEncoding())), GaussianKernel()],
    ids=repr,
)
def test_any_quantum_kernel_is_trained(kernel):
    trainer = KernelAlignmentTrainer(kernel, max_iter=5).fit(X, Y)
    started = clone(kernel)
    started.adapt(trainer.X_fit_)
    assert trainer.alignment_ > alignment(started(trainer.X_fit_), one_hot(Y)) + 0.005
    np.testing.assert_allclose(trainer.alignment_, alignment(trainer.kernel_(trainer.X_fit_), one_hot(Y)), atol=1e-10)


def test_what_is_fixed_is_not_trained():
    kernel = FidelityKernel(AngleEncoding(), scale=0.7, scale_bounds="fixed")
    with pytest.raises(ValueError, match="kernel must have a hyperparameter"):
        KernelAlignmentTrainer(kernel).fit(X, Y)
    trainer = KernelAlignmentTrainer(clone(SMALL).set_params(scale=0.7, scale_bounds="fixed"), max_iter=3).fit(X, Y)
    assert trainer.kernel_.scale == 0.7
    assert trainer.n_parameters_ == len(trainer.kernel_.weights)


@pytest.mark.parametrize("loss", [svc_loss, ridge_loss, alignment_loss])
def test_training_lowers_any_loss(loss):
    trainer = KernelAlignmentTrainer(SMALL, loss=loss, max_iter=5).fit(X, Y)
    target, weight = one_hot(Y) - 1 / 3, np.ones(len(X))
    assert trainer.loss_ < loss(SMALL(trainer.X_fit_), target, weight)[0] - 1e-3
    np.testing.assert_allclose(trainer.loss_, loss(trainer.kernel_(trainer.X_fit_), target, weight)[0], atol=1e-10)


class Counting(FidelityKernel):
    """A kernel that notes how many rows it is asked for."""

    asked: ClassVar[list] = []

    def pullback(self, X, A):
        self.asked.append(len(X))
        return super().pullback(X, A)


def test_batches_need_no_whole_matrix():
    found = []
    for _ in range(2):
        trainer = KernelAlignmentTrainer(Counting(SMALL.encoding), batch_size=10, max_iter=8, random_state=0).fit(X, Y)
        found.append(trainer.alignment_)
    assert max(Counting.asked) == 10 and len(Counting.asked) == 2 * 8 * 5
    assert found[0] == found[1] > alignment(SMALL(trainer.X_fit_), one_hot(Y)) + 0.05


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


@pytest.mark.parametrize("batch_size", [None, 20])
def test_callbacks_see_trainers_that_work_and_can_stop(batch_size):
    X, y = load_iris(return_X_y=True)
    stopper = Stopper(2)
    trainer = KernelAlignmentTrainer(batch_size=batch_size, tol=1e-9, random_state=0)
    trainer.set_callbacks(stopper).fit(X[::5], y[::5])
    assert trainer.n_iter_ == len(trainer.loss_curve_) == 2 and stopper.torn_down
    seen = [np.abs(K - trainer.transform(X[::5])).max() for K in stopper.seen]
    assert min(seen) < 1e-12 and len(seen) == 2


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("loss", [svc_loss, ridge_loss, alignment_loss])
def test_a_class_without_weight_is_no_class(loss, batch_size):
    """Machines of each class against the others would be the same two, counted twice; and no batch is of nothing."""
    used = (Y > 0) & (np.arange(len(Y)) % 2 > 0)
    trainer = KernelAlignmentTrainer(SMALL, loss=loss, batch_size=batch_size, max_iter=2, random_state=0)
    alone = trainer.fit(X[used], Y[used])
    expected = alone.loss_, alone.alignment_, *alone.kernel_.theta
    found = trainer.fit(X, Y, sample_weight=used.astype(float))
    np.testing.assert_allclose([found.loss_, found.alignment_, *found.kernel_.theta], expected, atol=1e-6)
