"""The quantum neural network of one readout qubit."""

from .classifier import ReadoutQNNClassifier
from .losses import hinge_loss, linear_loss, log_loss
from .truth_table import truth_table_circuit

__all__ = ["ReadoutQNNClassifier", "hinge_loss", "linear_loss", "log_loss", "truth_table_circuit"]
