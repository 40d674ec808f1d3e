"""Kernel matrices that are larger than memory: a file of tiles, which a killed run goes on with."""

import json
import shutil
from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from os import PathLike
from pathlib import Path

import joblib
import numpy as np
from joblib import effective_n_jobs
from numpy.lib.format import open_memmap

from ..._checks import as_generator, check_count, check_kind
from ...backends.tasks import checked_n_jobs, run_tasks
from ..base import QuantumKernel
from ..rows import checked_rows

Tile = tuple[slice, slice]


def kernel_matrix(kernel, X, Y=None, *, out, tile_rows=2048, n_jobs=None) -> np.memmap:
    """Write a kernel matrix to a file, tile by tile, and go on where an earlier run of the same matrix ended.

    ``K[i, j] = k(x_i, y_j)``; with ``Y=None`` only tiles on and above the diagonal are run. In memory is a tile for
    each worker, never the matrix. Beside the file stands ``out + ".tiles"``, which tells the tiles that are done.

    Parameters
    ----------
    kernel : QuantumKernel
        As it is: what an estimator would learn from rows, such as ``gamma="scale"``, it has to hold as a number.
    X : array-like (n_samples_X, n_features)
    Y : array-like (n_samples_Y, n_features), default=None
        ``None`` stands for X.
    out : str or path
        Of a file in NumPy's format, ``.npy``.
    tile_rows : int, default=2048
        Rows and columns of a tile, 8 bytes an entry. Circuits run anew for each tile, products for each entry.
    n_jobs : int, default=None
        Tiles at the same time, by joblib, so also on a cluster. Tiles with shots have seeds of their own, which do not
        depend on it.

    Returns
    -------
    numpy.memmap (n_samples_X, n_samples_Y)
        The file, opened for reading.

    Raises
    ------
    ValueError
        If the file holds another matrix, or there is no room for it.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import numpy as np
    >>> from skqml import FidelityKernel, kernel_matrix
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> K = kernel_matrix(FidelityKernel(), X, out=mkdtemp() + "/K.npy", tile_rows=20)
    >>> bool(np.allclose(K, FidelityKernel()(X)))
    True
    """
    effective_n_jobs(checked_n_jobs(n_jobs))  # refuses what is none
    kernel = deepcopy(check_kind("kernel", kernel, QuantumKernel, "a QuantumKernel, such as FidelityKernel()"))
    X, Y = checked_rows(X), None if Y is None else checked_rows(Y)
    if Y is not None and X.shape[1] != Y.shape[1]:
        raise ValueError(f"Expected as many features in Y as in X, {X.shape[1]}, got {Y.shape[1]}.")
    tiles = _tiles(len(X), None if Y is None else len(Y), check_count("tile_rows", tile_rows))
    tasks = [
        (each, X[a], None if Y is None and a == b else (X if Y is None else Y)[b], None)
        for (a, b), each in zip(tiles, _with_seeds(kernel, len(tiles)), strict=True)
    ]
    shape = len(X), len(X if Y is None else Y)
    file = TileFile(out, shape, [joblib.hash((_alone(kernel), X, Y)), tile_rows])
    waiting = [k for k in range(len(tiles)) if k not in file.done]
    for place, block in run_tasks(_run, [tasks[k] for k in waiting], n_jobs):
        a, b = tiles[waiting[place]]
        file.write(waiting[place], a, b, block, mirrored=Y is None)
    return file.matrix()


class TileFile:
    """A matrix in a file, and a list of its tiles that are done in another.

    Parameters
    ----------
    path : str or path
    shape : (int, int)
    key : list
        What the matrix is made of, in numbers and text.

    Raises
    ------
    ValueError
        If there is a file of another matrix, or no room.
    """

    def __init__(self, path: str | PathLike, shape: tuple[int, int], key: list):
        self.path = Path(check_kind("out", path, (str, PathLike), "the path of a file"))
        if self.path.suffix != ".npy":
            raise ValueError(f"out must end in .npy, got {self.path.name!r}.")
        self._list = self.path.with_name(self.path.name + ".tiles")
        head = json.dumps([*key, *shape])
        if self.path.exists() or self._list.exists():
            self.done = self._read(head)
        else:
            self._begin(shape, head)
            self.done = set()

    def _begin(self, shape: tuple[int, int], head: str) -> None:
        needed, free = 8 * shape[0] * shape[1], shutil.disk_usage(self.path.parent).free
        if needed > free:
            raise ValueError(f"out needs {needed} bytes, but {self.path.parent} has room for {free}; use another disk.")
        open_memmap(self.path, "w+", float, shape).flush()
        self._list.write_text(head + "\n")

    def _read(self, head: str) -> set[int]:
        lines = self._list.read_text().split("\n") if self._list.exists() and self.path.exists() else [""]
        if lines[0] != head:
            raise ValueError(
                f"out must be a new file or that of the same kernel, X, Y and tile_rows, got {self.path}, which holds "
                f"another matrix; remove it and {self._list.name}, or use another path."
            )
        done = {int(line) for line in lines[1:-1]}  # what stands behind the last end of a line is half a line
        self._list.write_text("\n".join([head, *map(str, sorted(done)), ""]))
        return done

    def write(self, number: int, rows: slice, columns: slice, block: np.ndarray, mirrored: bool) -> None:
        """Write a tile, and then that it is done; mirrored at the diagonal too."""
        K = open_memmap(self.path, "r+")
        K[rows, columns] = block
        if mirrored:
            K[columns, rows] = block.T
        K.flush()
        with self._list.open("a") as file:
            file.write(f"{number}\n")

    def matrix(self) -> np.memmap:
        """The file, opened for reading."""
        return open_memmap(self.path, "r")


def _run(kernel: QuantumKernel, X, Y, _) -> np.ndarray:
    return kernel.symmetric_matrix(X) if Y is None else kernel.matrix(X, Y)


def _tiles(n_rows: int, n_columns: int | None, step: int) -> list[Tile]:
    rows = [slice(k, min(k + step, n_rows)) for k in range(0, n_rows, step)]
    if n_columns is None:
        return [(a, b) for a, b in product(rows, rows) if a.start <= b.start]
    return list(product(rows, [slice(k, min(k + step, n_columns)) for k in range(0, n_columns, step)]))


def _with_seeds(kernel: QuantumKernel, n_tiles: int) -> Iterator[QuantumKernel]:
    """The kernel of each tile: itself, or with seeds of its own where it has some."""
    params = kernel.get_params(deep=True)
    names = [name for name in params if name.split("__")[-1] == "random_state" and params[name] is not None]
    seeds = {name: as_generator(name, params[name]).integers(2**31, size=n_tiles).tolist() for name in names}
    for k in range(n_tiles):
        yield deepcopy(kernel).set_params(**{name: values[k] for name, values in seeds.items()}) if names else kernel


def _alone(kernel: QuantumKernel) -> QuantumKernel:
    """The kernel without what changes no number: its workers."""
    names = [name for name in kernel.get_params(deep=True) if name.split("__")[-1] == "n_jobs"]
    return deepcopy(kernel).set_params(**dict.fromkeys(names))
