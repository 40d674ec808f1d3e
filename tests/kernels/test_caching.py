"""Kernel matrices that are kept for the next equal call."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skqml import (
    AngleEncoding,
    FidelityKernel,
    KernelAlignmentTrainer,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    ReuploadingEncoding,
    ZZEncoding,
    clear_cache,
)
from skqml.backends.exact.overlaps import StateOverlaps
from skqml.backends.exact.program import StatevectorProgram
from skqml.backends.shots import Shots
from skqml.engine.cache import CACHE, ByteCache

X, Y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def empty_cache():
    clear_cache()
    yield
    clear_cache()


@pytest.fixture
def grams(monkeypatch):
    """Shapes of all fidelity matrices that are computed."""
    shapes, compute = [], StateOverlaps.__call__

    def counted(self, X, Y=None, w=None, rng=None):
        shapes.append((len(X), None if Y is None else len(Y)))
        return compute(self, X, Y, w, rng)

    monkeypatch.setattr(StateOverlaps, "__call__", counted)
    return shapes


@pytest.mark.parametrize(
    ("estimator", "grid"),
    [
        (QuantumKernelSVC(), {"C": [0.1, 1.0, 10.0, 100.0]}),
        (QuantumKernelSVC(), {"class_weight": [None, "balanced"], "tol": [1e-3, 1e-4]}),
        (QuantumKernelRidge(), {"alpha": [0.1, 1.0, 10.0]}),
    ],
    ids=str,
)
def test_each_folds_matrix_is_computed_once(estimator, grid, grams):
    GridSearchCV(estimator, grid, cv=3, refit=False, return_train_score=False).fit(X, Y)
    assert grams == [(100, None), (50, 100)] * 3


def test_other_kernels_are_computed_anew(grams):
    grid = {"kernel__encoding__reps": [1, 2], "bandwidth": [0.1, 0.2], "C": [1.0, 2.0]}
    GridSearchCV(QuantumKernelSVC(FidelityKernel(ZZEncoding())), grid, cv=2, refit=False).fit(X, Y)
    assert grams.count((75, None)) == 2 * 2 * 2


def test_results_are_those_without_a_cache(monkeypatch):
    search = GridSearchCV(QuantumKernelSVC(), {"C": [0.1, 1.0, 10.0]}, cv=3)
    scores = search.fit(X, Y).cv_results_["mean_test_score"]
    monkeypatch.setattr(CACHE, "max_bytes", 0)
    clear_cache()
    np.testing.assert_array_equal(search.fit(X, Y).cv_results_["mean_test_score"], scores)


def test_content_counts_and_not_identity(grams):
    first = FidelityKernel(AngleEncoding()).gram(X)
    assert FidelityKernel(AngleEncoding()).gram(X.copy()) is first
    FidelityKernel(AngleEncoding(), scale=1.0 + 1e-12).gram(X)
    FidelityKernel(AngleEncoding("x")).gram(X)
    FidelityKernel(AngleEncoding()).gram(X, X)
    assert len(grams) == 4


def test_weights_count():
    kernel = FidelityKernel(ReuploadingEncoding(n_qubits=2, trainable=True), weights=[0.1, 0.2, 0.3, 0.4])
    first = kernel.gram(X)
    kernel.weights = [0.1, 0.2, 0.3, 0.5]
    assert np.abs(kernel.gram(X) - first).max() > 1e-3


def test_kinds_and_parameters_of_kernels_count():
    class Power(FidelityKernel):
        def __init__(
            self,
            encoding=None,
            power=1,
            scale=1.0,
            weights=None,
            backend=None,
            n_jobs=None,
            scale_bounds=(1e-2, 1e2),
            weights_bounds=(-6, 6),
        ):
            super().__init__(encoding, scale, weights, backend, n_jobs, scale_bounds, weights_bounds)
            self.power = power

        def symmetric_matrix(self, X):
            return super().symmetric_matrix(X) ** self.power

    K = FidelityKernel(AngleEncoding()).gram(X)
    np.testing.assert_allclose(Power(AngleEncoding(), power=1).gram(X), K)
    np.testing.assert_allclose(Power(AngleEncoding(), power=3).gram(X), K**3)
    for gamma in (0.5, 2.0):
        kernel = ProjectedKernel(AngleEncoding(), gamma=gamma)
        np.testing.assert_array_equal(kernel.gram(X), kernel(X))


def test_projected_kernel_is_kept_too(monkeypatch):
    calls, compute = [], StatevectorProgram.__call__
    monkeypatch.setattr(
        StatevectorProgram, "__call__", lambda self, X, *args: calls.append(len(X)) or compute(self, X, *args)
    )
    kernel = ProjectedKernel(gamma=1.0)
    GridSearchCV(QuantumKernelSVC(kernel), {"C": [0.1, 1.0, 10.0]}, cv=3, refit=False).fit(X, Y)
    assert calls == [100, 50] * 3  # training rows once; then test rows


def test_a_kernel_that_holds_a_function_is_computed_anew():
    class Lifted(FidelityKernel):
        def __init__(self, encoding=None, lift=lambda K: K):
            super().__init__(encoding)
            self.lift = lift

        def symmetric_matrix(self, X):
            return self.lift(super().symmetric_matrix(X))

    K = FidelityKernel().gram(X)
    np.testing.assert_array_equal(Lifted().gram(X), K)
    np.testing.assert_array_equal(Lifted(lift=lambda K: K**2).gram(X), K**2)
    assert QuantumKernelSVC(Lifted(lift=lambda K: K**2)).fit(X, Y).score(X, Y) > 0.9


def test_clear_cache(grams):
    QuantumKernelSVC().fit(X, Y)
    clear_cache()
    QuantumKernelSVC().fit(X, Y)
    assert grams == [(150, None)] * 2


@pytest.mark.parametrize("kernel", [FidelityKernel, ProjectedKernel])
def test_shots_without_a_seed_are_drawn_anew(kernel):
    kernel = kernel(AngleEncoding(), backend=Shots(100))
    assert np.any(kernel.gram(X) != kernel.gram(X))
    seeded = type(kernel)(AngleEncoding(), backend=Shots(100, random_state=0))
    np.testing.assert_array_equal(seeded.gram(X), seeded.gram(X))


def test_kept_arrays_cannot_be_written_to():
    K = FidelityKernel().gram(X)
    with pytest.raises(ValueError, match="read-only"):
        K[0, 0] = 7.0
    own = FidelityKernel()(X)
    own[:] = 7.0  # the kernel's own result belongs to the caller
    np.testing.assert_allclose(np.diag(FidelityKernel().gram(X)), 1.0)
    trainer = KernelAlignmentTrainer(max_iter=1).fit(X, Y)
    trainer.transform(X)[:] = 7.0
    assert trainer.transform(X).max() <= 1 + 1e-12


def test_rows_changed_in_place_are_other_rows():
    A = X.copy()
    first = FidelityKernel().gram(A)
    A[0] += 1.0
    assert np.abs(FidelityKernel().gram(A)[0] - first[0]).max() > 1e-3


def test_bytes_are_bounded_and_the_oldest_goes_first():
    cache, computed = ByteCache(8 * 100), []

    def get(name, size=20):
        return cache.get(name, lambda: computed.append(name) or np.zeros(size))

    for name in "abcde":
        get(name)
    get("a")  # now the youngest
    get("f")
    assert computed == list("abcdef")
    get("a")
    assert computed == list("abcdef")
    get("b")
    assert computed == list("abcdefb")
    get("large", 26)  # more than a quarter: not kept
    get("large", 26)
    assert computed[-2:] == ["large", "large"]


def test_the_bound_holds_in_a_search(monkeypatch):
    monkeypatch.setattr(CACHE, "max_bytes", 5 * 100 * 100 * 8)
    GridSearchCV(QuantumKernelSVC(), {"C": [1.0, 2.0], "bandwidth": [0.3, 0.6]}, cv=3).fit(X, Y)
    kept = [a.nbytes for a in CACHE._arrays.values()]
    assert 0 < sum(kept) <= CACHE.max_bytes


def test_an_error_leaves_no_entry():
    cache = ByteCache(1000)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    np.testing.assert_array_equal(cache.get("a", lambda: np.ones(2)), [1, 1])
