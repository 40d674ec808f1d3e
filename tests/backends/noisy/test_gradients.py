"""Gradients under noise: against central differences, parameter shifts, and themselves in little memory."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from skqml import Exact, Noisy, Observable, all_z
from skqml.backends.defaults import ShiftProgram
from tests.backends.noisy.oracle import noise_models
from tests.engine.strategies import drawn_circuits, observables


class Shifted(ShiftProgram):
    """A program that knows values only: its gradients come from parameter shifts."""

    def __call__(self, X, w=None, rng=None):
        return self.backend.compile(self.circuit, self.observables)(X, w)


def slope(function, step):
    """Derivative at 0 by a central difference of fourth order."""
    far, near = function(2 * step) - function(-2 * step), function(step) - function(-step)
    return (8 * near - far) / (12 * step)


@pytest.mark.filterwarnings("ignore:The noise model has errors of")
@settings(max_examples=30)
@given(st.data())
def test_gradient_is_the_slope_of_the_values(data):
    drawn = data.draw(drawn_circuits(max_qubits=3, max_gates=5))
    n = drawn.circuit.num_qubits
    program = Noisy(data.draw(noise_models(n))).compile(drawn.circuit, data.draw(observables(n)))
    values, pullback = program.forward(drawn.X, drawn.w)
    g = np.cos(np.arange(values.size)).reshape(values.shape)
    dX = np.cos(np.arange(drawn.X.size)).reshape(drawn.X.shape) / (1 + drawn.X.size)
    dw = np.sin(1 + np.arange(len(drawn.w))) / (1 + len(drawn.w))
    aX, aw = pullback(g)

    def along(t):
        return np.sum(g * program(drawn.X + t * dX, drawn.w + t * dw))

    coarse, fine = slope(along, 1e-4), slope(along, 1e-5)
    assume(abs(coarse - fine) < 1e-7 * (1 + abs(coarse)))  # too steep for finite differences
    np.testing.assert_allclose(np.sum(aX * dX) + aw @ dw, coarse, atol=1e-6, rtol=1e-6)


def layers(n=4, n_layers=2):
    x, w = ParameterVector("x", n), ParameterVector("w", 3 * n * n_layers)
    qc, weights = QuantumCircuit(n), iter(w)
    for q in range(n):
        qc.ry(x[q], q)
    for _ in range(n_layers):
        for q in range(n):
            qc.u(next(weights), x[q] * next(weights), 0.3, q)
        for q in range(n):
            qc.rzz(next(weights), q, (q + 1) % n)
            qc.cx(q, (q + 1) % n)
    return qc


def model(basis=("rx", "ry", "rz", "rzz", "u", "cx")):
    noise = NoiseModel(basis_gates=list(basis))
    for name in basis:
        pair = name in ("cx", "rzz", "cz")
        noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2) if pair else amplitude_damping_error(0.03), name)
    return noise


RNG = np.random.default_rng(4)
X, W, G = RNG.uniform(-2, 2, (21, 4)), RNG.uniform(-2, 2, 24), RNG.normal(size=(21, 4))


@pytest.mark.parametrize("basis", [("rx", "ry", "rz", "rzz", "u", "cx"), ("rz", "sx", "cx"), ("u", "cz")])
def test_gradient_is_the_parameter_shift(basis):
    noisy = Noisy(model(basis))
    found = noisy.compile(layers(), all_z(4)).pullback(X[:3], W, G[:3])
    expected = Shifted(noisy, layers(), all_z(4)).pullback(X[:3], W, G[:3])
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_without_noise_it_is_that_of_exact():
    found, expected = (b.compile(layers(), all_z(4)).pullback(X, W, G) for b in (Noisy(), Exact()))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("n_states", [14, 16, 18])
def test_little_memory_changes_nothing(n_states):
    """States are then computed again, in several segments, to the same bits."""
    plenty = Noisy(model(), threads=1).compile(layers(), all_z(4))
    little = Noisy(model(), threads=1, max_memory=n_states * 64 * 4**4).compile(layers(), all_z(4))
    assert len(little.sweeps.segments().ends) > len(plenty.sweeps.segments().ends)
    for a, b in zip(little.pullback(X, W, G), plenty.pullback(X, W, G), strict=True):
        assert np.array_equal(a, b)


def test_too_little_memory_is_refused():
    program = Noisy(model(), max_memory=8 * 64 * 4**4).compile(layers(), all_z(4))
    assert program(X, W).shape == (21, 4)
    with pytest.raises(ValueError, match=r"gradient fits in max_memory=131072 bytes.*need \d+ bytes"):
        program.pullback(X, W, G)


def test_threads_change_no_bit():
    rows = RNG.uniform(-2, 2, (400, 4))
    one, two = (Noisy(model(), threads=k).compile(layers(), all_z(4)) for k in (1, 2))
    g = RNG.normal(size=(400, 4))
    assert np.array_equal(one(rows, W), two(rows, W))
    for a, b in zip(one.pullback(rows, W, g), two.pullback(rows, W, g), strict=True):
        assert np.array_equal(a, b)
    overlaps = [Noisy(model(), threads=k).compile_overlaps(layers())(rows, None, W) for k in (1, 2)]
    assert np.array_equal(*overlaps)


def test_noise_dampens_a_gradient():
    """After a depolarizing error of rate p, <Z> = (1 - p) cos x."""
    x = ParameterVector("x", 1)
    qc = QuantumCircuit(1)
    qc.ry(x[0], 0)
    noise = NoiseModel(basis_gates=["ry"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.25, 1), "ry")
    angles = np.linspace(-3, 3, 9)[:, None]
    dX, _ = Noisy(noise).compile(qc, [Observable("Z")]).pullback(angles, None, np.ones((9, 1)))
    np.testing.assert_allclose(dX, -0.75 * np.sin(angles), atol=1e-15)


def test_sampled_gradients_scatter_around_the_exact_one():
    shots = 50_000
    exact = Noisy(model()).compile(layers(n_layers=1), all_z(4)).pullback(X[:2], W[:12], G[:2])
    backend = Noisy(model(), shots=shots, random_state=1)
    sampled = backend.compile(layers(n_layers=1), all_z(4)).pullback(X[:2], W[:12], G[:2])
    for a, b in zip(sampled, exact, strict=True):
        assert 0 < np.abs(a - b).max() < 5 * 4 * 6 * np.abs(G[:2]).max() * 2 / np.sqrt(2 * shots)
