"""Attacks on classifiers: rows moved a little, so that they are taken for another class."""

from .adam_steps import adam
from .auto_steps import apgd
from .gradient_steps import fgsm, pgd
from .local_unitaries import local_unitaries
from .losses import logit_ratio
from .robustness import robust_score, robustness_curve
from .square import square
from .training import AdversarialTrainingClassifier

__all__ = [
    "AdversarialTrainingClassifier",
    "adam",
    "apgd",
    "fgsm",
    "local_unitaries",
    "logit_ratio",
    "pgd",
    "robust_score",
    "robustness_curve",
    "square",
]
