"""Minimisation of losses: optimisers, mini-batches, restarts, stopping rules; nothing here knows estimators."""

from .checkpoints import Checkpoint
from .cyclic import CyclicAdam
from .losses import cross_entropy, linear_loss, logistic_loss, shot_error, squared_error
from .minimize import Interrupted, TrainingError, minimize
from .optimizers import LBFGS, SPSA, Adam, Objective
from .progress import Stop, Training

__all__ = [
    "LBFGS",
    "SPSA",
    "Adam",
    "Checkpoint",
    "CyclicAdam",
    "Interrupted",
    "Objective",
    "Stop",
    "Training",
    "TrainingError",
    "cross_entropy",
    "linear_loss",
    "logistic_loss",
    "minimize",
    "shot_error",
    "squared_error",
]
