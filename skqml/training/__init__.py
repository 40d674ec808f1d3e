"""Minimisation of losses: optimisers, mini-batches, stopping rules; nothing here knows estimators."""

from .minimize import Interrupted, Stop, Training, TrainingError, minimize
from .optimizers import LBFGS, SPSA, Adam, Objective

__all__ = ["LBFGS", "SPSA", "Adam", "Interrupted", "Objective", "Stop", "Training", "TrainingError", "minimize"]
