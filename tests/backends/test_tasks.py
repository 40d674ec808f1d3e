"""Tasks for workers that may be lost: every result comes once, or there is an error."""

import joblib
import numpy as np
import pytest

from skqml.backends import tasks

SQUARES = [(k, None) for k in range(6)]


def squared(k, rng):
    return k**2


def forgetful(shares):
    """What stands for joblib's `Parallel`, and ends each time behind a share of the results as if these were all."""
    left = iter(shares)

    def parallel(**options):
        def run(calls):
            found = [function(*arguments, **named) for function, arguments, named in calls]
            return found[: round(next(left) * len(found))]

        return run

    return parallel


@pytest.mark.parametrize("shares", [[1], [0, 1], [0.5, 0, 1], [0.5, 0.5, 0.5, 1]], ids=str)
def test_results_that_do_not_come_are_asked_for_again(shares, monkeypatch):
    monkeypatch.setattr(tasks, "Parallel", forgetful(shares))
    monkeypatch.setattr(tasks, "delayed", joblib.delayed)
    found = list(tasks.run_tasks(squared, SQUARES, 2))
    assert sorted(found) == [(k, k**2) for k in range(6)]


def test_results_that_never_come_are_an_error(monkeypatch):
    monkeypatch.setattr(tasks, "Parallel", forgetful([0, 0.5, 0, 0.2, 1]))
    monkeypatch.setattr(tasks, "delayed", joblib.delayed)
    with pytest.raises(RuntimeError, match="did not come"):
        list(tasks.run_tasks(squared, SQUARES, 2))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_no_task_begins_behind_an_error(n_jobs):
    begun = []

    def fails(k, rng):
        begun.append(k)
        raise ZeroDivisionError("in a task")

    with joblib.parallel_config("threading"), pytest.raises(ZeroDivisionError, match="in a task"):
        list(tasks.run_tasks(fails, [(k, None) for k in range(1000)], n_jobs))
    assert len(begun) == 1 if n_jobs == 1 else len(begun) < 1000


def test_a_repeated_task_draws_what_the_lost_one_drew(monkeypatch):
    monkeypatch.setattr(tasks, "Parallel", forgetful([0, 1]))
    monkeypatch.setattr(tasks, "delayed", joblib.delayed)
    (found,) = tasks.run_tasks(lambda rng: rng.normal(), [(np.random.default_rng(0),)], 2)
    assert found == (0, np.random.default_rng(0).normal())
