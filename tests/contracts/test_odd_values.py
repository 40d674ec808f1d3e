"""Every argument of public callables, one at a time, as what nobody should give: it works, or says what it is.

What is refused is refused by a TypeError or ValueError that names the parameter, within a second and 100 MB.
"""

import re
import resource
import signal
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import sklearn

from tests.contracts.callables import probes, public

SCIKIT_LEARN = str(Path(sklearn.__file__).parent)
ODD = [
    None,
    np.nan,
    np.inf,
    -1,
    0,
    2**31,
    2**63,
    1e300,
    1j,
    True,
    "helloworld",
    b"x",
    object(),
    [],
    {},
    [None],
    [1, "a"],
    np.array([]),
    np.ones(2) * 1j,
    np.zeros((2, 2, 2)),
    np.array([1, "a"], dtype=object),
]
_ALL_CORES = -1
MOST_KB = 100_000


class Slow(BaseException):
    """No exception that anything catches."""


@contextmanager
def within(seconds):
    """End what takes more of this process's time; a machine under load does not count."""

    def stop(*args):
        raise Slow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def spoilt(valid):
    """The arrays among valid arguments with one entry replaced."""
    if isinstance(valid, np.ndarray) and valid.size > 1:
        for entry in (None, np.nan, np.inf, 1e300, "a", 1j):
            array = valid.astype(complex if isinstance(entry, complex) else object if entry in (None, "a") else float)
            array.flat[1] = entry
            yield array


def names(error: Exception, parameter: str) -> bool:
    """Whether an error says which parameter is meant; scikit-learn's checks of X and y speak for themselves."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    by_scikit_learn = trace.tb_frame.f_code.co_filename.startswith(SCIKIT_LEARN)
    return by_scikit_learn or re.search(rf"\b{parameter}\b", str(error)) is not None


def fault(probe, parameter, value) -> str | None:
    """What is wrong with the answer to an odd value."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        try:
            with within(1.0):
                probe(**{parameter: value})
        except (Slow, SystemError):  # which Numba makes of it; it may be what the valid example leaves to be compiled
            with suppress(TypeError, ValueError), within(30.0):
                probe(**{parameter: value})
            with within(1.0):
                probe(**{parameter: value})
    except (TypeError, ValueError) as error:
        if not names(error, parameter):
            return f"{type(error).__name__}: {error}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}: {error}"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return f"{grown} kB" if grown > MOST_KB else None


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """A folder of its own, no warnings, no figures left."""
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings(action="ignore"):
        yield
    plt.close("all")


@pytest.mark.parametrize("name", public())
def test_odd_values_work_or_are_refused_by_name(name):
    faults = []
    for probe in probes(name):
        probe()  # so that all is compiled, and the examples are valid
        for parameter in probe.parameters:
            valid = probe.valid[parameter]() if parameter in probe.valid else None
            for value in (*ODD, *spoilt(valid)):
                if parameter == "n_jobs" and value is _ALL_CORES:  # all cores, and not odd
                    continue
                found = fault(probe, parameter, value)
                if found is not None:
                    faults.append(f"{probe.name}({parameter}={value!r}): {found}")
            plt.close("all")
    assert not faults, "\n".join(faults)
