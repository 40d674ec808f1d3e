"""What takes ``n_jobs`` uses as many workers, and finds the same as alone."""

import joblib
import numpy as np
import pytest
from joblib._parallel_backends import ThreadingBackend

from skqml import FidelityKernel, ProjectedKernel, QuantumNystroem, Shots, clear_cache
from skqml.backends.tasks import workers
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

CLASSES = [cls for cls in estimator_classes("fit") if "n_jobs" in cls().get_params(deep=False)]
KERNELS = [
    FidelityKernel() * 2.0,
    ProjectedKernel(backend=Shots(20, random_state=0)),
    FidelityKernel(backend=Shots(20, random_state=0)),
]


class Counting(ThreadingBackend):
    """Threads that say how many were asked for."""

    def configure(self, n_jobs=1, parallel=None, **options):
        ASKED.append(n_jobs)
        return super().configure(n_jobs, parallel, **options)


ASKED = []


@pytest.fixture(autouse=True)
def counted():
    """A backend of joblib that counts."""
    ASKED.clear()
    joblib.register_parallel_backend("counting", Counting)
    with joblib.parallel_config("counting"):
        yield
    joblib.parallel.BACKENDS.pop("counting")


def said(model, n_jobs):
    """What a model says that was fitted, and is asked, with so many jobs."""
    X, y = rows(model)
    clear_cache()
    return np.asarray(scores(fitted(model.set_params(n_jobs=n_jobs), X, y))(X))


@pytest.mark.parametrize("cls", CLASSES)
def test_workers_of_an_estimator_change_nothing(cls):
    model = quick(cls, max_iter=2)
    alone = said(model, None)
    assert set(ASKED) <= {1}
    np.testing.assert_allclose(said(model, 2), alone, atol=1e-12)
    assert 2 in ASKED


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_workers_of_landmarks(kernel):
    """Also with shots, and inside sums and products of kernels."""
    model = QuantumNystroem(kernel, n_components=20, check_kernel=False, random_state=0)
    np.testing.assert_allclose(said(model, 3), said(model, None), atol=1e-9)
    assert 3 in ASKED


def test_jobs_of_a_kernel_are_its_own():
    said(QuantumNystroem(FidelityKernel(n_jobs=2), n_components=20, random_state=0), 5)
    assert set(ASKED) == {2}


def test_no_number_of_jobs_leaves_that_of_the_caller():
    with joblib.parallel_config(n_jobs=3), workers(None):
        assert joblib.effective_n_jobs(None) == 3
