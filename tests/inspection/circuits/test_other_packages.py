"""Fisher matrices, effective dimensions, frequencies, expressibility and entanglement as other packages give them.

`python -m benchmarks measures` compares with PennyLane 0.45.1 and qiskit-machine-learning 0.9.1 themselves, where they
are installed (``make oracles``), and the numbers here came from it once. Those of circuits of Sim et al. came from
qml-essentials 0.2.3: the mean divergence of ten seeds, 5,000 pairs and 75 bins each, and the mean of 5,000 states.
"""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from benchmarks.accuracy.measures import uploading_circuit as uploading
from skqml.inspection import (
    effective_dimension,
    entangling_capability,
    expressibility,
    fisher_information,
    fourier_spectrum,
    quantum_fisher_information,
)

X = np.array([[0.3, -0.7], [1.1, 0.4]])
W = np.array([[0.5, 1.5, 2.5, 3.5, 0.7, 1.2, 0.1, 0.9]])


def test_quantum_fisher_information_is_four_times_pennylanes_metric_tensor():
    found = quantum_fisher_information(uploading(2, 2), X, w=W)[0]
    diagonal = [0.55920862, 0.56932483, 0.71666846, 0.5400199, 0.86470096, 0.69694144, 0.64748323, 0.9834377]
    last = [-0.10529282, -0.25315627, 0.09699533, 0.44808207, 0.13965018, -0.04414357, 0.03205891, 0.9834377]
    np.testing.assert_allclose(np.diag(found), diagonal, atol=1e-8)
    np.testing.assert_allclose(found[-1], last, atol=1e-8)


def test_fisher_information_is_qiskit_machine_learnings():
    found = fisher_information(uploading(2, 2), X, w=W)[0]
    diagonal = [0.51293071, 0.20232041, 0.28354688, 0.18872955, 0.53825333, 0.0, 0.33530729, 0.0]
    first = [0.51293071, 0.23458141, 0.01204444, -0.01238003, -0.15143717, 0.0, -0.07271388, 0.0]
    np.testing.assert_allclose(np.diag(found), diagonal, atol=1e-8)
    np.testing.assert_allclose(found[0], first, atol=1e-8)


def test_effective_dimensions_are_qiskit_machine_learnings():
    F = fisher_information(uploading(2, 2), X, w=np.vstack([W, W[:, ::-1]]))
    found = [effective_dimension(F, n) for n in (1_000, 100_000)]
    np.testing.assert_allclose(found, [5.57589942, 5.63355155], atol=1e-8)


def test_frequencies_are_pennylanes():
    for found in fourier_spectrum(uploading(2, 3)).frequencies:
        np.testing.assert_array_equal(found, [0, 1, 2, 3])


def sim(gates):
    """A circuit of Sim et al. on four qubits: gates on each qubit, or down the ladder from the last to the first."""
    circuit, w = QuantumCircuit(4), iter(ParameterVector("w", 11))
    for gate in gates.split():
        for q in range(4) if gate in ("h", "rx", "rz") else (3, 2, 1):
            angles = [next(w)] if "r" in gate else []
            getattr(circuit, gate)(*angles, *((q,) if gate in ("h", "rx", "rz") else (q, q - 1)))
    return circuit


@pytest.mark.parametrize(
    ("gates", "divergence", "entanglement"),
    [
        ("rx rz cx", 0.2923, 0.62353),
        ("rx rz crz", 0.2515, 0.17319),
        ("h cz rx", 0.6851, 1.0),
    ],
    ids=["circuit 2", "circuit 3", "circuit 9"],
)
def test_expressibility_and_entanglement_are_qml_essentials(gates, divergence, entanglement):
    found = [expressibility(sim(gates), n_pairs=5000, n_bins=75, random_state=seed).divergence for seed in range(10)]
    assert np.mean(found) == pytest.approx(divergence, abs=0.02)  # a seed differs by 0.01 to 0.025
    assert entangling_capability(sim(gates), n_draws=5000, random_state=0).mean == pytest.approx(entanglement, abs=0.01)
