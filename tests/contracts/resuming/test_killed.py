"""A fit that was killed goes on to the same model, to the last bit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from tests.contracts.resuming.killed import CASES, case, learned

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_case = pytest.mark.parametrize(("cls", "way"), CASES, ids=[f"{cls.__name__}-{way}" for cls, way in CASES])


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder of what fits had written as their processes were killed."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-m", "tests.contracts.resuming.killed", str(folder)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[3], capture_output=True, text=True)
    return folder


def assert_same(model, other):
    found, expected = learned(model), learned(other)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


@each_case
def test_killed_fits_go_on_to_the_same_model(cls, way, killed, iterations):
    """Whatever trains it; and what has ended is not trained again."""
    undisturbed, X, y = case(cls, way)
    undisturbed.fit(X, y)
    whole = len(iterations)
    model, _, _ = case(cls, way, killed / f"{cls.__name__}-{way}")
    iterations.clear()
    assert_same(model.fit(X, y), undisturbed)
    assert len(list((killed / f"{cls.__name__}-{way}").iterdir())) == 1
    assert 0 < len(iterations) < whole
    iterations.clear()
    assert_same(clone(model).fit(X, y), undisturbed)
    assert not iterations
