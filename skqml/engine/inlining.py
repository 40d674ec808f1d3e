"""Compiled functions inside those that call them, by parts of Numba that are its own; `jit` can do without."""

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba import njit
from numba.core import config
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.typed_passes import IRLegalization
from numba.core.types.misc import unliteral


def called_as_part(dispatcher: Any, function: Callable, options: dict[str, Any]) -> None:
    """Let compiled functions that call this one take it in, so that it is compiled by itself for Python alone."""
    part = njit(no_cpython_wrapper=True, pipeline_class=_Part, **options)(function)

    def get_call_template(args, kws) -> tuple:
        """As Numba's, but numbers written into a call make no function of their own: the optimiser sees them anyway."""
        return part.get_call_template(tuple(map(unliteral, args)), kws)

    # Numba asks these where compiled functions call it.
    dispatcher.get_call_template, dispatcher.get_overload = get_call_template, part.get_overload


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


class _LibraryOfLanes(JITCodeLibrary):
    """Code whose vectors are written out: looking for more, and unrolling loops, takes half of the time for nothing."""

    def _optimize_final_module(self) -> None:
        options = llvm.create_pipeline_tuning_options(config.OPT)
        options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
        builder = llvm.create_pass_builder(self._codegen._tm, options)
        builder.getModulePassManager().run(self._final_module, builder)


class _Compiler(CompilerBase):
    """Compiles functions into a library of a kind of its own."""

    library: type[JITCodeLibrary] = _LibraryOfLanes

    def define_pipelines(self) -> list:
        self.state.kind_of_library = self.library
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_IntoLibrary, IRLegalization)
        passes.finalize()
        return [passes]


class _Part(_Compiler):
    """Compiles a function as a part of compiled functions that call it, to no machine code: it would never run.

    Where the process that compiled a function did run it, those who read its caller from disk ran another version: last
    digits differed.
    """

    library = _Library


@register_pass(mutates_CFG=False, analysis_only=True)
class _IntoLibrary(AnalysisPass):
    """Has a function lowered into the compiler's kind of library."""

    _name = "into_library"

    def __init__(self):
        super().__init__()

    def run_pass(self, state) -> bool:
        """Called before the function is lowered."""
        state.library = state.kind_of_library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return False


OF_LANES = {"pipeline_class": _Compiler}
