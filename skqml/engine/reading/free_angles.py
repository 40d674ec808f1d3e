"""The angles of a circuit's gates that are not fixed, for whole batches of rows."""

from qiskit import QuantumCircuit

from .angles import Tape
from .expressions import Atoms
from .lower import flatten, is_free, split_parameters


def free_angles(circuit: QuantumCircuit) -> Tape:
    """All angles that depend on data or weights, gate after gate."""
    data, weights = split_parameters(circuit)
    return _tape(circuit, Atoms(data, weights), is_free)


def data_angles(circuit: QuantumCircuit) -> Tape:
    """All angles that depend on data, gate after gate."""
    data, weights = split_parameters(circuit)
    own = set(data)
    return _tape(circuit, Atoms(data, weights), lambda angle: is_free(angle) and bool(angle.parameters & own))


def _tape(circuit, atoms, wanted) -> Tape:
    parameters = (p for operation, _ in flatten(circuit, keep_fixed=True) for p in operation.params)
    return Tape(atoms, [atoms.read(p) for p in parameters if wanted(p)])
