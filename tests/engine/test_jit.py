"""Compiled functions where Numba's cache cannot be written, is full, or is damaged: slower, never wrong."""

import gc
import subprocess
import sys
import warnings
from runpy import run_path

import numba
import pytest

from skqml.engine import jit as module

IMPORT = """
import resource, sys, tempfile, warnings
def refuse(*args, **options):
    raise PermissionError("read-only")
if "unwritable" in sys.argv:  # Numba tries each folder by such a file
    tempfile.TemporaryFile = refuse
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    from skqml.engine.statevector.compiled.measure import _spread
    if "full" in sys.argv:  # no file may hold a single byte
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    print(_spread(5, 2))
print(*(w.message for w in found), sep="\\n")
"""


@pytest.mark.parametrize("full", [False, True])
def test_the_package_works_without_a_folder_to_write_to(full, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    code = [sys.executable, "-c", IMPORT, "full" if full else "unwritable"]
    value, *told = subprocess.run(code, capture_output=True, text=True, check=True).stdout.splitlines()
    assert value == "9"
    assert len(told) == 1 and "cannot be kept on disk" in told[0] and "NUMBA_CACHE_DIR" in told[0]


RESERVOIRS = """
import numpy as np
from skqml import QRNNReservoirRegressor
X = np.random.default_rng(0).normal(size=(40, 4))
print(*map(float.hex, QRNNReservoirRegressor(random_state=0).fit(X, X[:, 0]).predict(X)))
"""


def test_the_process_that_compiles_computes_what_others_do(tmp_path, monkeypatch):
    """To the last bit, also where sums are reordered: else a fit that one has begun is not known again by the next."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    first, second = (
        subprocess.run([sys.executable, "-c", RESERVOIRS], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert first == second and len(first.split()) == 40


def plus(a, b):
    return a + b


def test_what_compiled_functions_call_is_part_of_them(tmp_path, monkeypatch):
    """And compiled by itself only where Python calls it, with the same result."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    inner = module.compiled(plus)

    def twice(a):
        return inner(a, a)

    outer = module.compiled(twice)
    assert outer(2) == 4
    assert [file.name.split("-")[0].split(".")[-1] for file in tmp_path.rglob("*.nbc")] == ["twice"]
    assert not inner.signatures
    assert inner(2, 2) == 4 and len(inner.signatures) == 1
    assert outer(2.5) == inner(2.5, 2.5) == 5.0


def test_where_numba_is_not_known_inside_compiled_functions_call_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(numba, "version_info", numba.version_info._replace(short=(99, 0)))
    newer = run_path(module.__file__)["compiled"]
    inner = newer(plus)
    assert newer(lambda a: inner(a, a))(2) == 4
    assert len(inner.signatures) == 1


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was_before_a_compilation(enabled, request):
    """Also behind one that fails; it is off only meanwhile."""
    request.addfinalizer(gc.enable)
    (gc.enable if enabled else gc.disable)()
    assert module.compiled(plus)(1.5, 2) == 3.5 and gc.isenabled() is enabled
    with pytest.raises(numba.TypingError):
        module.compiled(plus)("a", 2)
    assert gc.isenabled() is enabled


@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\x80" + data])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_cache_is_compiled_again_and_mended(spoil, suffix, tmp_path, monkeypatch):
    """Told of once; the next process finds all in order."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert module.compiled(plus)(1, 2) == 3
    (file,) = tmp_path.rglob(f"*.{suffix}")
    file.write_bytes(spoil(file.read_bytes()))
    module._warn.cache_clear()
    with pytest.warns(RuntimeWarning, match="cannot be read") as told:
        assert module.compiled(plus)(1, 2) == 3
    assert len(told) == 1
    with warnings.catch_warnings(action="error"):
        again = module.compiled(plus)
        assert again(1, 2) == 3
    assert sum(again.stats.cache_hits.values()) == 1
