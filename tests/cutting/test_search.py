"""Cuts that are found are the best, what they cost is what runs, and what cannot be is refused."""

from contextlib import suppress
from itertools import chain, combinations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import QFTGate
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, Shots, all_z
from skqml.cutting import Cut, CutCost, cut_cost, find_cuts

WIDE = QuantumCircuit(6)
for a, b in [(0, 1), (2, 3), (4, 5), (1, 2), (3, 4), (5, 0), (0, 3)]:
    WIDE.cx(a, b)


def random_gates(seed, n_qubits=4, n_gates=5):
    rng, circuit = np.random.default_rng(seed), QuantumCircuit(n_qubits)
    for _ in range(n_gates):
        circuit.cz(*rng.choice(n_qubits, 2, replace=False).tolist())
    return circuit


def best_by_trial(circuit, max_qubits, gates, communication):
    """The least overhead of all sets of up to two cuts that are not refused."""
    n_gates = [sum(circuit.qubits[q] in i.qubits for i in circuit.data) for q in range(circuit.num_qubits)]
    places = [(q, k) for q, n in enumerate(n_gates) for k in range(1, n)] + gates * [*range(len(circuit.data))]
    best = np.inf
    for cuts in chain.from_iterable(combinations(places, k) for k in range(3)):
        with suppress(ValueError):
            best = min(best, cut_cost(circuit, max_qubits, cuts, communication).overhead)
    return best


@pytest.mark.parametrize(("gates", "communication"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("seed", range(8))
def test_no_other_cuts_are_cheaper(seed, gates, communication):
    """Nor are any found that are refused, such as those over which outcomes come back."""
    circuit = random_gates(seed)
    found = cut_cost(circuit, 3, find_cuts(circuit, 3, gates, communication), communication)
    best = best_by_trial(circuit, 3, gates, communication)
    assert found.overhead == best if found.overhead <= (81 if communication else 256) else best > 81
    assert communication is False or found == cut_cost(circuit, 3, communication=True)


def test_two_ladders_take_two_cuts():
    """Not three, as the layers by themselves would."""
    circuit = QuantumCircuit(8)
    for a in [*range(7), *range(7)]:
        circuit.cx(a, a + 1)
    assert cut_cost(circuit, 5) == CutCost(25, 256.0, (5, 5))


def test_a_gate_costs_less_than_a_wire_and_a_qubit_more():
    circuit = QuantumCircuit(4)
    for a in (0, 2, 1):
        circuit.cz(a, a + 1)
    assert find_cuts(circuit, 3, gates=True) == [2]
    assert cut_cost(circuit, 3, cuts=[2]) == CutCost(10, 9.0, (3, 3))
    assert cut_cost(circuit, 3) == CutCost(7, 16.0, (2, 3))


def test_what_fits_is_left_whole():
    assert cut_cost(WIDE) == cut_cost(WIDE, 6) == CutCost(1, 1.0, (6,))
    program = Cut(max_qubits=6).compile(WIDE, all_z(6))
    assert type(program) is type(Exact().compile(WIDE, all_z(6)))


def test_cuts_that_divide_nothing_cost_nothing():
    assert cut_cost(WIDE, cuts=[(0, 1), 6]) == cut_cost(WIDE)


def test_the_cost_of_a_program_is_that_of_its_circuits():
    """Each part in its own settings and bases: three bases for one end of a wire, and four states for the other."""
    circuit = QuantumCircuit(4)
    circuit.rx(ParameterVector("x", 1)[0], 0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.cx(2, 3)
    cost = Cut(Shots(100), cuts=[(2, 1)]).compile(circuit, all_z(4)).cost(5)
    assert (cost.circuits, cost.shots) == (5 * (3 + 4), 3500)
    # Data are in the first part alone, and without shots the second is the same for all rows.
    assert Cut(cuts=[(2, 1)]).compile(circuit, all_z(4)).cost(5).circuits == 5 + 4


@pytest.mark.parametrize("gate", [QFTGate(3), "ccx"])
def test_gates_that_are_too_wide_are_written_out(gate):
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.ccx(0, 1, 2) if gate == "ccx" else circuit.append(gate, [0, 1, 2])
    circuit.cx(2, 3)
    circuit.rx(0.3, [0, 1, 2, 3])
    observables, rows = [*all_z(4), SparsePauliOp("XYZX")], np.zeros((1, 0))
    assert max(cut_cost(circuit, 3).qubits) <= 3
    np.testing.assert_allclose(
        *(b.compile(circuit, observables)(rows) for b in (Exact(), Cut(max_qubits=3))), atol=1e-10
    )


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"max_qubits": 0}, ValueError, "max_qubits"),
        ({"max_qubits": 2.5}, (TypeError, ValueError), "max_qubits"),
        ({"max_qubits": 1}, ValueError, "set max_qubits to 2"),
        ({"cuts": 3}, (TypeError, ValueError), "cuts"),
        ({"cuts": [(0, 1, 2)]}, ValueError, "pairs"),
        ({"cuts": [(9, 1)]}, ValueError, "cuts"),
        ({"cuts": [(0, 0)]}, ValueError, "cuts"),
        ({"cuts": [(0, 3)]}, ValueError, "cuts"),
        ({"cuts": [7]}, ValueError, "cuts"),
        ({"cuts": [(0, 1), (0, 1)]}, ValueError, "different places"),
        ({"cuts": [(0, 1)], "max_qubits": 4}, ValueError, "at most max_qubits=4 qubits, but one has 6"),
    ],
)
def test_what_cannot_be(params, error, message):
    for refused in (lambda: Cut(**params).compile(WIDE, all_z(6)), lambda: cut_cost(WIDE, **params)):
        with pytest.raises(error, match=message):
            refused()


def test_gates_that_cannot_be_cut_and_circuits_that_take_too_many():
    circuit = QuantumCircuit(2)
    circuit.swap(0, 1)
    with pytest.raises(ValueError, match="CX, CZ or RZZ, but gate 0 is 'swap'"):
        cut_cost(circuit, cuts=[0])
    with pytest.raises(ValueError, match="allow parts of more qubits"):
        cut_cost(random_gates(0, 8, 60), 3)
    with pytest.raises(TypeError, match="QuantumCircuit"):
        find_cuts("cx", 3)
    with pytest.raises(ValueError, match="gates must be False"):
        find_cuts(circuit, 3, gates=True, communication=True)
