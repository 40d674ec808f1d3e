"""Chunks of work shared out between threads, and the limit of the matrix library's own, whatever strikes in between."""

import _weakrefset
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event, get_ident

import pytest
import threadpoolctl
from threadpoolctl import threadpool_limits

from skqml.engine import threads

MODULES = {module.__file__ for module in (threads, threadpoolctl, _weakrefset)}


@pytest.fixture
def before():
    """Threads of the libraries where they have two, as far as they can: old ones have no more than at their start."""
    with threadpool_limits(2, "blas"):
        yield blas_threads()


def blas_threads():
    """Of the libraries that were loaded at the first use: Aer brings one of its own, which may come later."""
    return [library.num_threads for library in threads._limit().libraries]


def struck(call, at):
    """Whether Ctrl-C hits a call where Python looks for it the time ``at``: as functions begin, and behind C."""
    steps = count()

    def strike(frame, event, _):
        if event in ("call", "c_return") and frame.f_code.co_filename in MODULES and next(steps) == at:
            sys.setprofile(None)
            raise KeyboardInterrupt

    sys.setprofile(strike)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(None)
    return False


@threads.one_blas_thread()
def decorated():
    return blas_threads()


def nested():
    with threads.one_blas_thread():
        return decorated()


@threads.one_blas_thread()
def nothing():
    pass


def twice_nothing():
    with threads.one_blas_thread():
        nothing()


@pytest.mark.parametrize("call", [nothing, twice_nothing])
def test_an_interruption_anywhere_leaves_no_limit_behind_the_next_use(call, before):
    call()
    assert max(before) == 2
    at = 0
    while struck(call, at):
        nothing()
        assert blas_threads() == before, f"struck at {at}"
        assert set(nested()) == {1}, f"struck at {at}"
        at += 1
    assert at > 10


def test_the_limit_ends_with_the_last_of_several_threads(before):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: decorated(), range(100)))
    assert blas_threads() == before
    with threads.one_blas_thread():
        assert set(decorated()) == set(blas_threads()) == {1}
    assert blas_threads() == before


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("n_chunks", [0, 1, 2, 30])
def test_results_come_in_the_order_of_their_chunks_with_calls_inside_of_others(n_threads, n_chunks):
    def inside(k):
        return sum(threads.map_chunks(lambda m: k * m, range(4), n_threads))

    assert threads.map_chunks(inside, range(n_chunks), n_threads) == [6 * k for k in range(n_chunks)]


def test_the_caller_does_everything_where_no_other_thread_wakes():
    end, pool = Event(), threads._pool(os.getpid(), 1)
    busy = pool.submit(end.wait, 60)
    try:
        assert threads.map_chunks(lambda k: (k, get_ident()), range(9), 2) == [(k, get_ident()) for k in range(9)]
        assert not busy.done()
    finally:
        end.set()


@pytest.mark.parametrize("error", [IndexError, StopIteration, KeyboardInterrupt])
@pytest.mark.parametrize("by_caller", [False, True])
def test_no_chunk_begins_behind_one_that_fails(error, by_caller):
    caller, both, begun = get_ident(), Barrier(2), []

    def chunk(k):
        begun.append(k)
        if k < 2:
            both.wait(60)  # one chunk on each thread
        if (get_ident() == caller) == by_caller:
            raise error
        time.sleep(0.01)

    with pytest.raises(error):
        threads.map_chunks(chunk, range(100), 2)
    assert len(begun) < 20
