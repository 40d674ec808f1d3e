"""The quantum neural network of one readout qubit."""

from .classifier import ReadoutQNNClassifier
from .losses import linear_loss, log_loss
from .truth_table import truth_table_circuit

__all__ = ["ReadoutQNNClassifier", "linear_loss", "log_loss", "truth_table_circuit"]
