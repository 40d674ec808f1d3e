"""qiskit-addon-cutting: a wire cut as Qiskit's own package cuts it, simulated exactly."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import PauliList
from qiskit_addon_cutting import (
    cut_wires,
    expand_observables,
    generate_cutting_experiments,
    partition_problem,
    reconstruct_expectation_values,
)
from qiskit_addon_cutting.instructions import CutWire
from qiskit_addon_cutting.utils.simulation import ExactSampler


def values(circuit: QuantumCircuit, cuts: Sequence[tuple[int, int]], labels: Sequence[str]) -> np.ndarray:
    """Expectation values (n_labels,) of Pauli strings for a circuit of numbers.

    Parameters
    ----------
    circuit : QuantumCircuit
    cuts : sequence of (int, int)
        A qubit, and how many of its gates lie before the cut.
    labels : sequence of str
    """
    marked, observables = _marked(circuit, cuts), PauliList(labels)
    wider = cut_wires(marked)
    problem = partition_problem(wider, observables=expand_observables(observables, marked, wider))
    circuits, coefficients = generate_cutting_experiments(problem.subcircuits, problem.subobservables, np.inf)
    results = {part: ExactSampler().run(runs).result() for part, runs in circuits.items()}
    return np.array(reconstruct_expectation_values(results, coefficients, problem.subobservables))


def _marked(circuit: QuantumCircuit, cuts: Sequence[tuple[int, int]]) -> QuantumCircuit:
    """The circuit with an instruction where each wire is cut."""
    marked, before = circuit.copy_empty_like(), [0] * circuit.num_qubits
    for instruction in circuit.data:
        places = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        for q in places:
            if (q, before[q]) in cuts:
                marked.append(CutWire(), [q])
            before[q] += 1
        marked.append(instruction)
    return marked
