"""Noise models with multiplied rates."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import RXGate
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise import (
    NoiseModel,
    PauliLindbladError,
    ReadoutError,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
    pauli_error,
    phase_damping_error,
    reset_error,
    thermal_relaxation_error,
)

from skqml import Exact, Noisy, all_z
from skqml.backends.aer import Aer
from skqml.mitigation import ZNE, DynamicalDecoupling, PauliTwirling, scale_noise
from tests.mitigation.noisy import NO_DATA, aer, depolarizing, model


def scaled(error, scale):
    """The channel that an error of X becomes."""
    noise = NoiseModel(basis_gates=["rz", "sx", "cx", "x"])
    noise.add_all_qubit_quantum_error(error, ["x"] if error.num_qubits == 1 else ["cx"])
    _, backend = scale_noise(QuantumCircuit(1), aer(noise), scale)
    (result,) = backend.noise.to_dict()["errors"]
    assert result["operations"] in (["x"], ["cx"])
    return SuperOp(backend.noise._default_quantum_errors[result["operations"][0]])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (depolarizing_error(0.02, 1), depolarizing_error(0.06, 1)),
        (depolarizing_error(0.02, 2), depolarizing_error(0.06, 2)),
        (amplitude_damping_error(0.1), amplitude_damping_error(1 - 0.9**3)),
        (phase_damping_error(0.1), phase_damping_error(1 - 0.9**3)),
        (coherent_unitary_error(RXGate(0.1).to_matrix()), coherent_unitary_error(RXGate(0.3).to_matrix())),
        (thermal_relaxation_error(50, 70, 1), thermal_relaxation_error(50, 70, 3)),
        (reset_error(1.0), reset_error(1.0)),
        (PauliLindbladError(["X", "Z"], [0.1, 0.05]), PauliLindbladError(["X", "Z"], [0.3, 0.15])),
        (pauli_error([("Z", 0.1), ("I", 0.9)]), pauli_error([("Z", (1 - 0.8**3) / 2), ("I", (1 + 0.8**3) / 2)])),
    ],
)
def test_a_scale_multiplies_rates(error, expected):
    np.testing.assert_allclose(scaled(error, 3).data, SuperOp(expected).data, atol=1e-9)


def test_a_channel_whose_power_is_none_becomes_a_mixture():
    """Flips of probability 0.4 about X, 0.1 about Y: a power would have to be a root of negative numbers."""
    error = pauli_error([("X", 0.3), ("Y", 0.3), ("I", 0.4)])
    mixed = pauli_error([("X", 0.45), ("Y", 0.45), ("I", 0.1)])
    np.testing.assert_allclose(scaled(error, 1.5).data, SuperOp(mixed).data, atol=1e-9)


def test_noise_that_cannot_grow_is_refused():
    with pytest.raises(ValueError, match="smaller scales"):
        scaled(depolarizing_error(0.5, 1), 3)
    with pytest.raises(ValueError, match="noise model to scale"):
        scale_noise(model(), Exact(), 3)


def test_local_errors_grow_and_readout_errors_do_not():
    noise = NoiseModel(basis_gates=["rz", "sx", "cx", "x"])
    noise.add_quantum_error(depolarizing_error(0.02, 1), "x", [1])
    noise.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    before = noise.to_dict()
    backend = aer(noise)
    _, other = scale_noise(QuantumCircuit(2), backend, 2)
    assert noise.to_dict() == before
    assert backend.noise is noise
    after = {tuple(e.get("gate_qubits", [])): e for e in other.noise.to_dict()["errors"]}
    assert after[()]["probabilities"] == [[0.9, 0.1], [0.3, 0.7]]
    expected = SuperOp(depolarizing_error(0.04, 1)).data
    np.testing.assert_allclose(SuperOp(other.noise._local_quantum_errors["x"][(1,)]).data, expected, atol=1e-9)


@pytest.mark.parametrize(
    "wrap",
    [aer, Noisy, lambda m: Aer(noise_model=m), lambda m: DynamicalDecoupling(PauliTwirling(Noisy(m), 2))],
    ids=["simulator", "Noisy", "Aer", "inside others"],
)
def test_values_are_those_of_the_larger_rates(wrap):
    circuit = QuantumCircuit(1)
    for _ in range(4):
        circuit.rx(0.2, 0)
    same, backend = scale_noise(circuit, wrap(depolarizing(p=0.01)), 3)
    assert same is circuit
    value = backend.compile(circuit, all_z(1))(NO_DATA)
    np.testing.assert_allclose(value, 0.97**4 * np.cos(0.8), atol=1e-12)


def test_noise_of_one_gate_is_linear_in_its_rate_and_goes_altogether():
    circuit = QuantumCircuit(1)
    circuit.rx(0.4, 0)
    value = ZNE(aer(depolarizing(p=0.05)), (1, 2, 2.5), scale_noise).compile(circuit, all_z(1))(NO_DATA)
    np.testing.assert_allclose(value, np.cos(0.4), atol=1e-9)
