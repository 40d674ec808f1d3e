"""Circuits in gates that Aer takes: with noise, and where it simulates stabilizers."""

from collections.abc import Collection

import numpy as np
from qiskit.circuit import Barrier, Gate, Instruction, Measure, QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Clifford, Operator

from ...engine.reading.lower import PAULI_ROTATIONS, flatten
from ...engine.reading.unitary_part import standard_name

_BOUND = {*PAULI_ROTATIONS, "u", "u3"}  # gates whose angles Aer binds at run time
STABILIZER_GATES = frozenset("id x y z h s sdg sx sxdg cx cy cz swap ecr rz".split())
_SILENT = "noiseless"  # label of gates that no noise follows


def with_carriers(circuit: QuantumCircuit, runnable: Collection[str]) -> QuantumCircuit:
    """The circuit in gates that Aer runs, each of the others followed by its own noise.

    Aer looks up noise by a gate's label if it has one. So a gate that it cannot run is a unitary matrix with the
    gate's name for a label. One with free angles, which Aer binds in rotations alone, is those rotations without noise
    and the identity with the gate's name for a label.

    Parameters
    ----------
    circuit : QuantumCircuit
        In the gates that the noise model names.
    runnable : collection of str
        Gates that the method runs.
    """
    result = circuit.copy_empty_like()
    for instruction in circuit.data:
        operation, qubits = instruction.operation, instruction.qubits
        free = any(getattr(p, "parameters", ()) for p in operation.params)
        if not isinstance(operation, Gate) or operation.name in (_BOUND if free else runnable):
            result.append(instruction)
            continue
        if free:
            for part, places in _parts(operation):
                result.append(part, [qubits[k] for k in places])
        matrix = np.eye(2**operation.num_qubits) if free else Operator(operation).data
        result.append(UnitaryGate(matrix, label=operation.label or operation.name), qubits)
    return result


def _parts(operation: Gate) -> list[tuple[Instruction, tuple[int, ...]]]:
    """Rotations and matrices without noise that make a gate, and their places among its qubits."""
    single = QuantumCircuit(operation.num_qubits)
    single.append(operation, range(operation.num_qubits))
    return [
        (
            part.base_class(*part.params, label=_SILENT)
            if part.name in _BOUND
            else UnitaryGate(part.to_matrix(), label=_SILENT),
            places,
        )
        for part, places in flatten(single)
    ]


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
