"""Compiled functions, kept on disk where that can be."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from numba import njit


def compiled(function: Callable | None = None, **options: Any) -> Callable:
    """`numba.njit` without the GIL, with a cache on disk that may fail.

    Where no folder can be written, or files cannot be read, each process compiles anew, and one warning
    says so; Numba alone raises.

    Parameters
    ----------
    function : callable
    **options
        Of `numba.njit`.

    Returns
    -------
    Dispatcher, or a decorator where ``function`` is None.
    """
    if function is None:
        return lambda function: compiled(function, **options)
    # Of a function that is called, the process that compiled it runs one version, and those that read the caller from
    # disk another: the last digits would differ. What is part of its caller is the same in all.
    dispatcher = njit(nogil=True, no_cfunc_wrapper=True, forceinline=True, **options)(function)
    try:
        dispatcher.enable_caching()
    except (RuntimeError, OSError):  # Numba found no folder that it can write
        _warn("cannot be kept on disk")
    else:
        dispatcher._cache = _Forgiving(dispatcher._cache)
    return dispatcher


class _Forgiving:
    """Numba's cache of one function, whose failures cost a compilation and nothing else."""

    def __init__(self, cache):
        self._cache = cache

    def __getattr__(self, name) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, *args) -> Any:
        """A compiled function from disk; None where there is none that can be read."""
        try:
            return self._cache.load_overload(*args)
        except Exception:  # a damaged pickle may raise anything
            _warn("cannot be read from disk")
            return self._try(self._cache.flush)  # saving would read the damaged index again

    def save_overload(self, *args) -> None:
        """Keep a compiled function, if there is room."""
        self._try(self._cache.save_overload, *args)

    def _try(self, call, *args) -> None:
        try:
            call(*args)
        except Exception:  # a full disk, or a damaged index: whatever it is, the compiled function stands
            _warn("cannot be kept on disk")
            self._cache.disable()


@cache
def _warn(what: str) -> None:
    warnings.warn(
        f"Compiled functions {what} and are compiled again, which takes seconds in each process; set NUMBA_CACHE_DIR "
        "to a folder that can be written.",
        RuntimeWarning,
        stacklevel=2,
    )
