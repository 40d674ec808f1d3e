"""The same numbers from one process, from several, and from a cluster."""

import os
import signal
from functools import partial

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skqml import FidelityKernel, ProjectedKernel, QuantumKernelSVC, QuantumNystroem, ZZEncoding, clear_cache
from skqml.backends.shots import Shots
from skqml.evidence import evidence_report
from skqml.kernels.tiles import spread

X, Y = load_iris(return_X_y=True)
TILE = spread._tile
KERNELS = [
    FidelityKernel(ZZEncoding()),
    ProjectedKernel(ZZEncoding()),
    FidelityKernel(ZZEncoding(), backend=Shots(50, random_state=3)),
    ProjectedKernel(ZZEncoding(), backend=Shots(50, random_state=3)),
]


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
    from distributed import Client, LocalCluster

    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**settings) as local, Client(local) as client:
        yield client


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_dask_cluster_makes_the_same_matrix(kernel, cluster):
    K = kernel(X)
    with joblib.parallel_config("dask", n_jobs=2):
        np.testing.assert_allclose(kernel(X), K, atol=1e-14)


def test_estimators_on_a_dask_cluster(cluster):
    kernel = FidelityKernel(ZZEncoding(), n_jobs=2)
    clear_cache()
    with joblib.parallel_config("dask"):
        svc = QuantumKernelSVC(kernel).fit(X, Y)
        decision = svc.decision_function(X)
        Z = QuantumNystroem(kernel, n_components=20, random_state=0).fit_transform(X)
    clear_cache()
    alone = QuantumKernelSVC(FidelityKernel(ZZEncoding())).fit(X, Y)
    np.testing.assert_allclose(decision, alone.decision_function(X), atol=1e-10)
    expected = QuantumNystroem(FidelityKernel(ZZEncoding()), n_components=20, random_state=0).fit_transform(X)
    np.testing.assert_allclose(Z @ Z.T, expected @ expected.T, atol=1e-8)


def searched_and_reported(n_jobs=None):
    """Scores and predictions of a search, and scores of a report."""
    search = GridSearchCV(QuantumKernelSVC(), {"C": [0.5, 2.0]}, cv=2, n_jobs=n_jobs).fit(X[::3], Y[::3])
    few = {"cv": 2, "inner_cv": 2, "n_seeds": 1, "budget": 1, "baselines": {}, "details": False}
    report = evidence_report(QuantumKernelSVC(), X[:100:4], Y[:100:4], n_jobs=n_jobs, **few)
    return search.cv_results_["mean_test_score"], search.predict(X), report.scores("model"), report.scores("surrogate")


def test_searches_and_reports_on_a_dask_cluster(cluster):
    with joblib.parallel_config("dask"):
        found = searched_and_reported(n_jobs=2)
    for values, expected in zip(found, searched_and_reported(), strict=True):
        np.testing.assert_allclose(values, expected, atol=1e-12)


@pytest.mark.parametrize("kernel", KERNELS[::2], ids=repr)
def test_tiles_of_a_killed_worker_run_again(kernel, monkeypatch, caplog, tmp_path):
    """One worker of a cluster dies in its first tile; the other computes what it leaves, shots and all."""
    from distributed import Client, LocalCluster

    rows = np.concatenate([X, X + 0.01])
    with joblib.parallel_config("threading"):
        K = kernel(rows)
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    monkeypatch.setattr(spread, "_tile", partial(_dies_once, str(tmp_path / "died")))
    with LocalCluster(**settings) as local, Client(local), joblib.parallel_config("dask", n_jobs=2):
        np.testing.assert_allclose(kernel(rows), K, atol=1e-14)
    assert (tmp_path / "died").exists()


def _dies_once(path, *arguments):
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return TILE(*arguments)
    return os.kill(os.getpid(), signal.SIGKILL)


def test_an_error_of_a_tile_is_raised_at_once(monkeypatch):
    calls = []

    def fails(*arguments):
        calls.append(arguments)
        raise ZeroDivisionError("in a tile")

    monkeypatch.setattr(spread, "_tile", fails)
    with joblib.parallel_config("threading", n_jobs=2), pytest.raises(ZeroDivisionError, match="in a tile"):
        KERNELS[0](X)
    assert len(calls) <= 16  # each tile once
