"""A quantum convolutional network whose circuit runs in two parts."""

from .classifier import SplitQCNNClassifier

__all__ = ["SplitQCNNClassifier"]
