"""Gradients by shifts under noise are the slopes of the noisy values, whatever gate the noise is on."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from skqml import Noisy, ShiftProgram, Shots, one_qubit_paulis
from skqml.backends.aer import Aer
from skqml.mitigation import WeightedShots
from tests.engine.strategies import STANDARD

FREE = {name: gate for name, gate in STANDARD.items() if gate.num_qubits and gate.params}
X, W = np.array([[0.4, -1.1, 0.7, 1.9], [-0.6, 0.3, 1.2, -0.2]]), np.array([0.8])
SHOTS = 2**31 - 1  # a shifted difference then errs by 2e-5


def circuit(name, times=2):
    """A gate with products of data and a weight for angles, between others; a weight in several gates."""
    gate, x, w = FREE[name], ParameterVector("x", 4), ParameterVector("w", 1)
    qc = QuantumCircuit(gate.num_qubits)
    for k in range(times):
        for q in range(gate.num_qubits):
            qc.u(0.8 + q, 0.3 + w[0], -0.4, q)
        params = [x[a] * w[0] + k for a in range(len(gate.params))]
        qc.append(gate.base_class(*params), range(gate.num_qubits)[:: 1 - 2 * k])
    return qc


def noise(*names):
    """Noise that depends on the state, on each of these gates."""
    model = NoiseModel(sorted({"u", "cx", *names}))
    for name in names:
        n = STANDARD[name].num_qubits
        damping = amplitude_damping_error(0.2)
        model.add_all_qubit_quantum_error(damping if n == 1 else damping.tensor(depolarizing_error(0.1, 1)), name)
    return model


def slopes(program):
    g = np.cos(np.arange(2.0 * program.n_observables)).reshape(2, -1)
    return program.pullback(X, W, g)


class Shifted(ShiftProgram):
    """Values alone, from the backend."""

    def __call__(self, X, w=None, rng=None):
        return self.backend.compile(self.circuit, self.observables)(X, w)


@pytest.mark.parametrize("named", [True, False], ids=["on the gate", "on the gates that it is written in"])
@pytest.mark.parametrize("name", FREE)
def test_without_shots(name, named):
    model, qc = noise(*([name] if named else ["u", "cx"])), circuit(name)
    observables = one_qubit_paulis(qc.num_qubits)
    by_shifts = slopes(Shifted(Noisy(model), qc, observables))
    exact = slopes(Noisy(model).compile(qc, observables))
    for found, expected in zip(by_shifts, exact, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("name", ["cp", "crx", "cu", "rzz"])
def test_on_another_simulator(name):
    model, qc = noise(name), circuit(name, times=1)
    observables = one_qubit_paulis(qc.num_qubits)
    by_shifts = slopes(Shifted(Aer(noise_model=model), qc, observables))
    for found, expected in zip(by_shifts, slopes(Noisy(model).compile(qc, observables)), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-9)


SAMPLED = {
    "Noisy": lambda model: Noisy(model, shots=SHOTS, random_state=0),
    "Shots": lambda model: Shots(SHOTS, 0, Noisy(model)),
    "Shots(Aer)": lambda model: Shots(SHOTS, 0, Aer(noise_model=model)),
    "WeightedShots": lambda model: WeightedShots(Noisy(model, shots=SHOTS // 2, random_state=0)),
}


@pytest.mark.parametrize("backend", SAMPLED.values(), ids=SAMPLED)
@pytest.mark.parametrize("name", ["cp", "crx", "cu3", "xx_plus_yy"])
def test_with_shots(name, backend):
    model, qc = noise(name), circuit(name, times=1)
    observables = one_qubit_paulis(qc.num_qubits)
    sampled = slopes(backend(model).compile(qc, observables))
    for found, expected in zip(sampled, slopes(Noisy(model).compile(qc, observables)), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-3)


def test_slopes_are_those_of_the_values():
    """The other side: finite differences of the noisy values."""
    model, qc, step = noise("crx"), circuit("crx"), 1e-5
    program = Shifted(Noisy(model), qc, one_qubit_paulis(2))
    dX, dw = program.pullback(X, W, np.ones((2, 6)))
    for k in range(4):
        up, down = (program(X + s * step * np.eye(4)[k], W).sum(axis=1) for s in (1, -1))
        np.testing.assert_allclose(dX[:, k], (up - down) / (2 * step), atol=1e-8)
    up, down = (program(X, W + s * step).sum() for s in (1, -1))
    np.testing.assert_allclose(dw, (up - down) / (2 * step), atol=1e-8)
