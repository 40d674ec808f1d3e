"""Compiled functions, kept on disk where that can be."""

import gc
import warnings
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.typed_passes import IRLegalization
from numba.core.types.misc import unliteral


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
    options = {"nogil": True, "no_cfunc_wrapper": True, "forceinline": True} | options
    dispatcher = njit(**options)(function)
    part = njit(no_cpython_wrapper=True, pipeline_class=_Part, **options)(function)

    def get_call_template(args, kws) -> tuple:
        """As Numba's, but numbers written into a call make no function of their own: the optimiser sees them anyway."""
        return part.get_call_template(tuple(map(unliteral, args)), kws)

    # Numba asks these where compiled functions call it.
    dispatcher.get_call_template, dispatcher.get_overload = get_call_template, part.get_overload
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


class _Part(CompilerBase):
    """Compiles a function as a part of compiled functions that call it, to no machine code: it would never run.

    Where the process that compiled a function did run it, those who read its caller from disk ran another version: last
    digits differed.
    """

    def define_pipelines(self) -> list:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_IntoLibrary, IRLegalization)
        passes.finalize()
        return [passes]


@register_pass(mutates_CFG=False, analysis_only=True)
class _IntoLibrary(AnalysisPass):
    """Has a function lowered into a `_Library`."""

    _name = "into_library"

    def __init__(self):
        super().__init__()

    def run_pass(self, state) -> bool:
        """Called before the function is lowered."""
        state.library = _Library(state.targetctx.codegen(), state.func_id.func_qualname)
        return False


class _Library(JITCodeLibrary):
    """Code that is linked into its callers."""

    def _optimize_final_module(self) -> None:
        """Take the first and cheap one of two passes: without it loops of callers are slower; these take the second."""
        found = self._codegen._module_pass_manager(opt=0, loop_vectorize=False, slp_vectorize=False, cost="cheap")
        passes, *builder = found if isinstance(found, tuple) else (found,)  # Numba 0.61 has no builder
        passes.run(self._final_module, *builder)

    def _finalize_final_module(self) -> None:
        self._finalized = True

    @property
    def codegen(self) -> "_Library":
        """Numba tells it where the function, called from Python, finds what it raises: nobody calls it."""
        return self

    def set_env(self, name, env) -> None:
        pass


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
