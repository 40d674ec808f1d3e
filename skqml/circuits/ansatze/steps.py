"""Steps that several ansätze take."""

from collections.abc import Callable
from functools import wraps

from qiskit import QuantumCircuit

from ..._checks import check_callable, check_kind


def drawing(function: Callable) -> Callable:
    """Decorate a function (qc, weight, ...) so that it refuses other arguments."""

    @wraps(function)
    def checked(qc, weight, *args, **options):
        check_kind("qc", qc, QuantumCircuit, "a QuantumCircuit")
        check_callable("weight", weight, "a function that hands out parameters")
        return function(qc, weight, *args, **options)

    return checked


def rotation(qc, weight, q) -> None:
    """Any rotation of one qubit."""
    qc.rz(weight(), q)
    qc.ry(weight(), q)
    qc.rz(weight(), q)
