"""Recurrent quantum cells as reservoirs, with linear readouts, and trained through time; their classical twin."""

from .cells.base import Cell, Step
from .cells.circuit_cell import CircuitCell
from .cells.layered import QGRUCell, QLSTMCell, QRNNCell
from .cells.memory_cell import MemoryCell
from .cells.tanh_cell import TanhCell
from .classifier import QRNNReservoirClassifier
from .features import QRNNFeatures
from .regressor import QRNNReservoirRegressor
from .ridge_readout import RidgeReadout
from .sequences import pad_sequences

__all__ = [
    "Cell",
    "CircuitCell",
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
