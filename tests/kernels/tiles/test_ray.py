"""The same numbers from a cluster of Ray, also where a worker of it is killed."""

import joblib
import numpy as np
import pytest

from skqml import FidelityKernel, QuantumNystroem, ZZEncoding, clear_cache, kernel_matrix
from tests.kernels.tiles.killed import KERNELS, WORK, X, compare


@pytest.fixture(scope="module", autouse=True)
def cluster():
    import ray
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    yield
    ray.shutdown()


@pytest.mark.filterwarnings("default")  # those of Ray are its own
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_the_same_matrix(kernel):
    clear_cache()
    K = kernel(X)
    clear_cache()
    with joblib.parallel_config("ray", n_jobs=2):
        np.testing.assert_allclose(kernel(X), K, atol=1e-14)


@pytest.mark.filterwarnings("default")
def test_features_and_files(tmp_path):
    kernel = FidelityKernel(ZZEncoding(), n_jobs=2)
    alone = QuantumNystroem(kernel, n_components=20, random_state=0).fit_transform(X)
    clear_cache()
    with joblib.parallel_config("ray"):
        found = QuantumNystroem(kernel, n_components=20, random_state=0).fit_transform(X)
        K = kernel_matrix(FidelityKernel(ZZEncoding()), X, out=tmp_path / "K.npy", tile_rows=64, n_jobs=2)
    np.testing.assert_allclose(found @ found.T, alone @ alone.T, atol=1e-8)
    np.testing.assert_allclose(K, kernel(X), atol=1e-12)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", [name for name in WORK if name not in ("search", "sampled")])
def test_a_killed_worker_of_ray_changes_nothing(name, monkeypatch, tmp_path):
    compare(name, monkeypatch, tmp_path / "died", "ray")


@pytest.mark.filterwarnings("default")
def test_searches(monkeypatch):
    """Scikit-learn's own, which end with an error where a worker of Ray dies."""
    compare("search", monkeypatch, None, "ray")
