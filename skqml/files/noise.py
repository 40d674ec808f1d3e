"""Noise models as gates and numbers."""

from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library import PauliGate, Reset, UnitaryGate, get_standard_gate_name_mapping
from qiskit.quantum_info import Kraus

from .._checks import check_count
from .stand_ins import StandIn

_MOST_QUBITS = 1000  # of one error


class NoisePart(StandIn):
    """Stands for a `NoiseModel` of Aer: its gates, and its errors as `NoiseModel.to_dict` gives them."""

    kinds = ("qiskit_aer.noise.noise_model.NoiseModel",)

    @staticmethod
    def written(value) -> dict[str, Any]:
        """Return names of gates, and errors."""
        return {"basis_gates": list(value.basis_gates), "errors": _plain(value.to_dict()["errors"])}

    @staticmethod
    def read(content) -> Any:
        """Return the noise model."""
        from qiskit_aer.noise import NoiseModel

        try:
            noise = NoiseModel(content["basis_gates"])
            for error in content["errors"]:
                _add(noise, error)
        except Exception as error:  # Aer checks what it is given in many ways, or not before it is used
            raise ValueError(f"Expected the errors of a noise model, but they are broken: {error}.") from error
        return noise


def _plain(value) -> Any:
    """Dictionaries, lists, arrays and text for what `NoiseModel.to_dict` gives."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name != "id"}  # another one in each process
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def _add(noise, error: dict) -> None:
    places = [tuple(place) for place in error.get("gate_qubits", ())]
    if error["type"] == "roerror":
        from qiskit_aer.noise import ReadoutError

        readout = ReadoutError(np.array(error["probabilities"]))
        for place in places:
            noise.add_readout_error(readout, place, warnings=False)
        if not places:
            noise.add_all_qubit_readout_error(readout, warnings=False)
        return
    from qiskit_aer.noise import QuantumError

    circuits = map(_circuit, error["instructions"])
    quantum = QuantumError(list(zip(circuits, error["probabilities"], strict=True)))
    for place in places:
        noise.add_quantum_error(quantum, error["operations"], place, warnings=False)
    if not places:
        noise.add_all_qubit_quantum_error(quantum, error["operations"], warnings=False)


def _circuit(instructions: list[dict]) -> QuantumCircuit:
    n_qubits = 1 + max(qubit for instruction in instructions for qubit in instruction["qubits"])
    circuit = QuantumCircuit(check_count("qubits", n_qubits, most=_MOST_QUBITS))
    for instruction in instructions:
        circuit.append(_operation(instruction["name"], instruction.get("params", [])), instruction["qubits"])
    return circuit


def _operation(name: str, params: list) -> Instruction | Gate:
    made = {
        "kraus": lambda: Kraus([np.array(k) for k in params]).to_instruction(),
        "unitary": lambda: UnitaryGate(np.array(params[0])),
        "pauli": lambda: PauliGate(params[0]),
        "reset": Reset,
    }
    return made[name]() if name in made else get_standard_gate_name_mapping()[name].base_class(*params)
