"""One thread pool per process, for chunks of rows; the matrix library keeps out of its way."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ContextDecorator
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

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
    """Results of a function of each chunk of some work, in their order, on a pool if that can help.

    An exception, Ctrl-C among them, cancels the chunks that have not begun.
    """
    if threads <= 1 or len(chunks) <= 1:
        return list(map(function, chunks))
    futures = [_pool(os.getpid(), threads).submit(function, chunk) for chunk in chunks]
    try:
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()


class _OneBlasThread(ContextDecorator):
    """The limit that all who are inside share: it is set by the first and lifted by the last."""

    def __init__(self):
        self._lock = threading.Lock()
        self._n_inside = 0
        self._limit: Any = None

    @cached_property
    def _libraries(self) -> ThreadpoolController:
        return ThreadpoolController().select(user_api="blas")  # looked for at the first use, not at import

    def __enter__(self) -> None:
        with self._lock:
            if self._n_inside == 0:
                self._limit = self._libraries.limit(limits=1)
            self._n_inside += 1

    def __exit__(self, *_) -> None:
        with self._lock:
            self._n_inside -= 1
            if self._n_inside == 0:
                self._limit.restore_original_limits()


@lru_cache(maxsize=1)
def one_blas_thread() -> _OneBlasThread:
    """Context, and decorator, in which matrix products use one thread.

    Products here are small, or run side by side on the pool. Threads of the library's own wait
    for each other actively: where another process has a core, a product of 200 x 16 x 200 took
    24 ms on two of them and 0.03 ms on one.
    """
    return _OneBlasThread()
