"""QPY bytes, walked before Qiskit reads them: all that they count has to be there, and few objects may follow from it.

Qiskit's reader is compiled, and sets memory aside for what a header counts; more than there is ends the process.
"""

import json
import struct
from typing import Any
from uuid import UUID

from qiskit.circuit.library import get_standard_gate_name_mapping

from .._checks import shown
from .arrays import check_array

_DEEPEST = 20  # circuits inside circuits
_MOST = 10_000  # of a number that a gate takes, such as one of qubits
_ROOM = 20_000  # qubits, bits and elements of vectors in all circuits together, and one more a byte
_ANNOTATED, _TABLE, _SPARSE, _REFERRING = 15, 16, 17, 18  # versions from which on the format differs
_EVOLUTION = b"###PauliEvolutionGate_"
_SYNTHESES = {"LieTrotter", "SuzukiTrotter", "MatrixExponential", "QDrift", "ProductFormula"}
_GATES = {
    *("Gate", "Instruction", "ControlledGate", "AnnotatedOperation", "Barrier", "Reset", "Measure", "Delay"),
    *("UnitaryGate", "DiagonalGate", "PauliGate", "PermutationGate", "HamiltonianGate", "Isometry", "UCGate"),
    *("UCRXGate", "UCRYGate", "UCRZGate", "UCPauliRotGate", "StatePreparation", "Initialize", "QFTGate", "Clifford"),
    *("MCXGate", "MCXGrayCode", "MCXRecursive", "MCXVChain", "MCPhaseGate", "LinearFunction", "GlobalPhaseGate"),
    *("C3XGate", "C3SXGate", "C4XGate", "RCCXGate", "RC3XGate", "PauliProductRotationGate"),
}


class _Bytes:
    """Bytes that are taken one part after another; ValueError where there are not so many."""

    def __init__(self, data: bytes):
        self._data, self.place = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self.place

    def take(self, n: int) -> bytes:
        if not 0 <= n <= self.left:
            raise ValueError(f"Expected QPY bytes that hold what they count, but {n} are due where {self.left} are.")
        self.place += n
        return self._data[self.place - n : self.place]

    def unpack(self, form: str) -> tuple:
        return struct.unpack("!" + form, self.take(struct.calcsize("!" + form)))


class QPYWalk:
    """Walks over the bytes of one circuit; ValueError for what skqml does not write, or what would take much memory.

    Parameters
    ----------
    version : int
        Of QPY.
    n_bytes : int
        All that there are.
    """

    def __init__(self, version: int, n_bytes: int):
        self._version, self._room, self._depth = version, _ROOM + n_bytes, 0
        self._vectors: set[tuple[int, int]] = set()
        self._standard = {gate.base_class.__name__ for gate in get_standard_gate_name_mapping().values()}

    def circuit(self, data: _Bytes) -> None:
        """A circuit, with those inside it."""
        self._depth += 1
        if self._depth > _DEEPEST:
            _refuse(f"circuits at most {_DEEPEST} deep inside each other")
        n_name, kind, n_phase, n_qubits, n_clbits, n_metadata, n_registers, n_instructions, n_vars = data.unpack(
            "H1cHIIQIQI"
        )
        self._spend(n_qubits + n_clbits)
        data.take(n_name)
        self._value(kind, data.take(n_phase), whole=True)
        data.take(n_metadata)
        self._registers(data, n_registers)
        if n_vars or (self._version >= _ANNOTATED and data.unpack("I")[0]):
            _refuse("circuits without classical variables and annotations")
        for _ in range(data.unpack("H")[0] if self._version >= _REFERRING else 0):
            n_vector, size, _ = data.unpack("HQ16s")
            self._spend(size)
            data.take(n_vector)
        names = self._definitions(data)
        for _ in range(n_instructions):
            self._instruction(data, names)
        if self._version < _REFERRING and data.unpack("H")[0]:
            _refuse("circuits without pulses")
        if data.unpack("?iiiIi")[0]:
            _refuse("circuits without the layout of a device")
        self._depth -= 1

    def _spend(self, n: int) -> None:
        self._room -= n
        if n > _MOST or self._room < 0:
            _refuse(f"circuits of at most {_MOST} qubits and numbers, and of as many as there are bytes for")

    def _registers(self, data: _Bytes, n_registers: int) -> None:
        for _ in range(n_registers):
            _, _, size, n_name, _, *attached = data.unpack("1c?IH?B" if self._version >= _REFERRING else "1c?IH?")
            self._spend(size)
            data.take(n_name)
            data.take((4 * (1 if attached == [1] else size)) if attached else 8 * size)

    def _definitions(self, data: _Bytes) -> set[bytes]:
        """Gates with definitions of their own, by name."""
        names, bases = set(), []
        for _ in range(data.unpack("Q")[0]):
            n_name, _, n_qubits, n_clbits, defined, n_bytes, n_controls, _, n_base = data.unpack("H1cII?QIIQ")
            self._spend(n_qubits + n_clbits + n_controls)
            name, definition, base = data.take(n_name), _Bytes(data.take(n_bytes)), data.take(n_base)
            names.add(name)
            if defined:
                (self._evolution if name.startswith(_EVOLUTION) else self.circuit)(definition)
            bases += [base] if base else []
        for base in bases:  # which may be one of these gates
            self._instruction(_Bytes(base), names, placed=False)
        return names

    def _instruction(self, data: _Bytes, names: set[bytes], placed: bool = True) -> None:
        n_name, n_label, n_params, n_qubits, n_clbits, extras, n_condition, _, n_controls, _ = data.unpack("HHHIIBHqII")
        name = data.take(n_name)
        text = name.decode(errors="replace")
        known = name in names or text in self._standard
        if not known and text not in _GATES:
            _refuse(f"gates that skqml knows or that the circuit defines, not {shown(text)}")
        if extras or n_condition:
            _refuse("circuits without classical conditions")
        self._spend(n_controls)
        data.take(n_label)
        if placed:
            data.take(5 * (n_qubits + n_clbits))
        for _ in range(n_params):
            kind, size = data.unpack("1cQ")
            self._value(kind, data.take(size), whole=known)

    def _value(self, kind: bytes, payload: bytes, whole: bool) -> None:
        """A number, a parameter or another value; integers of any size where that is the angle of a gate."""
        data = _Bytes(payload)
        if kind == b"q":
            self.circuit(data)
        elif kind == b"n":
            check_array(payload)
        elif kind == b"v":
            self._element(data)
        elif kind == b"e":
            self._expression(data)
        elif kind == b"t":
            for _ in range(data.unpack("Q")[0]):
                inner, size = data.unpack("1cQ")
                self._value(inner, data.take(size), whole)
        elif kind == b"i" and not whole:
            if len(payload) != 8 or min(abs(struct.unpack(form, payload)[0]) for form in ("<q", "!q")) > _MOST:
                _refuse(f"gates of whole numbers up to {_MOST}")
        elif kind not in b"ifcpsz":
            _refuse(f"circuits without values of the kind {kind!r}")

    def _element(self, data: _Bytes) -> None:
        """One of a vector of parameters, which is made as a whole."""
        if self._version >= _REFERRING:  # vectors stand in a table
            data.unpack("HQ")
            return
        n_name, size, uuid, index = data.unpack("HQ16sQ")
        data.take(n_name)
        vector = UUID(bytes=uuid).int - index, size
        if vector not in self._vectors:
            self._vectors.add(vector)
            self._spend(size)

    def _expression(self, data: _Bytes) -> None:
        n_symbols, n_bytes = data.unpack("QQ")
        terms = _Bytes(data.take(n_bytes))
        while terms.left:
            _, left, first, _, _ = terms.unpack("B1c16s1c16s")
            if left == b"u":  # numbers or parameters in place of others
                mapping = _Bytes(terms.take(struct.unpack_from("!Q", first)[0]))
                for _ in range(mapping.unpack("Q")[0]):
                    n_key, kind, size = mapping.unpack("H1cH")
                    mapping.take(n_key)
                    self._value(kind, mapping.take(size), whole=True)
        for _ in range(n_symbols):
            symbol, kind, size = data.unpack("1c1cQ")
            if symbol == b"p":
                data.take(data.unpack("H16s")[0])
            else:
                {b"v": self._element, b"e": self._expression}.get(symbol, _unknown)(data)
            self._value(kind, data.take(size), whole=True) if size else None

    def _evolution(self, data: _Bytes) -> None:
        n_operators, _, kind, n_time, n_synthesis = data.unpack("Q?1cQQ")
        for _ in range(n_operators):
            if self._version >= _SPARSE and data.unpack("?")[0]:
                n_qubits, *sizes = data.unpack("IQQQQ")
                self._spend(n_qubits)
                data.take(sum(sizes))
            else:
                check_array(data.take(data.unpack("Q")[0]), kinds="biufcUSV")
        self._value(kind, data.take(n_time), whole=True)
        found: Any = json.loads(data.take(n_synthesis))
        numbers = [value for value in found["settings"].values() if isinstance(value, (int, float))]
        if found["class"] not in _SYNTHESES or any(not -_MOST <= value <= _MOST for value in numbers):
            _refuse(f"an evolution by one of {sorted(_SYNTHESES)}")


def _unknown(data: _Bytes) -> None:
    _refuse("expressions of parameters")


def _refuse(expected: str) -> None:
    raise ValueError(f"Expected QPY bytes of {expected}, got others.")


def walk_circuit(content: bytes, version: int, start: int) -> None:
    """Refuse QPY bytes of one circuit, which begins at a place, that hold less than they count or other things."""
    if version >= _TABLE and struct.unpack_from("!Q", content, start - 8)[0] != start:
        _refuse("one circuit at its place")
    data = _Bytes(content)
    data.place = start
    try:
        QPYWalk(version, len(content)).circuit(data)
    except (struct.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"Expected QPY bytes of a circuit, but they are broken: {error}.") from error
