"""The inverse of a circuit, gate by gate: what a pair of rows runs behind U(x)."""

from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Instruction
from qiskit.circuit.library import UnitaryGate

from .definitions import as_matrix
from .lower import flatten, is_invertible


def inverted(circuit: QuantumCircuit) -> QuantumCircuit:
    """The inverse of each gate of a circuit, in reverse order.

    Qiskit's own gates are undone as they stand, and noise hangs on their inverses as on any gate. Sub-circuits are
    opened first, as are product formulas (``PauliEvolutionGate``), whose inverse as Qiskit gives it is none. That of a
    folded circuit is a fold of the inverse, which `ZNE` leaves in ``circuit.metadata["inverse"]``.
    """
    known = (circuit.metadata or {}).get("inverse")
    if known is not None:
        return known
    result = QuantumCircuit(circuit.num_qubits)
    for operation, qubits in reversed(list(flatten(circuit, keep_invertible=True))):
        result.append(inverse_of(operation), qubits)
    return result


def inverse_of(operation: Instruction) -> Instruction:
    """The inverse of a gate or delay, with its label: noise may hang on that."""
    if isinstance(operation, Delay):
        return operation
    inverse = operation.inverse() if is_invertible(operation) else UnitaryGate(as_matrix(operation).conj().T)
    if operation.label is not None:
        inverse = inverse.to_mutable()
        inverse.label = operation.label
    return inverse
