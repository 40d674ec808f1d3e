"""Circuits as QPY bytes."""

import io
import struct

from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Gate, Instruction, Parameter, ParameterVector

from .._amplitudes import restored
from .._checks import told
from .qpy_walk import walk_circuit
from .stand_ins import StandIn

_OLDEST = 13  # older versions evaluate expressions that they hold as text
_FILE = struct.Struct("!6sBBBBQcc")  # the header, as Qiskit documents it
_TABLE = 16  # from this version on, eight bytes lie between the two


class CircuitPart(StandIn):
    """Stands for a `QuantumCircuit`: QPY bytes of version 13 or later."""

    kinds = ("qiskit.circuit.quantumcircuit.QuantumCircuit",)

    @staticmethod
    def written(value) -> bytes:
        """Return the QPY bytes of a circuit."""
        buffer = io.BytesIO()
        if value.layout is not None:  # which nothing here asks for
            value = value.copy()
            value._layout = None
        qpy.dump(value, buffer)
        _check(buffer.getvalue())
        return buffer.getvalue()

    @staticmethod
    def read(content) -> QuantumCircuit:
        """Return the circuit; ValueError where bytes are not those of one circuit of a safe version."""
        _check(content)
        try:
            circuits = qpy.load(io.BytesIO(content))
            _make_gates(circuits[0])
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Rust's panics are no Exception
            raise ValueError(f"Expected QPY bytes of a circuit, but they are broken: {told(error)}.") from error
        if len(circuits) != 1 or not isinstance(circuits[0], QuantumCircuit):
            raise ValueError("Expected QPY bytes of one circuit, got something else.")
        return restored(circuits[0])


class ParameterPart(StandIn):
    """Stands for a `Parameter`, also one of a vector: QPY bytes of an empty circuit whose phase it is."""

    kinds = ("qiskit._accelerate.circuit.Parameter",)

    @staticmethod
    def written(value) -> bytes:
        """Return the bytes of a parameter."""
        return CircuitPart.written(QuantumCircuit(0, global_phase=value))

    @staticmethod
    def read(content) -> Parameter:
        """Return the parameter, which equals itself in other circuits of the file."""
        found = CircuitPart.read(content).parameters
        if not found:
            raise ValueError("Expected QPY bytes of a parameter, got none.")
        return found[0]


class VectorPart(StandIn):
    """Stands for a `ParameterVector`: QPY bytes of an empty circuit whose phase is the sum of its elements."""

    kinds = ("qiskit._accelerate.circuit.ParameterVector",)

    @staticmethod
    def written(value) -> bytes:
        """Return the bytes of a vector."""
        return ParameterPart.written(sum(value))

    @staticmethod
    def read(content) -> ParameterVector:
        """Return the vector."""
        vector = getattr(ParameterPart.read(content), "vector", None)
        if vector is None:
            raise ValueError("Expected QPY bytes of a parameter vector, got none.")
        return vector


def _make_gates(circuit) -> None:
    """Have Qiskit make each gate, which it puts off until it is asked for: broken ones are refused as they are read."""
    for instruction in circuit.data:
        operation = instruction.operation
        if type(operation) in (Gate, Instruction) and operation.definition is not None:
            _make_gates(operation.definition)


def _check(content) -> None:
    """Refuse versions that may run code, and sizes that the bytes cannot hold."""
    if not isinstance(content, bytes) or len(content) < _FILE.size or content[:6] != b"QISKIT":
        raise ValueError("Expected QPY bytes of a circuit, got something else.")
    _, version, *_, n_circuits, _, kind = _FILE.unpack_from(content)
    if version < _OLDEST:
        raise ValueError(
            f"Expected QPY bytes of version {_OLDEST} or later, because loading older ones can run code, got version "
            f"{version}; write the circuit anew with the Qiskit of today."
        )
    start = _FILE.size + (8 if version >= _TABLE else 0)
    if n_circuits != 1 or kind != b"q" or len(content) < start:
        raise ValueError("Expected QPY bytes of one circuit, got something else.")
    walk_circuit(content, version, start)
