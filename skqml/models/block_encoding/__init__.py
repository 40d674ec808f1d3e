"""The classifier whose features and weights share their rotations."""

from .classifier import BlockEncodingClassifier

__all__ = ["BlockEncodingClassifier"]
