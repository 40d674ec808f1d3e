"""Circuits in the gates that a simulator or a device knows."""

from collections.abc import Iterable, Sequence

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate
from qiskit.circuit.library import UnitaryGate, get_standard_gate_name_mapping
from qiskit.exceptions import QiskitError

from .unitary_part import opened

# Aer binds the angles of these at run time. It ignores those of controlled gates (crx, cp, ...)
# without a word, so that no such gate may be here.
STANDARD_GATES = "rx ry rz p u r rxx ryy rzz rzx id x y z h s sdg t tdg sx sxdg cx cy cz swap ccx".split()


def standard_gates(names: Iterable[str]) -> list[str]:
    """Those names that are gates of Qiskit's standard library, in order."""
    return sorted(name for name in set(names) if isinstance(get_standard_gate_name_mapping().get(name), Gate))


def write_in(circuit: QuantumCircuit, gates: Sequence[str], coupling_map=None) -> QuantumCircuit:
    """A circuit in some gates, on the neighbours that a coupling map allows, otherwise as it stands.

    Raises
    ------
    ValueError
        If that cannot be done.
    """
    circuit = opened(circuit)  # a transpiler goes by the names of gates
    circuit = _without_matrices(circuit)
    try:
        native = _transpiled(circuit, gates, coupling_map)
    except QiskitError as error:
        if coupling_map is not None or not {"ry", "rz"} <= set(gates):
            raise _unwritable(gates, error) from error
        # Qiskit knows no rule from H to RY and RZ, but those from H to U and from U to these.
        try:
            native = _without_u(_transpiled(circuit, [*gates, "u"], None))
        except QiskitError:
            raise _unwritable(gates, error) from error
    native.global_phase = 0  # it has no effect, and Aer refuses one with parameters
    return native


def _without_matrices(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with each matrix as the gates of its definition.

    Which of several entangling gates Qiskit writes a matrix in changes from process to process, and noise with it.
    """
    if not any(_is_matrix(i.operation) for i in circuit.data):
        return circuit
    result = circuit.copy_empty_like()
    for instruction in circuit.data:
        if _is_matrix(instruction.operation):
            result.compose(_without_matrices(instruction.operation.definition), instruction.qubits, inplace=True)
        else:
            result.append(instruction)
    return result


def _is_matrix(operation) -> bool:
    return getattr(operation, "base_class", None) is UnitaryGate and operation.label is None


def _transpiled(circuit, gates, coupling_map) -> QuantumCircuit:
    return transpile(
        circuit, basis_gates=list(gates), coupling_map=coupling_map, optimization_level=0, seed_transpiler=0
    )


def _unwritable(gates, error) -> ValueError:
    return ValueError(
        f"Expected a circuit that can be written in the gates {list(gates)}, but transpiling it failed: {error}."
    )


def _without_u(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with RZ, RY, RZ in place of each U, up to a phase."""
    written = circuit.copy_empty_like()
    for instruction in circuit.data:
        if instruction.operation.name != "u":
            written.append(instruction)
            continue
        theta, phi, lam = instruction.operation.params
        written.rz(lam, instruction.qubits)
        written.ry(theta, instruction.qubits)
        written.rz(phi, instruction.qubits)
    return written


def refuse_small_device(name: str, n_device: int | None, circuit: QuantumCircuit) -> None:
    """Raise ValueError for a circuit of more qubits than the device has (``None``: any number)."""
    if n_device is not None and n_device < circuit.num_qubits:
        raise ValueError(
            f"Expected a circuit that fits on the device {name!r} of {n_device} qubits, but it has "
            f"{circuit.num_qubits}; use fewer qubits (an encoding of fewer), or a larger device."
        )
