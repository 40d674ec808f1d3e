"""What cuts cost, before anything runs."""

from dataclasses import dataclass

from qiskit import QuantumCircuit

from .._checks import check_kind
from .choice import chosen_parts


@dataclass(frozen=True)
class CutCost:
    """What it takes to run a circuit in parts.

    Attributes
    ----------
    circuits : int
        For a row, and observables that one basis measures: ``4^b 3^e`` for a part where b wires begin at cuts and e
        end at them.
    overhead : float
        How many times as many shots the same error takes, at most: 16 for each cut.
    qubits : tuple of int
        Those of each part.
    """

    circuits: int
    overhead: float
    qubits: tuple[int, ...]


def cut_cost(circuit: QuantumCircuit, max_qubits=None, cuts=None) -> CutCost:
    """Circuits, overhead of shots, and qubits of the parts of a circuit; nothing runs.

    Parameters
    ----------
    circuit : QuantumCircuit
    max_qubits, cuts
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
    parts = chosen_parts(circuit, max_qubits, cuts)
    n_cuts = sum(len(part.leaving) for part in parts)
    widths = tuple(part.circuit.num_qubits for part in parts)
    return CutCost(sum(part.n_circuits for part in parts), 16.0**n_cuts, widths)
