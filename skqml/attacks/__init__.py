"""Attacks on classifiers: rows moved a little, so that they are taken for another class."""

from .auto_steps import apgd
from .gradient_steps import fgsm, pgd
from .losses import logit_ratio
from .robustness import robust_score, robustness_curve
from .square import square
from .training import AdversarialTrainingClassifier

__all__ = [
    "AdversarialTrainingClassifier",
    "apgd",
    "fgsm",
    "logit_ratio",
    "pgd",
    "robust_score",
    "robustness_curve",
    "square",
]
