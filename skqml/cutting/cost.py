"""What cuts cost, before anything runs."""

from dataclasses import dataclass
from typing import ClassVar

from qiskit import QuantumCircuit

from .._checks import check_kind
from ..states import CheckedState, count, each, number
from .chosen_parts import chosen_parts
from .wires import wire_overhead


@dataclass(frozen=True)
class CutCost(CheckedState):
    """What it takes to run a circuit in parts.

    Attributes
    ----------
    circuits : int
        For a row, and observables that one basis measures: ``4^b 3^e 5^g`` for a part where b wires begin at cuts, e
        end at them, and g gates are cut; with communication 6 for 4.
    overhead : float
        How many times as many shots the same error takes, at most, if each is a run of all parts: 16 for each cut of a
        wire, 9 with communication and for that of a gate.
    qubits : tuple of int
        Those of each part.
    """

    circuits: int
    overhead: float
    qubits: tuple[int, ...]

    _contents: ClassVar[dict] = {
        "circuits": count(),
        "overhead": number(0, infinite=True),
        "qubits": each(count()),
    }


def cut_cost(circuit: QuantumCircuit, max_qubits=None, cuts=None, communication=False) -> CutCost:
    """Circuits, overhead of shots, and qubits of the parts of a circuit; nothing runs.

    Parameters
    ----------
    circuit : QuantumCircuit
    max_qubits, cuts, communication
        Those of `Cut`.

    Returns
    -------
    CutCost

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from skqml.cutting import cut_cost
    >>> ladder = QuantumCircuit(8)
    >>> for q in range(7):
    ...     _ = ladder.cx(q, q + 1)
    >>> cut_cost(ladder, max_qubits=5)
    CutCost(circuits=7, overhead=16.0, qubits=(4, 5))
    """
    check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit")
    found = chosen_parts(circuit, max_qubits, cuts, communication)
    widths = tuple(part.circuit.num_qubits for part in found.parts)
    n_circuits = sum(part.n_circuits for part in found.parts)
    return CutCost(n_circuits, wire_overhead(communication) ** len(found.wires) * 9.0 ** len(found.gates), widths)
