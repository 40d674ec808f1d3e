"""Kernel matrices in files: as in memory, and after kills, on several workers and beside other files."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest

from skqml import (
    DepolarizingMitigatedKernel,
    FidelityKernel,
    ProjectedKernel,
    Shots,
    ZZEncoding,
    kernel_matrix,
)
from skqml.kernels.tiles import stored

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(23, 2)), RNG.normal(size=(9, 2))
KERNELS = [
    FidelityKernel(ZZEncoding()),
    ProjectedKernel(ZZEncoding(), gamma=0.7),
    DepolarizingMitigatedKernel(FidelityKernel(ZZEncoding()), survival=0.9),
]
SAMPLED = FidelityKernel(ZZEncoding(), backend=Shots(50, random_state=3))


@pytest.mark.parametrize("tile_rows", [1, 8, 23, 100])
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_as_in_memory(kernel, tile_rows, tmp_path):
    K = kernel_matrix(kernel, X, out=tmp_path / "K.npy", tile_rows=tile_rows)
    np.testing.assert_allclose(K, kernel(X), atol=1e-12)
    np.testing.assert_array_equal(K, K.T)
    other = kernel_matrix(kernel, X, Y, out=str(tmp_path / "other.npy"), tile_rows=tile_rows)
    np.testing.assert_allclose(other, kernel(X, Y), atol=1e-12)
    assert isinstance(K, np.memmap) and not K.flags.writeable
    np.testing.assert_array_equal(np.load(tmp_path / "K.npy"), K)


@pytest.mark.parametrize("kernel", [KERNELS[0], SAMPLED], ids=repr)
def test_workers_change_nothing(kernel, tmp_path):
    alone = kernel_matrix(kernel, X, out=tmp_path / "K.npy", tile_rows=8)
    with joblib.parallel_config("threading"):
        together = kernel_matrix(kernel, X, out=tmp_path / "K2.npy", tile_rows=8, n_jobs=3)
    np.testing.assert_array_equal(alone, together)


def test_tiles_have_shots_of_their_own(tmp_path):
    rows = np.tile(X[:4], (4, 1))
    K = kernel_matrix(SAMPLED, rows, np.zeros((1, 2)), out=tmp_path / "K.npy", tile_rows=4)
    assert len(np.unique(K.reshape(4, 4), axis=0)) == 4
    assert (
        np.abs(K.reshape(4, 4).mean(axis=0) - FidelityKernel(ZZEncoding())(X[:4], np.zeros((1, 2)))[:, 0]).max() < 0.2
    )


@pytest.mark.parametrize("kernel", [KERNELS[0], SAMPLED], ids=repr)
def test_goes_on_behind_a_failure(kernel, tmp_path, monkeypatch):
    """Tiles that are done are not run again, and the matrix is that of an undisturbed run, bit by bit."""
    calls, run = [], stored._run

    def failing(*task):
        calls.append(task)
        if len(calls) == 4:
            raise MemoryError("full")
        return run(*task)

    whole = kernel_matrix(kernel, X, out=tmp_path / "whole.npy", tile_rows=8)
    monkeypatch.setattr(stored, "_run", failing)
    path = tmp_path / "K.npy"
    with pytest.raises(MemoryError):
        kernel_matrix(kernel, X, out=path, tile_rows=8)
    done = path.with_name("K.npy.tiles")
    assert len(done.read_text().splitlines()) == 1 + 3
    with done.open("a") as file:
        file.write("5")  # a kill in the middle of a line
    for left in (3, 0):
        calls = ["no fourth call"] * 4
        np.testing.assert_array_equal(kernel_matrix(kernel, X, out=path, tile_rows=8), whole)
        assert len(calls) == 4 + left


KILLED = """
import os, signal, sys
import numpy as np
from skqml import FidelityKernel, kernel_matrix
from skqml.kernels.tiles import stored
write, n = stored.TileFile.write, 0
def dying(*arguments, **options):
    global n
    n += 1
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    write(*arguments, **options)
stored.TileFile.write = dying
kernel_matrix(FidelityKernel(), np.load(sys.argv[1]), out=sys.argv[2], tile_rows=8)
"""


def test_goes_on_behind_a_kill(tmp_path):
    np.save(tmp_path / "X.npy", X)
    path = tmp_path / "K.npy"
    code = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "X.npy", path], check=False).returncode
    assert code == -signal.SIGKILL and len(Path(f"{path}.tiles").read_text().splitlines()) == 3
    np.testing.assert_allclose(kernel_matrix(FidelityKernel(), X, out=path, tile_rows=8), FidelityKernel()(X))


def test_other_matrices_are_not_taken_for_this_one(tmp_path):
    path = tmp_path / "K.npy"
    kernel_matrix(FidelityKernel(), X, out=path, tile_rows=8)
    for kernel, rows, tile_rows in (
        (FidelityKernel(scale=0.5), X, 8),
        (FidelityKernel(), X + 1e-9, 8),
        (FidelityKernel(), X, 9),
    ):
        with pytest.raises(ValueError, match="holds another matrix"):
            kernel_matrix(kernel, rows, out=path, tile_rows=tile_rows)
    kernel_matrix(FidelityKernel(n_jobs=2), X, out=path, tile_rows=8)
    os.remove(f"{path}.tiles")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="holds another matrix"):
        kernel_matrix(FidelityKernel(), X, out=path, tile_rows=8)
    assert path.read_bytes() == before


def test_what_cannot_be_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "_run", None)
    path = tmp_path / "K.npy"
    with pytest.raises(TypeError, match="kernel must be a QuantumKernel"):
        kernel_matrix("rbf", X, out=path)
    with pytest.raises(ValueError, match="as many features in Y"):
        kernel_matrix(FidelityKernel(), X, Y[:, :1], out=path)
    with pytest.raises(ValueError, match=r"out must end in \.npy"):
        kernel_matrix(FidelityKernel(), X, out=tmp_path / "K.dat")
    with pytest.raises(ValueError, match="tile_rows"):
        kernel_matrix(FidelityKernel(), X, out=path, tile_rows=0)
    monkeypatch.setattr(stored.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(ValueError, match=r"out needs 4232 bytes, but .* has room for 100"):
        kernel_matrix(FidelityKernel(), X, out=path)
    assert not list(tmp_path.iterdir())
