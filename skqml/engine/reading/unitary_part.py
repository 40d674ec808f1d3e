"""Circuits in operations that are what they are called, and that are unitary."""

import re
from functools import cache
from typing import NoReturn

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp, Gate, Instruction, Reset, Store
from qiskit.circuit.library import get_standard_gate_name_mapping

from ..preparation import is_preparation
from .definitions import definition, with_small_angles

_QISKIT = {"qiskit", "qiskit_aer"}


@cache
def _standard_classes() -> dict[type, str]:
    return {operation.base_class: name for name, operation in get_standard_gate_name_mapping().items()}


def standard_name(operation) -> str | None:
    """Name of an operation of Qiskit's standard library by its class; None for others, whatever they are called."""
    name = _standard_classes().get(getattr(operation, "base_class", object))
    return name if name == operation.name else None


def unitary_part(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit without sub-circuits and final measurements, for all that goes by the names of gates.

    Sub-circuits, and gates of a user's own, are replaced by what they are made of: a transpiler, a noise model and a
    simulator would take one that is called ``rz`` or ``barrier`` for that, and overlook a measurement inside.

    Parameters
    ----------
    circuit : QuantumCircuit

    Returns
    -------
    QuantumCircuit
        On the same qubits; the circuit that was given where there is nothing to do.

    Raises
    ------
    ValueError
        If the circuit resets, measures midway, has classical control, or holds a gate that
        has neither a matrix nor a definition.
    """
    circuit = opened(circuit)
    if "measure" in circuit.count_ops():
        circuit = circuit.remove_final_measurements(inplace=False)
        if "measure" in circuit.count_ops():
            _refuse("measure")
    return circuit


def opened(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with sub-circuits written out, measurements staying where they are; see `unitary_part`."""
    inside = [_inside(i.operation) for i in circuit.data]
    if all(inner is None for inner in inside):
        return circuit
    result = circuit.copy_empty_like()
    for instruction, inner in zip(circuit.data, inside, strict=True):
        if inner is None:
            result.append(instruction)
        else:
            result.compose(opened(inner), instruction.qubits, instruction.clbits, inplace=True)
    return result


def _inside(operation) -> QuantumCircuit | None:
    """What an operation is made of; None for one that Qiskit knows by its name, and for the data of a row."""
    kind, classes = getattr(operation, "base_class", type(operation)), _standard_classes()
    if kind in classes and kind is not Reset:
        return None if _is_well_named(operation, kind) else _renamed(operation, kind)
    if isinstance(operation, ControlFlowOp | Reset | Store):
        _refuse(operation.name)
    if is_preparation(operation):
        return None
    foreign = kind in (Gate, Instruction) or kind.__module__.split(".")[0] not in _QISKIT
    return definition(operation) if foreign or operation.name in classes.values() else with_small_angles(operation)


def _is_well_named(operation, kind: type) -> bool:
    name = _standard_classes()[kind]
    return operation.name == name or re.sub(r"_o\d+$", "", operation.name) == name  # controlled by zeros


def _renamed(operation, kind: type) -> QuantumCircuit:
    """A gate of Qiskit's own under its own name."""
    gate = operation.to_mutable()
    gate.name = _standard_classes()[kind]
    circuit = QuantumCircuit(operation.num_qubits, operation.num_clbits)
    circuit.append(gate, range(operation.num_qubits), range(operation.num_clbits))
    return circuit


def _refuse(name: str) -> NoReturn:
    raise ValueError(
        f"Expected a unitary circuit, but it contains '{name}' (mid-circuit "
        "measurement, reset and classical control cannot be simulated as one unitary); "
        "remove it, or replace `initialize` by a StatePreparation gate."
    )
