"""A kernel matrix cut into tiles for joblib."""

from itertools import product

import numpy as np
from joblib import effective_n_jobs

from ...backends.program import Overlaps, Program
from ...backends.tasks import checked_n_jobs, run_tasks

_RANDOM_TILE = 128  # rows; the same for any n_jobs, so that shots are the same too


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
    jobs = effective_n_jobs(checked_n_jobs(n_jobs))
    if rng is None and jobs == 1:
        return overlaps(X, Y, w)
    rows = _slices(len(X), jobs, rng)
    columns = rows if Y is None else _slices(len(Y), jobs, rng)
    tiles = [(a, b) for a, b in product(rows, columns) if Y is not None or a.start <= b.start]
    children = [None] * len(tiles) if rng is None else rng.spawn(len(tiles))
    tasks = [(overlaps, X[a], _columns(X, Y, a, b), w, child) for (a, b), child in zip(tiles, children, strict=True)]
    K = np.empty((len(X), len(X) if Y is None else len(Y)))
    for k, block in run_tasks(_tile, tasks, n_jobs):
        a, b = tiles[k]
        K[a, b] = block
        if Y is None:
            K[b, a] = block.T
    return K


def _tile(compiled: Overlaps | Program, *arguments) -> np.ndarray:
    return compiled(*arguments)


def _columns(X, Y, a: slice, b: slice) -> np.ndarray | None:
    if Y is not None:
        return Y[b]
    return None if a == b else X[b]


def _slices(n: int, jobs: int, rng) -> list[slice]:
    step = _RANDOM_TILE if rng is not None else max(1, -(-n // (2 * jobs)))
    return [slice(k, min(k + step, n)) for k in range(0, n, step)]


def tiled_values(program: Program, X, rng=None, n_jobs=None) -> np.ndarray:
    """Expectation values of the rows of X, a block of rows a task; see `tiled_overlaps`."""
    jobs = effective_n_jobs(checked_n_jobs(n_jobs))
    if rng is None and jobs == 1:
        return program(X)
    rows = _slices(len(X), jobs, rng)
    children = [None] * len(rows) if rng is None else rng.spawn(len(rows))
    tasks = [(program, X[a], None, child) for a, child in zip(rows, children, strict=True)]
    found = dict(run_tasks(_tile, tasks, n_jobs))
    return np.concatenate([found[k] for k in range(len(rows))])
