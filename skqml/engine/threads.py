"""One thread pool per process, for chunks of rows; the matrix library keeps out of its way."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ContextDecorator, nullcontext
from functools import lru_cache, partial
from typing import TypeVar
from weakref import WeakSet

from threadpoolctl import ThreadpoolController

# Multiplications of a matrix with a vector, and with a matrix, that the matrix library does on one thread by itself.
_FEW, _FEW_OF_TWO = 2**13, 2**18
_UNCHANGED = nullcontext()
C = TypeVar("C")
T = TypeVar("T")


def n_threads(threads: int | None = None) -> int:
    """Threads to use: one inside a worker process or thread, else at most those of the machine.

    Parameters
    ----------
    threads : int or None
        Upper limit; ``None`` means as many as the process may use.
    """
    in_worker = (
        multiprocessing.parent_process() is not None or threading.current_thread() is not threading.main_thread()
    )
    if in_worker:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return available or 1 if threads is None else threads


@lru_cache(maxsize=1)
def _pool(process_id: int, threads: int) -> ThreadPoolExecutor:
    # Keyed by process: a pool that was used before a fork hangs after it.
    return ThreadPoolExecutor(threads, thread_name_prefix="skqml")


def map_chunks(function: Callable[[C], T], chunks: Sequence[C], threads: int) -> list[T]:
    """Results of a function of each chunk of some work, in their order, with threads of a pool if these can help.

    The caller takes chunks too: threads that wake late, or never, cost nothing, and calls may stand inside others.
    An exception, Ctrl-C among them, leaves the chunks that have not begun.
    """
    if threads <= 1 or len(chunks) <= 1:
        return list(map(function, chunks))
    left, results = deque(enumerate(chunks)), dict[int, T]()
    take = partial(_take, function, left, results)
    try:
        helpers = [_pool(os.getpid(), threads - 1).submit(take) for _ in range(min(threads, len(chunks)) - 1)]
        take()
        for helper in helpers:
            if not helper.cancel():
                helper.result()
    finally:
        left.clear()
    return [results[k] for k in range(len(chunks))]


def _take(function: Callable[[C], T], left: deque[tuple[int, C]], results: dict[int, T]) -> None:
    """Work on one chunk after another until none is left; none is behind one that fails."""
    try:
        while True:
            try:
                k, chunk = left.popleft()  # another thread may take the last one between a look and this
            except IndexError:
                return
            results[k] = function(chunk)
    finally:
        left.clear()


def map_rows(function: Callable[[int, int], object], n_rows: int, at_once: int, threads: int, shared: bool) -> None:
    """Call function(row, threads) for each row: so many rows at once on a thread each, the last ones with all threads.

    Parameters
    ----------
    function : callable
    n_rows, at_once, threads : int
    shared : bool
        Whether threads can share the work on one row.
    """
    n_alone = n_rows % threads if shared else 0

    def on_one(first: int) -> None:
        for row in range(first, min(first + at_once, n_rows - n_alone)):
            function(row, 1)

    map_chunks(on_one, range(0, n_rows - n_alone, at_once), threads)
    for row in range(n_rows - n_alone, n_rows):
        function(row, threads)


class _Limit:
    """The threads that the matrix library had, while anybody needs it to have one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside: WeakSet[one_blas_thread] = WeakSet()
        self.libraries = ThreadpoolController().select(user_api="blas").lib_controllers
        self._before: list[int] | None = None

    def set(self) -> None:
        """Set one thread, unless it is set."""
        if self._before is None:
            self._before = [library.num_threads for library in self.libraries]
            for library in self.libraries:
                library.set_num_threads(1)

    def lift(self) -> None:
        """Give the library its threads back."""
        for library, n in zip(self.libraries, self._before or (), strict=False):
            library.set_num_threads(n)
        self._before = None


@lru_cache(maxsize=1)
def _limit() -> _Limit:
    """The limit of this process; its libraries are looked for at the first use, not at import."""
    return _Limit()


class one_blas_thread(ContextDecorator):
    """Context, and decorator, in which matrix products use one thread.

    Products here are small, or run side by side on the pool. Threads of the library's own wait
    for each other actively: where another process has a core, a product of 200 x 16 x 200 took
    24 ms on two of them and 0.03 ms on one.

    The first who is inside sets the limit, the last lifts it. Ctrl-C may strike between any two lines of this: who is
    inside is therefore known by being alive, not counted, and a limit left behind ends with the next use.
    """

    def _recreate_cm(self) -> "one_blas_thread":  # each call of what is decorated is inside by itself
        return one_blas_thread()

    def __enter__(self) -> None:
        limit = _limit()
        with limit.lock:
            limit.inside.add(self)
            limit.set()

    def __exit__(self, *_) -> None:
        limit = _limit()
        with limit.lock:
            limit.inside.discard(self)
            if not limit.inside:
                limit.lift()


def one_blas_thread_if(n_products: float, of_two: float = 0) -> AbstractContextManager:
    """`one_blas_thread` where a product takes so many multiplications that the library might use several.

    Parameters
    ----------
    n_products : float
        Multiplications of the largest product.
    of_two : float
        Of the largest of two matrices, neither of which has a single row or column, where that is not among those.
    """
    return one_blas_thread() if n_products > _FEW or of_two > _FEW_OF_TWO else _UNCHANGED
