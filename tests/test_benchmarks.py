"""Every benchmark still runs: each contender that is installed once, at small size, with equal results."""

from importlib import import_module

import pytest

from benchmarks.__main__ import modules
from benchmarks.frame.runner import Row, warm_up

# These start a fresh process for each figure, with an empty Numba cache.
IN_PROCESSES = {"imports", "memory"}


@pytest.mark.parametrize("name", sorted(set(modules()) - IN_PROCESSES))
@pytest.mark.filterwarnings("default")  # those of peers are theirs
def test_contenders_agree(name):
    for group in import_module(modules()[name]).cases(True):
        present = [Row(contender) for contender in group.contenders if contender.call is not None]
        reference = next((row for row in present if row.contender.label == group.reference), present[0])
        warm_up(present, reference, compare=not group.reports)


def test_benchmarks_are_found():
    assert set(modules()) > IN_PROCESSES | {"gram", "gradients", "noisy", "recurrent", "vqe"}
