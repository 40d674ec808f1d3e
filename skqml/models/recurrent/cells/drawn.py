"""The circuit that a cell draws."""

from collections.abc import Sequence
from functools import cached_property

from qiskit.circuit import Parameter, QuantumCircuit

from .compiled.reading import Reader
from .values import Columns


class Drawn:
    """A circuit, and what it is read as, each when it is first asked for.

    Parameters
    ----------
    circuit : QuantumCircuit
    values, weights : sequence of Parameter
        What a cell feeds in, and angles.
    """

    def __init__(self, circuit: QuantumCircuit, values: Sequence[Parameter], weights: Sequence[Parameter]):
        self.circuit, self.values, self.weights = circuit, values, weights

    @cached_property
    def reader(self) -> Reader | None:
        """Its operations in the compiled loop; None where it is none of those that the loop knows."""
        try:
            return Reader(self.circuit, self.values, self.weights)
        except NotImplementedError:  # steps are taken one by one
            return None

    @cached_property
    def columns(self) -> Columns:
        """The circuit that programs run, and its data."""
        return Columns(self.circuit, self.values, self.weights)
