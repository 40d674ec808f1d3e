"""Reports and searches over models with checkpoints: what is left is run, and nobody takes up what is another's."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import skqml
from skqml import FidelityKernel, KernelAlignmentTrainer, ReuploadingEncoding
from skqml.kernels import ridge_loss
from tests.contracts.examples import LABELS, X
from tests.contracts.resuming.reports import report

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_killed_report_goes_on(tmp_path, iterations):
    """In the middle of the fit in which its process was killed, to the same scores."""
    command = [sys.executable, "-m", "tests.contracts.resuming.reports", str(tmp_path)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert [(tmp_path / "trials" / f"model-0-{fold}.json").exists() for fold in range(2)] == [True, False]
    undisturbed = report()
    whole = len(iterations)
    iterations.clear()
    found = report(tmp_path)
    assert 0 < len(iterations) < whole
    for name in undisturbed.expenses:
        np.testing.assert_array_equal(found.scores(name), undisturbed.scores(name))


CANDIDATES = [
    {},
    {"loss": ridge_loss},
    {"batch_size": 4},
    {"bandwidth": 0.3},
    {"tol": 0.1},
    {"kernel__scale": 0.7},
    {"kernel__encoding__n_blocks": 2},
    {"kernel__backend": skqml.Shots(100, random_state=0)},
]


def test_candidates_have_files_of_their_own(tmp_path, iterations):
    """Of a trainer of kernels, whatever differs, also inside its kernel; each is taken up by itself alone."""
    kernel = FidelityKernel(ReuploadingEncoding(2, n_blocks=1, trainable=True))
    start = KernelAlignmentTrainer(kernel, max_iter=2, check_kernel=False, random_state=0, checkpoint=str(tmp_path))
    trained = []
    for n, candidate in enumerate(CANDIDATES, start=1):
        trained.append(_with(start, candidate).fit(X, LABELS).kernel_.theta)
        assert len(list(tmp_path.iterdir())) == n
    iterations.clear()
    for candidate, theta in zip(CANDIDATES, trained, strict=True):
        np.testing.assert_array_equal(_with(start, candidate).fit(X, LABELS).kernel_.theta, theta)
    assert not iterations


def _with(model, candidate):
    """A clone with other settings."""
    return clone(model).set_params(**candidate)
