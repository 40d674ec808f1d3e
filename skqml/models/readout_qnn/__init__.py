"""The quantum neural network of one readout qubit."""

from .classifier import ReadoutQNNClassifier
from .truth_table import truth_table_circuit

__all__ = ["ReadoutQNNClassifier", "truth_table_circuit"]
