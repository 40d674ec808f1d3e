"""Models that survive a failed fit."""

from collections.abc import Iterator
from contextlib import contextmanager

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
