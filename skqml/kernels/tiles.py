"""A kernel matrix cut into tiles for joblib."""

import copy
import logging
import traceback
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pickle import PicklingError

import numpy as np
from joblib import effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from .._checks import check_count
from ..backends.program import Overlaps, Program

_LOGGER = logging.getLogger("skqml")
_ATTEMPTS = 4  # workers may die in all but the last
_MOST_JOBS = 2**15
_RANDOM_TILE = 128  # rows; the same for any n_jobs, so that shots are the same too


def _checked(n_jobs) -> int | None:
    return None if n_jobs is None else check_count("n_jobs", n_jobs, -_MOST_JOBS, _MOST_JOBS)


def tiled_overlaps(overlaps: Overlaps, X, Y, w, rng=None, n_jobs=None) -> np.ndarray:
    """Fidelities of X and Y (``None``: of X with itself), tile by tile.

    A task carries a compiled circuit and rows of X, a few kB, so that any joblib backend can
    spread the tiles over a cluster. Tiles that are lost with their worker run again on the others.

    Parameters
    ----------
    overlaps : Overlaps
    X, Y : ndarray (n_samples, n_features)
        ``Y=None`` for a symmetric matrix, of which only tiles on and above the diagonal are run.
    w : ndarray (n_weights,)
    rng : Generator or None
        Source of shots; each tile gets a child of it.
    n_jobs : int or None
        As everywhere in scikit-learn.
    """
    jobs = effective_n_jobs(_checked(n_jobs))
    if rng is None and jobs == 1:
        return overlaps(X, Y, w)
    rows = _slices(len(X), jobs, rng)
    columns = rows if Y is None else _slices(len(Y), jobs, rng)
    tiles = [(a, b) for a, b in product(rows, columns) if Y is not None or a.start <= b.start]
    children = [None] * len(tiles) if rng is None else rng.spawn(len(tiles))
    tasks = [(overlaps, X[a], _columns(X, Y, a, b), w, child) for (a, b), child in zip(tiles, children, strict=True)]
    K = np.empty((len(X), len(X) if Y is None else len(Y)))
    for k, block in _run(_tile, tasks, n_jobs):
        a, b = tiles[k]
        K[a, b] = block
        if Y is None:
            K[b, a] = block.T
    return K


def _tile(overlaps: Overlaps, X, Y, w, rng) -> np.ndarray:
    return overlaps(X, Y, w, rng)


def _columns(X, Y, a: slice, b: slice) -> np.ndarray | None:
    if Y is not None:
        return Y[b]
    return None if a == b else X[b]


def _slices(n: int, jobs: int, rng) -> list[slice]:
    step = _RANDOM_TILE if rng is not None else max(1, -(-n // (2 * jobs)))
    return [slice(k, min(k + step, n)) for k in range(0, n, step)]


def tiled_values(program: Program, X, rng=None, n_jobs=None) -> np.ndarray:
    """Expectation values of the rows of X, a block of rows a task; see `tiled_overlaps`."""
    jobs = effective_n_jobs(_checked(n_jobs))
    if rng is None and jobs == 1:
        return program(X)
    rows = _slices(len(X), jobs, rng)
    children = [None] * len(rows) if rng is None else rng.spawn(len(rows))
    tasks = [(program, X[a], None, child) for a, child in zip(rows, children, strict=True)]
    found = dict(_run(_values, tasks, n_jobs))
    return np.concatenate([found[k] for k in range(len(rows))])


def _values(program: Program, X, w, rng) -> np.ndarray:
    return program(X, w, rng)


def _run(compute: Callable, tasks: Sequence[tuple], n_jobs) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (number, result) of all tasks, in any order; the last argument of a task is its generator or None.

    An error of the computation itself is raised. Any other error is that of a worker: what had not come back by then
    runs again.
    """
    waiting, failed = set(range(len(tasks))), None
    one_by_one = get_active_backend()[0].supports_return_generator
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered" if one_by_one else "list")
    for attempt in range(1, _ATTEMPTS + 1):
        # Copies of the generators: one that a lost task has drawn from must not serve its repetition.
        calls = (delayed(_guarded)(compute, k, (*tasks[k][:-1], copy.deepcopy(tasks[k][-1]))) for k in sorted(waiting))
        try:
            for k, result, error in parallel(calls):
                failed = failed or error
                if failed is None:
                    waiting.remove(k)
                    yield k, result
            break
        except (TypeError, AttributeError, PicklingError):  # what cannot be sent to a worker
            raise
        except (Exception, CancelledError) as error:
            if attempt == _ATTEMPTS:
                raise
            _LOGGER.warning(
                "%d of %d tiles were lost with their worker (%s); they run again.", len(waiting), len(tasks), error
            )
    if failed is not None:
        raise failed


def _guarded(compute: Callable, k: int, task: tuple) -> tuple[int, np.ndarray | None, Exception | None]:
    try:
        return k, compute(*task), None
    except Exception as error:  # it is raised again where the tasks came from
        error.add_note(traceback.format_exc())
        return k, None, error
