"""Trainable circuits: functions that draw weights into a circuit.

An ansatz is any function ``ansatz(qc, weight)``: it changes ``qc`` in place and takes a fresh
parameter from each call ``weight()``. Fix its options with `functools.partial`.
"""

from .blocks import brickwall_su4, matrix_product, qcnn, ry_cz, su4, tree
from .layers import all_to_all, hardware_efficient, identity, strongly_entangling
from .mirrored import mirrored

__all__ = [
    "all_to_all",
    "brickwall_su4",
    "hardware_efficient",
    "identity",
    "matrix_product",
    "mirrored",
    "qcnn",
    "ry_cz",
    "strongly_entangling",
    "su4",
    "tree",
]
