"""A noisy circuit as turns by free angles and fixed maps, both in the Pauli transfer picture."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Instruction, ParameterVector
from qiskit.circuit.library import GlobalPhaseGate
from qiskit.quantum_info import Operator

from ..reading.expressions import Atoms, Polynomial, add
from ..reading.lower import DATA, Parameters, Rotation, flat, flatten, is_free, lower, split_parameters
from ..reading.transpile import write_in
from ..reading.unitary_part import standard_name, unitary_part
from .channels import Channels
from .transfer import of_kraus

_SILENT = (Barrier, GlobalPhaseGate)


@dataclass(frozen=True)
class Turn:
    """Gate exp(-i t P / 2) of a Pauli string P with a digit (X: 1, Z: 2, Y: 3) for each of its qubits."""

    qubits: tuple[int, ...]
    digits: tuple[int, ...]
    angle: Polynomial


@dataclass(frozen=True)
class Map:
    """Fixed gate or channel: a Pauli transfer matrix on some qubits, the first the least digit."""

    qubits: tuple[int, ...]
    matrix: np.ndarray


@dataclass(frozen=True)
class NoisyCircuit:
    """Turns and maps of a circuit with its noise, and the reader of its angles."""

    n_qubits: int
    steps: list[Turn | Map]
    atoms: Atoms


def read_circuit(
    circuit: QuantumCircuit, channels: Channels | None, parameters: Parameters | None = None, measured: bool = True
) -> NoisyCircuit:
    """Turns and maps of a circuit, after transpiling it to the gates of the noise model.

    Parameters
    ----------
    circuit : QuantumCircuit
        Unitary, save for final measurements, which are left out. Global phases are dropped.
    channels : Channels or None
        ``None`` for no noise.
    parameters : (list of Parameter, list of Parameter), default=None
        Data and weights where they are those of another circuit, of which this one is a part.
    measured : bool, default=True
        Whether errors of the measurement follow.

    Raises
    ------
    ValueError
        If the circuit is not unitary, or cannot be written in the gates of the noise model.
    """
    reader = _StepReader(Atoms(*(parameters or split_parameters(circuit))), channels)
    steps = [step for gate in _native(circuit, channels) for step in reader.steps(*gate)]
    if measured:
        steps += reader.measurement(circuit.num_qubits)
    return NoisyCircuit(circuit.num_qubits, steps, reader.atoms)


def _native(circuit: QuantumCircuit, channels: Channels | None) -> list[tuple[Instruction, tuple[int, ...]]]:
    deque(flatten(circuit, keep_fixed=True), maxlen=0)  # refuses what is not unitary
    if channels is None:
        native = flat(circuit)
    else:
        native = _written(unitary_part(circuit), channels.basis)
    places = {qubit: k for k, qubit in enumerate(native.qubits)}
    kept = [i for i in native.data if not isinstance(i.operation, _SILENT)]
    found = [(i.operation, tuple(places[q] for q in i.qubits)) for i in kept]
    if channels is not None:
        channels.check(found)
    return found


def _written(circuit: QuantumCircuit, basis: list[str]) -> QuantumCircuit:
    try:
        return write_in(circuit, basis)
    except ValueError as error:
        raise ValueError(f"{error} Add gates to the noise model by add_basis_gates, or define your own.") from error


class _StepReader:
    """Turns and maps of one operation after another, on the same atoms."""

    def __init__(self, atoms: Atoms, channels: Channels | None):
        self.atoms = atoms
        self._channels = channels
        self._parts: dict[tuple, list[Turn | Map]] = {}

    def steps(self, operation: Instruction, qubits: tuple[int, ...]) -> Iterator[Turn | Map]:
        """Steps of an operation, then the noise that follows it."""
        if not isinstance(operation, Delay):
            own = [self.atoms.read(p) for p in operation.params if is_free(p)]
            for step in self._parts_of(operation):
                places = tuple(qubits[k] for k in step.qubits)
                if isinstance(step, Map):
                    yield Map(places, step.matrix)
                else:
                    yield Turn(places, step.digits, _substitute(step.angle, own))
        noise = None if self._channels is None else self._channels.after(operation, qubits)
        if noise is not None:
            yield Map(qubits, noise)

    def measurement(self, n_qubits: int) -> Iterator[Map]:
        """What measuring does to each qubit."""
        for q in range(n_qubits):
            T = None if self._channels is None else self._channels.measured(q)
            if T is not None:
                yield Map((q,), T)

    def _parts_of(self, operation: Instruction) -> list[Turn | Map]:
        """Steps of an operation on qubits 0, 1, ...; angles are affine in its own free parameters."""
        if standard_name(operation) is None:  # its name and parameters do not tell what it is
            return _parts(operation)
        key = operation.name, *(None if is_free(p) else float(p) for p in operation.params)
        if key not in self._parts:
            self._parts[key] = _parts(operation)
        return self._parts[key]


def _parts(operation: Instruction) -> list[Turn | Map]:
    x = ParameterVector(DATA, sum(map(is_free, operation.params)))
    if not len(x):
        return [Map(tuple(range(operation.num_qubits)), of_kraus([Operator(operation).data]))]
    fresh = iter(x)
    params = [next(fresh) if is_free(p) else p for p in operation.params]
    single = QuantumCircuit(operation.num_qubits)
    single.append(operation.base_class(*params), range(operation.num_qubits))
    gates = lower(single).gates
    return [_turn(g) if isinstance(g, Rotation) else Map(g.qubits, of_kraus([g.matrix])) for g in gates]


def _turn(gate: Rotation) -> Turn:
    digits = tuple((gate.x >> q & 1) + 2 * (gate.z >> q & 1) for q in gate.qubits)
    return Turn(gate.qubits, digits, gate.angle)


def _substitute(affine: Polynomial, values: list[Polynomial]) -> Polynomial:
    terms = [(values[monomial[0]], coefficient) for monomial, coefficient in affine.items() if monomial]
    return reduce(lambda total, term: add(total, *term), terms, {(): affine.get((), 0.0)})
