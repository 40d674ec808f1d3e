"""What is spread over a cluster, beside the same alone, where one worker dies in the middle of it."""

import os
import signal
import sys
from functools import partial

import joblib
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skqml import (
    Cut,
    FidelityKernel,
    ProjectedKernel,
    QuantumKernelSVC,
    QuantumNystroem,
    Shots,
    ZZEncoding,
    all_z,
    clear_cache,
)
from skqml.cutting.running import part_runs
from skqml.evidence import evidence_report
from skqml.kernels.tiles import spread
from tests.cutting.circuits import ladder, results

X, Y = load_iris(return_X_y=True)
FEW = X[::3], Y[::3]
MANY = np.concatenate([X, X + 0.01])  # more than one tile, also with shots
KERNELS = [
    FidelityKernel(ZZEncoding()),
    ProjectedKernel(ZZEncoding()),
    FidelityKernel(ZZEncoding(), backend=Shots(50, random_state=3)),
    ProjectedKernel(ZZEncoding(), backend=Shots(50, random_state=3)),
]
HERE = sys.modules[__name__]


def landmarks():
    """Products of features, which hang on no signs of vectors."""
    Z = QuantumNystroem(KERNELS[0], n_components=20, random_state=0).fit(X).transform(MANY)
    return [Z @ Z.T]


def prediction():
    """Decisions of a model that was fitted here."""
    with joblib.parallel_config("sequential"):
        model = QuantumKernelSVC(KERNELS[0]).fit(*FEW)
    return [model.decision_function(MANY)]


def parts(backend=None, communication=False):
    """Values and gradients of a circuit in parts, which may send each other outcomes."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(4, 5)), rng.normal(size=16), rng.normal(size=(4, 5))
    cut = Cut(backend, cuts=[(1, 5), (3, 5)], communication=communication)
    return results(cut, ladder(5), all_z(5), *rows)


def accuracy(model, X, y):
    """That of a model on rows."""
    return model.score(X, y)


def search():
    """Scores and predictions of a search."""
    found = GridSearchCV(QuantumKernelSVC(), {"C": [0.5, 2.0]}, cv=2, scoring=HERE.accuracy).fit(*FEW)
    return found.cv_results_["mean_test_score"], found.predict(X)


def report():
    """Scores of a report."""
    few = {"cv": 2, "inner_cv": 2, "n_seeds": 1, "budget": 1, "baselines": {}, "details": False}
    found = evidence_report(QuantumKernelSVC(), X[:100:4], Y[:100:4], scoring=HERE.accuracy, **few)
    return found.scores("model"), found.scores("surrogate")


# What runs, how exact it is, and where what a worker calls for it stands.
WORK = {
    "tiles": (lambda: [KERNELS[2](MANY)], 1e-14, spread, "_tile"),
    "landmarks": (landmarks, 1e-8, spread, "_tile"),
    "prediction": (prediction, 1e-10, spread, "_tile"),
    "parts": (parts, 1e-14, part_runs, "_value"),
    "sampled": (partial(parts, Shots(50, random_state=3), True), 1e-14, part_runs, "_value"),
    "search": (search, 1e-12, HERE, "accuracy"),
    "report": (report, 1e-12, HERE, "accuracy"),
}


def compare(name, monkeypatch, path, backend, **options):
    """Hold what a cluster finds to what is found here; with a path a worker is killed, and leaves a file there."""
    run, error, module, attribute = WORK[name]
    clear_cache()
    alone = run()
    clear_cache()
    if path is not None:
        monkeypatch.setattr(module, attribute, partial(die_once, str(path), os.getpid(), getattr(module, attribute)))
    with joblib.parallel_config(backend, n_jobs=2, **options):
        found = run()
    for values, expected in zip(found, alone, strict=True):
        np.testing.assert_allclose(values, expected, rtol=0, atol=error)
    assert path is None or path.exists()


def die_once(path, caller, compute, *arguments):
    """Compute, or, for the first time in a worker, die."""
    if os.getpid() != caller:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return compute(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return compute(*arguments)
