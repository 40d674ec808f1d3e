"""What it costs to start: the import, the first call on a fresh machine, the first call of a later process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.frame.child import run_child
from benchmarks.frame.contest import Contender, Group

TIMED = """
from time import perf_counter
{given}
start = perf_counter()
{timed}
print(perf_counter() - start)
"""
THE_REST = "import sklearn, qiskit, numba"
# The submodules of scikit-learn load on demand: a bare `import sklearn` leaves most of the cost to whoever comes next.
THE_REST_IN_FULL = THE_REST + ", sklearn.svm, sklearn.gaussian_process, sklearn.kernel_approximation"
GIVEN_DATA = """
from sklearn.datasets import load_iris
from skqml import QuantumKernelSVC, ZZEncoding
from skqml.kernels import FidelityKernel
X, y = load_iris(return_X_y=True)
"""
FIRST_CALLS = "FidelityKernel(encoding=ZZEncoding(reps=2))(X); QuantumKernelSVC().fit(X, y).predict(X)"


def cases(quick: bool) -> Iterator[Group]:
    """Yield the import times and the first calls."""
    rounds = 3 if quick else 7
    yield Group(
        "import in a fresh process",
        [
            _import("scikit-learn, qiskit, numba", "", THE_REST),
            _import("skqml after them", THE_REST, "import skqml"),
            _import("skqml after them and scikit-learn's kernel machines", THE_REST_IN_FULL, "import skqml"),
        ],
        reference="scikit-learn, qiskit, numba",
        reports=True,
        rounds=rounds,
    )
    with tempfile.TemporaryDirectory() as folder:
        yield _first_calls(Path(folder), 1 if quick else 3)


def _import(label: str, given: str, timed: str) -> Contender:
    code = TIMED.format(given=given, timed=timed)
    return Contender(label, lambda: run_child(code))


def _first_calls(folder: Path, rounds: int) -> Group:
    """Compare first calls with an empty Numba cache and with one that an earlier process has filled."""
    in_calls = TIMED.format(given=GIVEN_DATA, timed=FIRST_CALLS)
    in_all = TIMED.format(given="", timed=GIVEN_DATA + FIRST_CALLS)

    def with_empty_cache(code: str) -> float:
        with tempfile.TemporaryDirectory(dir=folder) as empty:
            return run_child(code, NUMBA_CACHE_DIR=empty)

    def with_filled_cache(code: str) -> float:
        return run_child(code, NUMBA_CACHE_DIR=str(folder / "filled"))

    return Group(
        "first Gram matrix and first QuantumKernelSVC of a process, iris",
        [
            Contender("later process", lambda: with_filled_cache(in_calls), note="imports not counted"),
            Contender("later process, imports too", lambda: with_filled_cache(in_all)),
            Contender("empty Numba cache", lambda: with_empty_cache(in_calls), note="imports not counted"),
            Contender("empty Numba cache, imports too", lambda: with_empty_cache(in_all)),
        ],
        reference="later process",
        reports=True,
        rounds=rounds,
    )
