"""Trainable circuits: functions that draw weights into a circuit.

An ansatz is any function ``ansatz(qc, weight)``: it changes ``qc`` in place and takes a fresh
parameter from each call ``weight()``. `Ansatz` makes an object of it whose options can be set and
searched over, and takes a circuit in its place.
"""

from .ansatz import Ansatz, as_ansatz
from .blocks import brickwall_su4, matrix_product, qcnn, ry_cz, su4, tree
from .layers import all_to_all, basic_entangler, hardware_efficient, identity, strongly_entangling
from .mirrored import mirrored

__all__ = [
    "Ansatz",
    "all_to_all",
    "as_ansatz",
    "basic_entangler",
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
