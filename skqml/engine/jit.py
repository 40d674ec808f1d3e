"""Compiled functions, kept on disk where that can be."""

import gc
import warnings
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from numba import njit, version_info

if (0, 61) <= version_info.short <= (0, 68):  # others may be built differently inside; without it first fits are slower
    from .inlining import OF_LANES, called_as_part
else:
    OF_LANES = {}

    def called_as_part(dispatcher: Any, function: Callable, options: dict[str, Any]) -> None:
        """Compiled functions that are called stay functions of their own."""


def compiled(function: Callable | None = None, *, lanes: bool = False, **options: Any) -> Callable:
    """`numba.njit` without the GIL, with a cache on disk that may fail.

    Where no folder can be written, or files cannot be read, each process compiles anew, and one warning
    says so; Numba alone raises.

    Parameters
    ----------
    function : callable
    lanes : bool
        Whether all its vectors are `Lanes`, and it makes no arrays: it is compiled in less time, by fewer passes and
        without references that are counted.
    **options
        Of `numba.njit`.

    Returns
    -------
    Dispatcher, or a decorator where ``function`` is None.
    """
    if function is None:
        return lambda function: compiled(function, lanes=lanes, **options)
    options = {"nogil": True, "no_cfunc_wrapper": True, "forceinline": True, "_nrt": not lanes} | options
    dispatcher = njit(**options, **(OF_LANES if lanes else {}))(function)
    called_as_part(dispatcher, function, options)
    dispatcher.compile = _without_collector(dispatcher.compile)
    try:
        dispatcher.enable_caching()
    except (RuntimeError, OSError):  # Numba found no folder that it can write
        _warn("cannot be kept on disk")
    else:
        dispatcher._cache = _Forgiving(dispatcher._cache)
    return dispatcher


def _without_collector(call: Callable) -> Callable:
    """A call during which Python looks for no cycles: among all that is loaded, that is a seventh of a compilation."""

    @wraps(call)
    def uncollected(*args) -> Any:
        is_enabled = gc.isenabled()
        gc.disable()
        try:
            return call(*args)
        finally:
            if is_enabled:
                gc.enable()

    return uncollected


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
