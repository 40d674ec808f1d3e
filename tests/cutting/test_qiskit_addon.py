"""Qiskit's own package for cutting says the same; it comes with the extra ``bench``."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

from benchmarks.peers.cutting import values
from skqml.cutting import Cut, cut_cost
from tests.cutting.circuits import WORST, random_circuit, random_cuts


def cut_circuits(n_circuits):
    """Circuits of numbers with one or two cuts, each of which divides; the package refuses idle qubits."""
    seed, found = 0, []
    while len(found) < n_circuits:
        rng, seed = np.random.default_rng(seed), seed + 1
        circuit = random_circuit(rng, int(rng.integers(2, 5)), int(rng.integers(2, 5)))
        circuit = circuit.assign_parameters(rng.normal(size=circuit.num_parameters))
        cuts = [place for place in random_cuts(rng, circuit, 1 + seed % 2) if isinstance(place, tuple)]
        used = {qubit for instruction in circuit.data for qubit in instruction.qubits}
        if cuts and len(used) == circuit.num_qubits and cut_cost(circuit, cuts=cuts).overhead == 16 ** len(cuts):
            found.append((circuit, cuts, ["".join(rng.choice(list("IXYZ"), circuit.num_qubits)) for _ in range(3)]))
    return found


@pytest.mark.parametrize("number", range(24))
@pytest.mark.parametrize("communication", [False, True])
def test_values_of_a_random_circuit(number, communication):
    circuit, cuts, labels = cut_circuits(number + 1)[number]
    try:
        program = Cut(cuts=cuts, communication=communication).compile(
            circuit, [SparsePauliOp(label) for label in labels]
        )
    except ValueError as error:
        assert communication and "one way" in str(error)
        return
    np.testing.assert_allclose(program(np.zeros((1, 0)))[0], values(circuit, cuts, labels), atol=WORST)
