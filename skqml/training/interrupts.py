"""When Ctrl-C ends one training with what it has, and when it ends everything."""

import multiprocessing
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from traceback import walk_stack

_SECONDS = 3.0  # in which a second Ctrl-C is meant for all that goes on
# Through these scikit-learn calls a single fit, as the user would; all else of it goes on with other fits.
_SINGLE_FIT = ("sklearn.base", "sklearn.pipeline", "sklearn.utils", "sklearn.callback", "sklearn.compose._target")
_MANY_FITS = ("sklearn", "joblib.parallel")


class Interrupts:
    """The interruptions of this process.

    Parameters
    ----------
    clock : callable () -> float, default=time.monotonic
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self._last = -float("inf")

    def ends_all(self) -> bool:
        """Whether an interruption, of which this call tells, is to end more than the training that it struck.

        So it is for the second one within seconds, in a worker process, and where the training is one of many: called
        by a search, a cross-validation or any other estimator of scikit-learn that fits more than once. A score of
        half a training would count there like the others.
        """
        now, before = self.clock(), self._last
        self._last = now
        return now - before < _SECONDS or multiprocessing.parent_process() is not None or _one_of_many()


@lru_cache(maxsize=1)
def interrupts() -> Interrupts:
    """Those of this process."""
    return Interrupts()


def _one_of_many() -> bool:
    modules = (frame.f_globals.get("__name__", "") for frame, _ in walk_stack(sys._getframe()))
    return any(_inside(module, _MANY_FITS) and not _inside(module, _SINGLE_FIT) for module in modules)


def _inside(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
