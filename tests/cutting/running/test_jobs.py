"""Parts on several workers: the same numbers from one process, from threads, and beside a matrix product state."""

import joblib
import numpy as np
import pytest

from skqml import MPS, Cut, Shots, SplitQCNNClassifier, all_z
from tests.cutting.circuits import WORST, ladder, results

CIRCUIT, RNG = ladder(5), np.random.default_rng(0)
ARGS = RNG.normal(size=(4, 5)), RNG.normal(size=16), RNG.normal(size=(4, 5))
BACKENDS = [None, Shots(50, random_state=3)]


def found(backend, communication, n_jobs=None):
    """Values, gradients and estimates of a ladder in three parts."""
    cut = Cut(backend, cuts=[(1, 5), (3, 5)], communication=communication, n_jobs=n_jobs)
    estimates = cut.compile(CIRCUIT, all_z(5)).estimate(*ARGS[:2])
    return *results(cut, CIRCUIT, all_z(5), *ARGS), *estimates


@pytest.mark.parametrize("communication", [False, True])
@pytest.mark.parametrize("backend", BACKENDS, ids=["exact", "shots"])
def test_threads_make_the_same_numbers(backend, communication):
    alone = found(backend, communication)
    with joblib.parallel_config("threading"):
        together = found(backend, communication, n_jobs=3)
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_workers_of_a_model():
    X, y = RNG.normal(size=(10, 8)), np.arange(10) % 2
    with joblib.parallel_config("threading"):
        models = [SplitQCNNClassifier(max_iter=1, tol=None, random_state=0, n_jobs=n).fit(X, y) for n in (None, 2)]
        np.testing.assert_array_equal(*(model.predict_proba(X) for model in models))


def test_a_ladder_of_twenty_qubits_on_parts_of_five():
    """Beside a matrix product state."""
    circuit, rng = ladder(20), np.random.default_rng(0)
    args = rng.normal(size=(3, 20)), rng.normal(size=76), rng.normal(size=(3, 20))
    parts, chain = (results(b, circuit, all_z(20), *args) for b in (Cut(max_qubits=5), MPS(4)))
    for a, b in zip(parts, chain, strict=True):
        np.testing.assert_allclose(a, b, atol=100 * WORST)
