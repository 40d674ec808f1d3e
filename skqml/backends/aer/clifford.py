"""Clifford circuits in the gates that a stabilizer simulation takes."""

from qiskit.circuit import Barrier, Measure, QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Clifford

from ...engine.reading.unitary_part import standard_name

STABILIZER_GATES = frozenset("id x y z h s sdg sx sxdg cx cy cz swap ecr rz".split())


def clifford_gates(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with each gate written in ``STABILIZER_GATES``.

    Raises
    ------
    ValueError
        If a gate is no Clifford gate, or has a free angle.
    """
    result = circuit.copy_empty_like()
    for instruction in circuit.data:
        operation = instruction.operation
        known = standard_name(operation) in STABILIZER_GATES and not operation.params
        if known or isinstance(operation, Measure | Barrier):
            result.append(instruction)
            continue
        try:
            gates = Clifford(operation).to_circuit()
        except (QiskitError, TypeError) as error:
            raise ValueError(
                f"Expected a circuit of Clifford gates without free angles for the method 'stabilizer', but "
                f"'{operation.name}' is none; use another method."
            ) from error
        result.compose(gates, instruction.qubits, inplace=True)
    return result
