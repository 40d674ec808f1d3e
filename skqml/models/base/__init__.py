"""What estimators share: training, targets, rows, labels, progress, failures, twins; and base classes for your own."""

from ..._parts import OptionalParts
from .classifiers import TrainedClassifier
from .regressors import TrainedRegressor

__all__ = ["OptionalParts", "TrainedClassifier", "TrainedRegressor"]
