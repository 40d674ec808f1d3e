"""A report whose process is killed in the middle of a fit: ``python -m tests.contracts.resuming.reports FOLDER``."""

import sys
import warnings
from pathlib import Path

import skqml
from skqml.evidence import evidence_report
from skqml.training import Checkpoint
from tests.contracts.estimators import IRIS_X, IRIS_Y
from tests.contracts.resuming.killed import kill_behind

FEW = {"cv": 2, "inner_cv": 2, "n_seeds": 1, "budget": 1, "baselines": {}, "details": False}


def report(folder=None):
    """A report on a model that is trained in few iterations, with both of its folders or without."""
    checkpoint = None if folder is None else Checkpoint(str(Path(folder) / "fits"), n_iter=1, seconds=None)
    model = skqml.VariationalClassifier(
        skqml.AngleEncoding(), max_iter=3, tol=None, random_state=0, checkpoint=checkpoint
    ).set_params(ansatz__n_layers=1)
    return evidence_report(
        model, IRIS_X[:50:4], IRIS_Y[:50:4], folder=None if folder is None else Path(folder) / "trials", **FEW
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    kill_behind(11)  # within the second trial of the model
    report(sys.argv[1])
