"""Which parts a circuit runs in: at cuts that are named, or found."""

from graphlib import CycleError

from qiskit import QuantumCircuit

from .._checks import check_count, check_kind
from .directions import levels
from .parts import CutCircuit, divided, whole
from .search import find_cuts
from .wires import check_cuts, gates_of

_MOST_ENDS = 8  # of cuts in one part: it has a tensor of four to this power
_MOST_AXES = 50  # letters of NumPy's einsum, but for rows and terms; a wire has one, a gate two


def chosen_parts(circuit: QuantumCircuit, max_qubits, cuts, communication=False) -> CutCircuit:
    """A circuit in parts, or itself where nothing has to be cut; see `Cut` for the parameters."""
    check_kind("communication", communication, bool, "True or False")
    most = None if max_qubits is None else check_count("max_qubits", max_qubits)
    if cuts is None:
        if most is None or circuit.num_qubits <= most:
            return whole(circuit)
        cuts = find_cuts(circuit, most, communication=communication)
    gates = gates_of(circuit, most)
    places = check_cuts(cuts(circuit) if callable(cuts) else cuts, gates, circuit.num_qubits)
    found = divided(circuit, gates, places, communication)
    _check_parts(found, most)
    if communication:
        _check_direction(found)
    return found


def _check_parts(found: CutCircuit, most: int | None) -> None:
    parts = found.parts
    widest = max((part.circuit.num_qubits for part in parts), default=0)
    if most is not None and widest > most:
        raise ValueError(
            f"Expected cuts that leave parts of at most max_qubits={most} qubits, but one has {widest}; name more "
            "cuts, or leave them to be found by cuts=None."
        )
    n_ends = max((len(part.ends) for part in parts), default=0)
    if n_ends > _MOST_ENDS or found.n_axes > _MOST_AXES:
        raise ValueError(
            f"Expected at most {_MOST_ENDS} ends of cuts in a part, and {_MOST_AXES} axes of cuts in all, but one part "
            f"has {n_ends}, and there are {found.n_axes}, for {sum(part.n_circuits for part in parts)} circuits; allow "
            "parts of more qubits, or take a circuit with fewer gates between them."
        )


def _check_direction(found: CutCircuit) -> None:
    if found.gates:
        raise ValueError(
            "Expected cuts of wires alone where outcomes are sent over them, but gates are cut too; name other cuts, "
            "or set communication=False."
        )
    try:
        levels(found)
    except CycleError as error:
        raise ValueError(
            "Expected cuts over which outcomes go one way, but some wires come back to a part that has to be measured "
            "before; name other cuts, or set communication=False."
        ) from error
