"""Recurrent quantum cells as reservoirs, with linear readouts, and trained through time; their classical twin."""

from .cell import Cell, Step
from .cells import QGRUCell, QLSTMCell, QRNNCell
from .classifier import QRNNReservoirClassifier
from .features import QRNNFeatures
from .memory_cell import MemoryCell
from .readout import RidgeReadout
from .regressor import QRNNReservoirRegressor
from .sequences import pad_sequences
from .tanh_cell import TanhCell

__all__ = [
    "Cell",
    "MemoryCell",
    "QGRUCell",
    "QLSTMCell",
    "QRNNCell",
    "QRNNFeatures",
    "QRNNReservoirClassifier",
    "QRNNReservoirRegressor",
    "RidgeReadout",
    "Step",
    "TanhCell",
    "pad_sequences",
]
