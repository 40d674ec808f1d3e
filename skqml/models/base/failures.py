"""Models that survive a failed fit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from ...training import TrainingError


@contextmanager
def unchanged_on_error(estimator) -> Iterator[None]:
    """Give a model its attributes back where fitting fails before it has trained."""
    before = dict(vars(estimator))
    try:
        yield
    except TrainingError:  # what was reached until then is worth keeping
        raise
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def unchanged_by_failure(fit) -> Callable:
    """Decorate `fit` so that a model that was fitted stays as it was if it raises."""

    @wraps(fit)
    def guarded(self, *args, **kwargs):
        with unchanged_on_error(self):
            return fit(self, *args, **kwargs)

    return guarded
