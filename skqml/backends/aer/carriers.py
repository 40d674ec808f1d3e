"""Noise of gates that Aer cannot bind or run: they are written as others without noise, and one that carries theirs."""

from collections.abc import Collection

import numpy as np
from qiskit.circuit import Gate, Instruction, QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator

from ...engine.reading.lower import PAULI_ROTATIONS, flatten

_BOUND = {*PAULI_ROTATIONS, "u", "u3"}  # gates whose angles Aer binds at run time
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
