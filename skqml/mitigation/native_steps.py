"""Circuits as lists of gates that a backend runs as they stand, with inverses that it runs too."""

from collections import deque
from typing import NamedTuple

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Barrier, Gate, Instruction
from qiskit.circuit.library import GlobalPhaseGate, XGate, YGate, ZGate

from .._checks import check_kind
from ..backends.base import Backend
from ..engine.reading.inverse import inverse_of
from ..engine.reading.lower import flat, flatten, split_parameters
from ..engine.reading.transpile import write_in
from ..engine.reading.unitary_part import unitary_part

PAULI_GATES = {"X": XGate(), "Y": YGate(), "Z": ZGate()}


class NativeStep(NamedTuple):
    """A gate, or a delay, and the qubits that it is on."""

    gate: Instruction
    qubits: tuple[int, ...]


class NativeSteps:
    """A circuit as the gates that a backend runs.

    Noise hangs on the gates that a noise model names. So with one the circuit is first written in
    those, as the backend itself would do it, and so is the inverse of each gate: that of SX becomes
    ``RZ(-pi) SX RZ(-pi)``, with as many noisy gates as SX itself, where the model has no SXDG.
    Without a noise model gates stand as they are, but for those whose inverse is not known. Nothing
    is optimised away.

    Parameters
    ----------
    circuit : QuantumCircuit
        Unitary, save for final measurements, which are left out.
    backend : Backend

    Attributes
    ----------
    n_qubits : int
    steps : list of NativeStep
    """

    def __init__(self, circuit: QuantumCircuit, backend: Backend):
        self._parameters = split_parameters(circuit)  # refuses what is no circuit
        self.n_qubits = circuit.num_qubits
        self._basis = check_kind("backend", backend, Backend, "a backend").native_gates
        deque(flatten(circuit, keep_fixed=True), maxlen=0)  # refuses what is not unitary
        self.steps = _read(write_in(unitary_part(circuit), self._basis) if self._basis else flat(circuit))

    def write(self, gate: Instruction, qubits: tuple[int, ...]) -> list[NativeStep]:
        """A gate in the backend's own gates, as few as can be."""
        if not self._basis or gate.name in self._basis or not isinstance(gate, Gate):
            return [NativeStep(gate, qubits)]
        circuit = QuantumCircuit(gate.num_qubits)
        circuit.append(gate, range(gate.num_qubits))
        steps = _read(transpile(circuit, basis_gates=self._basis, optimization_level=1))
        return [NativeStep(inner, tuple(qubits[k] for k in places)) for inner, places in steps]

    def inverse(self, step: NativeStep) -> list[NativeStep]:
        """The inverse of a gate in the backend's own gates, with its label: noise may hang on that."""
        return self.write(inverse_of(step.gate), step.qubits)

    def circuit(self, steps: list[NativeStep]) -> QuantumCircuit:
        """A circuit of such steps, with the parameters of the one that was given."""
        result = QuantumCircuit(self.n_qubits)
        for gate, qubits in steps:
            result.append(gate, qubits)
        # A parameter that was a global phase alone must keep its place in X or w.
        (data, weights), (kept_data, kept) = self._parameters, split_parameters(result)
        for p in [p for p in weights if p not in kept] + ([] if kept_data else data[:1]):
            result.rz(p, 0)
            result.rz(-p, 0)
        return result


def _read(circuit: QuantumCircuit) -> list[NativeStep]:
    index = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    return [
        NativeStep(i.operation, tuple(index[q] for q in i.qubits))
        for i in circuit.data
        if not isinstance(i.operation, Barrier | GlobalPhaseGate)
    ]
