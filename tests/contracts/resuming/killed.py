"""Fits whose processes are killed, one of each family: ``python -m tests.contracts.resuming.killed FOLDER``."""

import os
import signal
import sys
import warnings
from pathlib import Path

import numpy as np

import skqml
import skqml.attacks
from skqml.files import archive
from skqml.training import SPSA, Checkpoint, checkpoints
from tests.contracts.estimators import quick, rows

SMALL = {"n_qubits": 2, "n_measured": 2, "n_reservoirs": 2, "n_blocks": 1, "train_cell": True, "n_restarts": 2}
WAYS = {
    "whole": {"max_iter": 4, "batch_size": None},
    "steps": {"max_iter": 3, "batch_size": 16, "early_stopping": True, "n_iter_no_change": 3},
    "shots": {"max_iter": 3, "backend": skqml.Shots(50), "optimizer": SPSA(n_calibration=2), "batch_size": None},
}


def trained():
    """The classes that can be checkpointed."""
    exported = (getattr(room, name) for room in (skqml, skqml.attacks) for name in room.__all__)
    return [c for c in exported if isinstance(c, type) and hasattr(c, "fit") and "checkpoint" in c().get_params()]


CASES = [(cls, "whole") for cls in trained()]
CASES += [(cls, "shots") for cls in (skqml.VariationalClassifier, skqml.ZNEVQE)]
CASES += [(cls, "steps") for cls in (skqml.VariationalClassifier, skqml.QuantumTensorNetworkClassifier)]
CASES += [(skqml.KernelAlignmentTrainer, "steps")]
_ONE_START = (skqml.ZNEVQE, skqml.KernelAlignmentTrainer)  # or all of them at one time; and they need a tolerance


def case(cls, way, folder=None):
    """A model of few iterations, and rows that suit it."""
    model = quick(cls, **SMALL | WAYS[way] | {"tol": 1e-9 if cls in _ONE_START else None})
    if folder is not None:
        model.set_params(checkpoint=Checkpoint(str(folder), n_iter=1, seconds=None))
    if cls is skqml.ZNEVQE:
        return model, np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.9]]), None
    X, y = rows(model)
    return model, X[::2], y[::2]


def learned(model):
    """All that a fit has learned, as arrays."""
    names = (
        "alignment_",
        "weights_",
        "energies_",
        "loss_curve_",
        "validation_loss_curve_",
        "n_iter_",
        "_state",
        "ensemble_",
    )
    inner = hasattr(model, "estimator_")
    found = {name: vars(model)[name] for name in names if vars(model).get(name) is not None}
    found |= {"v": found.pop("_state").v} if "_state" in found else {}
    found |= {"theta": model.kernel_.theta} if hasattr(model, "kernel_") else {}
    found |= {"W": found.pop("ensemble_").weights} if "ensemble_" in found else {}
    found |= {f"estimator {name}": value for name, value in learned(model.estimator_).items()} if inner else {}
    return {name: np.asarray(value) for name, value in found.items()}


def kill_behind(n_writes):
    """Let this process be killed as it has written so often."""
    left = iter(range(n_writes - 1, -1, -1))

    def write(path, data):
        archive.replace_file(path, data)
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.replace_file = write


def n_writes(cls, way):
    """After how many writes a process ends: in the second start; of trainings with one start, before its end."""
    if "n_restarts" not in cls().get_params() or (cls, way) == (skqml.ZNEVQE, "whole"):
        return WAYS[way]["max_iter"] - 1
    return WAYS[way]["max_iter"] + 2


def main(folder):
    """Fit in a process for each case, which ends in its second start, or where all starts are trained side by side."""
    for cls, way in CASES:
        if os.fork() == 0:
            kill_behind(n_writes(cls, way))
            model, X, y = case(cls, way, Path(folder) / f"{cls.__name__}-{way}")
            model.fit(X, y)
            os._exit(0)
        _, status = os.wait()
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"{cls.__name__}, {way}: not killed, {status}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
