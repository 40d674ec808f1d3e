"""The quantum neural network of one readout qubit."""

from .classifier import ReadoutQNNClassifier
from .losses import linear_loss, logistic_loss
from .truth_table import truth_table_circuit

__all__ = ["ReadoutQNNClassifier", "linear_loss", "logistic_loss", "truth_table_circuit"]
