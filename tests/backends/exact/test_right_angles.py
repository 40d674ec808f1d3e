"""Rotations by half turns, whose cosines are next to 0: values and derivatives are those of any other angle."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Statevector

from skqml import Exact, all_z

TOLERANCE = {"double": 1e-12, "single": 1e-5}


def layers(n_qubits):
    x, w = ParameterVector("x", n_qubits), ParameterVector("w", 6 * n_qubits)
    circuit = QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.rx(x[q], q)
    for layer, entangle in enumerate([circuit.cz, circuit.cz, circuit.cx]):
        for q in range(n_qubits):
            circuit.ry(w[2 * (n_qubits * layer + q)], q)
            circuit.rz(w[2 * (n_qubits * layer + q) + 1], q)
        for q in range(n_qubits):
            entangle(q, (q + 1) % n_qubits)
    return circuit


def half_turns(rng, shape):
    """Mostly odd numbers of half turns, as exactly as numbers have them, some of single precision, or next to them."""
    angles = np.pi * (2 * rng.integers(-4, 4, shape) + (rng.random(shape) < 0.9))
    angles = np.where(rng.random(shape) < 0.05, angles.astype(np.float32), angles)
    return angles + np.where(rng.random(shape) < 0.05, 1e-9, 0.0)


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n_samples", [1, 3, 40])
@pytest.mark.parametrize("n_qubits", [2, 3, 5, 8, 11])
def test_values_and_derivatives_of_half_turns(n_qubits, n_samples, precision):
    rng, circuit, observables = np.random.default_rng(n_qubits), layers(n_qubits), all_z(n_qubits)
    X, w = half_turns(rng, (n_samples, n_qubits)), half_turns(rng, 6 * n_qubits)
    values, pullback = Exact(precision=precision).compile(circuit, observables).forward(X, w)
    for k in range(0, n_samples, 13):
        angles = {p: X[k, p.index] if p.name.startswith("x") else w[p.index] for p in circuit.parameters}
        state = Statevector(circuit.assign_parameters(angles))
        expected = [state.expectation_value(o.to_operator()).real for o in observables]
        assert values[k] == pytest.approx(np.array(expected), abs=TOLERANCE[precision])
    by_shifts = Exact().compile(circuit, observables)
    steps = [np.where(np.arange(len(w)) == k, np.pi / 2, 0.0) for k in range(0, len(w), 3)]
    expected = [(by_shifts(X, w + step) - by_shifts(X, w - step)).sum() / 2 for step in steps]
    dX, dw = pullback(np.ones_like(values))
    assert np.isfinite(dX).all()
    assert dw[::3] == pytest.approx(np.array(expected), abs=n_samples * TOLERANCE[precision])
