"""Digests by which settings and data are known again in another process."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

import joblib
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Parameter, ParameterExpression

from .stand_ins import StandIn, as_parts

_BUILTIN = "qiskit.circuit.library.standard_gates"
_GOLDEN = (5**0.5 - 1) / 2
_DIGITS = 9  # of angles; what is behind them differs from machine to machine


def fingerprint(*arrays) -> str:
    """Digest of arrays."""
    found = sha256()
    for array in map(np.asarray, arrays):
        found.update(repr((array.shape, array.dtype.str)).encode())
        found.update(repr(array.tolist()).encode() if array.dtype == object else np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def digest(value) -> str:
    """Digest of settings: equal in any process for what is made alike, another one for what differs.

    Functions count with their code and what they hold of their surroundings, objects with their parameters, circuits
    with their gates; what a function looks up in its module when it is called is not seen.

    Parameters
    ----------
    value : object
        Numbers, text, arrays, containers, functions, classes, circuits, operators, noise models, and objects of these.

    Raises
    ------
    TypeError
        If something in it can be known in this process alone, such as a connection.
    """
    return sha256(json.dumps(_described(value, ())).encode()).hexdigest()


def digest_of_circuit(circuit: QuantumCircuit, parameters: Sequence[Parameter]) -> str:
    """Digest of what a circuit does: gates, the qubits that they act on, and their angles at one point.

    Names of parameters, the way in which an expression is written, and rounding errors do not count, so that it is the
    same under other versions of Qiskit and NumPy.

    Parameters
    ----------
    circuit : QuantumCircuit
    parameters : sequence of Parameter
        Of the circuit, in the order in which they have values.
    """
    values = {p: 0.1 + 0.8 * (k * _GOLDEN % 1.0) for k, p in enumerate(parameters, 1)}
    return sha256(json.dumps([circuit.num_qubits, _steps(circuit, values)]).encode()).hexdigest()


def _steps(circuit: QuantumCircuit, values: Mapping[Parameter, float]) -> list:
    """Qubits and numbers of each gate, and its name or the steps inside."""
    places = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    found = []
    for gate in circuit.data:
        numbers = [_number(p, values) for p in gate.params]
        standard = gate.is_standard_gate() or any(isinstance(p, np.ndarray) for p in gate.params)
        inside = None if standard else getattr(gate.operation, "definition", None)
        # Qiskit names gates of circuits by a counter of the process.
        found.append(
            [[places[q] for q in gate.qubits], numbers, gate.name if inside is None else _steps(inside, values)]
        )
    return found


def _number(angle, values: Mapping[Parameter, float]) -> Any:
    """An angle, or real and imaginary part of a matrix, rounded; text for what is no number."""
    try:
        if isinstance(angle, ParameterExpression):
            angle = angle.bind({p: values[p] for p in angle.parameters}).numeric()
        if isinstance(angle, (int, float)):
            return round(float(angle), _DIGITS) + 0.0  # no -0
        z = np.asarray(angle, dtype=complex)
    except Exception:  # Qiskit has errors of its own for what it cannot reckon
        return str(angle) if isinstance(angle, (str, ParameterExpression)) else type(angle).__name__
    return (np.round([z.real, z.imag], _DIGITS) + 0.0).tolist()


def _described(value, above: tuple[int, ...]) -> Any:
    """Lists and text for a value that stands inside others, which are known by their addresses."""
    if id(value) in above:
        return ["again", len(above) - above.index(id(value))]
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return [type(value).__name__, repr(value)]
    if isinstance(value, (np.ndarray, np.generic)):
        return ["array", fingerprint(value)]
    return [_name(value), _content(value, (*above, id(value)))]


def _name(value) -> str:
    named = value if isinstance(value, (type, FunctionType, BuiltinFunctionType)) else type(value)
    return f"{named.__module__}.{named.__qualname__}"


def _content(value, above) -> Any:
    """What a value holds."""

    def listed(*values) -> list:
        return [_described(one, above) for one in values]

    if isinstance(value, Mapping):
        return sorted((listed(*pair) for pair in value.items()), key=json.dumps)
    if isinstance(value, (list, tuple)):
        return listed(*value)
    if isinstance(value, (set, frozenset)):
        return sorted(listed(*value), key=json.dumps)
    if isinstance(value, (type, BuiltinFunctionType)):
        return []
    if isinstance(value, CodeType):
        return listed(value.co_code, value.co_names, value.co_consts)
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        return listed(value.__code__, value.__defaults__, value.__kwdefaults__, cells)
    if isinstance(value, MethodType):
        return listed(value.__func__, value.__self__)
    if isinstance(value, partial):
        return listed(value.func, value.args, value.keywords)
    if isinstance(value, (QuantumCircuit, CircuitInstruction)):
        return listed(*(_of_circuit(value) if isinstance(value, QuantumCircuit) else _of_gate(value)))
    return listed(_of_object(value))


def _of_circuit(circuit: QuantumCircuit) -> list:
    places = {bit: k for bits in (circuit.qubits, circuit.clbits) for k, bit in enumerate(bits)}
    gates = [[gate, [[places[bit] for bit in bits] for bits in (gate.qubits, gate.clbits)]] for gate in circuit.data]
    return [
        circuit.num_qubits,
        circuit.num_clbits,
        str(circuit.global_phase),
        [str(p) for p in circuit.parameters],
        gates,
    ]


def _of_gate(gate: CircuitInstruction) -> list:
    operation = gate.operation
    kind = getattr(operation, "base_class", type(operation))
    numbers = [p if isinstance(p, np.ndarray) else str(p) for p in getattr(operation, "params", ())]
    known = kind.__module__.startswith(_BUILTIN) or any(isinstance(p, np.ndarray) for p in numbers)
    inside = None if known else getattr(operation, "definition", None)
    name = operation.name if inside is None else None  # which counts the circuits of a process
    return [name, kind.__qualname__, getattr(operation, "ctrl_state", None), numbers, inside]


def _of_object(value) -> Any:
    """Plain data that tell an object from others of its class."""
    part = as_parts(value)
    if isinstance(part, StandIn):
        return part.content
    if hasattr(value, "get_params"):
        return value.get_params(deep=False)
    if type(value).__module__.partition(".")[0] == "skqml" and hasattr(value, "__dict__"):
        return vars(value).copy()  # another thread may find more about it meanwhile
    try:
        return joblib.hash(value)
    except Exception as error:  # pickling may raise anything
        raise TypeError(
            f"Expected settings that another process can have too, got an object of {_name(value)}, which cannot be "
            "told from others."
        ) from error
