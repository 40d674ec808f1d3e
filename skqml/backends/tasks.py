"""Tasks for joblib, on the cores of a machine or on a cluster."""

import copy
import logging
import traceback
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pickle import PicklingError
from typing import Any

import numpy as np
from joblib import parallel_config
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from .._checks import check_count

_LOGGER = logging.getLogger("skqml")
_ATTEMPTS = 4  # workers may die in all but the last
_MOST_JOBS = 2**15


def checked_n_jobs(n_jobs) -> int | None:
    """Number of jobs as scikit-learn takes it: None, or an integer."""
    return None if n_jobs is None else check_count("n_jobs", n_jobs, -_MOST_JOBS, _MOST_JOBS)


def workers(n_jobs) -> AbstractContextManager:
    """Within it, ``n_jobs=None`` of what computes means so many; nothing changes if this is None too."""
    return nullcontext() if n_jobs is None else parallel_config(n_jobs=n_jobs)


def run_tasks(compute: Callable, tasks: Sequence[tuple], n_jobs) -> Iterator[tuple[int, Any]]:
    """Yield (number, result) of all tasks, in any order.

    An error of the computation itself is raised, and no task is begun after it. Any other error is that of a worker:
    what had not come back by then runs again.
    """
    waiting, failed = set(range(len(tasks))), list[Exception]()
    lost: BaseException = RuntimeError("its results did not come")
    for _ in range(_ATTEMPTS):
        # joblib takes them one by one.
        calls = (delayed(_guarded)(compute, k, _fresh(tasks[k])) for k in sorted(waiting) if not failed)
        try:
            for k, result, error in _in_any_order(n_jobs)(calls):
                if error is not None:
                    failed.append(error)
                elif not failed:
                    waiting.remove(k)
                    yield k, result
        except (TypeError, AttributeError, PicklingError):  # what cannot be sent to a worker
            raise
        except (Exception, CancelledError) as error:
            lost = error
        # A backend whose workers died may also end as if all were done.
        if failed or not waiting:
            break
        _LOGGER.warning("%d of %d tasks were lost with their worker (%s).", len(waiting), len(tasks), lost)
    if failed or waiting:
        raise failed[0] if failed else lost


def _in_any_order(n_jobs) -> Parallel:
    """What gives results as they come, where joblib's backend can, else all at the end."""
    one_by_one = get_active_backend()[0].supports_return_generator
    return Parallel(n_jobs=n_jobs, return_as="generator_unordered" if one_by_one else "list")


def _fresh(task: tuple) -> tuple:
    """A task with copies of its generators: one that a lost task has drawn from must not serve its repetition."""
    return tuple(copy.deepcopy(part) if isinstance(part, np.random.Generator) else part for part in task)


def _guarded(compute: Callable, k: int, task: tuple) -> tuple[int, Any, Exception | None]:
    try:
        return k, compute(*task), None
    except Exception as error:  # it is raised again where the tasks came from
        error.add_note(traceback.format_exc())
        return k, None, error
