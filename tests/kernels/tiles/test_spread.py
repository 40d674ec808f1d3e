"""The same numbers from one process, from several, and from a cluster."""

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from skqml import FidelityKernel, QuantumKernelSVC, Shots, ZZEncoding
from skqml.kernels.tiles import spread
from tests.kernels.tiles.killed import FEW, KERNELS, WORK, X, Y, compare

_START = "300s"  # by then a worker that died has started again, also on a busy machine; a cluster drops it else


@pytest.mark.parametrize("name", ["threading", "loky"])
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_tiles_make_the_same_matrix(kernel, name):
    K, rectangle = kernel(X), kernel(X[:40], X)
    with joblib.parallel_config(name, n_jobs=2):
        np.testing.assert_allclose(kernel(X), K, atol=1e-14)
        np.testing.assert_allclose(kernel(X[:40], X), rectangle, atol=1e-14)
    parallel = type(kernel)(**(kernel.get_params(deep=False) | {"n_jobs": 2}))
    np.testing.assert_allclose(parallel(X), K, atol=1e-14)
    np.testing.assert_array_equal(parallel(X), parallel(X).T)


@pytest.mark.parametrize("n_jobs", [2, 3, -1, 200])
def test_any_number_of_jobs(n_jobs):
    with joblib.parallel_config("threading"):
        for n in (1, 2, 7):
            kernel = FidelityKernel(ZZEncoding(), n_jobs=n_jobs)
            np.testing.assert_allclose(kernel(X[:n]), FidelityKernel(ZZEncoding())(X[:n]), atol=1e-14)
            np.testing.assert_allclose(kernel(X[:n], X[:3]), FidelityKernel(ZZEncoding())(X[:n], X[:3]), atol=1e-14)


def test_shots_of_a_seed_are_the_same_for_any_number_of_jobs():
    rows = np.concatenate([X, X + 0.01])  # more than one tile
    kernel = FidelityKernel(ZZEncoding(), backend=Shots(50, random_state=3))
    with joblib.parallel_config("threading"):
        results = [kernel.set_params(n_jobs=n)(rows) for n in (1, 2, 5)]
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[0], results[0].T)


def test_grid_search_in_processes():
    grid = {"kernel": KERNELS[:2], "C": [0.5, 2.0], "bandwidth": [0.1, 0.3]}
    one, two = (GridSearchCV(QuantumKernelSVC(), grid, cv=2, n_jobs=n).fit(X, Y) for n in (1, 2))
    np.testing.assert_allclose(one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"], atol=1e-12)
    assert one.best_params_["C"] == two.best_params_["C"]
    np.testing.assert_array_equal(one.predict(X), two.predict(X))


def test_threads_share_a_kernel():
    kernel = FidelityKernel(ZZEncoding())
    expected = [kernel(X[:40, :k]) for k in (1, 2, 3, 4)]
    with joblib.parallel_config("threading", n_jobs=4):
        found = joblib.Parallel()(joblib.delayed(kernel)(X[:40, : 1 + k % 4]) for k in range(40))
    for k, K in enumerate(found):
        np.testing.assert_allclose(K, expected[k % 4], atol=1e-14)


@pytest.fixture(scope="module")
def cluster():
    from dask import config
    from distributed import Client, LocalCluster

    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    patient = config.set({"distributed.deploy.lost-worker-timeout": _START})
    with patient, LocalCluster(**settings) as local, Client(local) as client:
        yield client


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_dask_cluster_makes_the_same_matrix(kernel, cluster):
    K = kernel(X)
    with joblib.parallel_config("dask", n_jobs=2):
        np.testing.assert_allclose(kernel(X), K, atol=1e-14)


@pytest.mark.parametrize("name", WORK)
def test_a_killed_worker_of_dask_changes_nothing(name, cluster, monkeypatch, tmp_path):
    """What it had been given runs again, on the other or on the one that takes its place."""
    cluster.wait_for_workers(2, timeout=_START)  # with one alone nothing would be sent to it
    compare(name, monkeypatch, tmp_path / "died", "dask", scatter=list(FEW))  # rows of a search are with both


def test_an_error_of_a_tile_is_raised_at_once(monkeypatch):
    calls = []

    def fails(*arguments):
        calls.append(arguments)
        raise ZeroDivisionError("in a tile")

    monkeypatch.setattr(spread, "_tile", fails)
    with joblib.parallel_config("threading", n_jobs=2), pytest.raises(ZeroDivisionError, match="in a tile"):
        KERNELS[0](X)
    assert len(calls) <= 16  # each tile once
