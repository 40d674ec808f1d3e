"""A gate is what it is, not what it is called: on every backend a sub-circuit means what it is made of."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, ParameterVector
from qiskit.circuit.library import RYGate, UnitaryGate, get_standard_gate_name_mapping
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import Exact, Noisy, all_z
from skqml.backends.aer import Aer
from tests.contracts.backends import backends, gain, name

NAMES = sorted({*get_standard_gate_name_mapping(), "barrier", "unitary", "initialize", "if_else", "clifford", "mcx"})
SHOTS = 1000
every_backend = pytest.mark.parametrize("backend", backends(), ids=name)


class Turned(Gate):
    """A gate of a user's own, by a definition or by its matrix alone."""

    def __init__(self, called, by_matrix):
        super().__init__(called, 1, [])
        self.by_matrix = by_matrix

    def _define(self):
        if not self.by_matrix:
            self.definition = QuantumCircuit(1)
            self.definition.ry(0.3, 0)

    def __array__(self, dtype=None, copy=None):
        return RYGate(0.3).to_matrix()


def turned(called, kind):
    """RY(0.3) under any name."""
    inner = QuantumCircuit(1, name=called)
    inner.ry(0.3, 0)
    if kind == "renamed":
        gate = RYGate(0.3).to_mutable()
        gate.name = called
        return gate
    if kind == "nested":
        outer = QuantumCircuit(1, name="outer")
        outer.append(inner.to_gate(), [0])
        return outer.to_gate()
    if kind in ("defined", "matrix"):
        return Turned(called, kind == "matrix")
    return inner.to_gate() if kind == "gate" else inner.to_instruction()


def circuit_of(operations):
    circuit, x = QuantumCircuit(2), ParameterVector("x", 1)
    circuit.rx(x[0], 0)
    for k, operation in enumerate(operations):
        circuit.append(operation, [k % 2])
    circuit.cx(0, 1)
    return circuit


KINDS = ["gate", "instruction", "nested", "renamed", "defined", "matrix"]
X = np.array([[0.0], [1.2]])


@every_backend
def test_names_of_subcircuits_mean_nothing(backend):
    """All names at once, so that each is one of many gates that would be missed."""
    named = circuit_of([turned(n, KINDS[k % len(KINDS)]) for k, n in enumerate(NAMES)])
    plain = circuit_of([RYGate(0.3)] * len(NAMES))
    expected = Exact().compile(plain, all_z(2))(X)
    bound = 6 * gain(backend) / np.sqrt(SHOTS) if backend.random else 1e-9
    np.testing.assert_allclose(backend.compile(named, all_z(2))(X), expected, atol=bound)
    K = Exact().compile_overlaps(plain)(X)
    np.testing.assert_allclose(backend.compile_overlaps(named)(X), K, atol=bound)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("called", NAMES)
def test_each_name(called, kind):
    values = [Exact().compile(circuit_of([g]), all_z(2))(X) for g in (turned(called, kind), RYGate(0.3))]
    np.testing.assert_allclose(*values, atol=1e-12)


@pytest.mark.parametrize("make", [Noisy, lambda model: Aer(noise_model=model)], ids=["Noisy", "Aer"])
@pytest.mark.parametrize("kind", KINDS)
def test_noise_hangs_on_what_a_gate_is(make, kind):
    """Errors of RZ do not follow an RY that is called rz."""
    model = NoiseModel(["rx", "ry", "rz", "cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), ["rz"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["ry"])
    values = [make(model).compile(circuit_of([g] * 3), all_z(2))(X) for g in (turned("rz", kind), RYGate(0.3))]
    # A gate given by a matrix alone is transpiled from that, to RZ and RY.
    if kind != "matrix":
        np.testing.assert_allclose(*values, atol=1e-10)
    else:
        as_matrix = circuit_of([UnitaryGate(RYGate(0.3).to_matrix())] * 3)
        np.testing.assert_allclose(values[0], make(model).compile(as_matrix, all_z(2))(X), atol=1e-10)


def flat_and_nested(draw, depth):
    """A circuit that is drawn, then a gate behind it; and the same with all but that gate in a sub-circuit."""
    flat, inner = QuantumCircuit(2, 1), QuantumCircuit(2, 1, name="rz")
    draw(flat), draw(inner)
    for _ in range(depth):
        outer = QuantumCircuit(2, 1, name="outer")
        outer.append(inner.to_instruction(), [0, 1], [0])
        inner = outer
    flat.x(0), inner.x(0)
    return flat, inner


def measured(circuit):
    circuit.h(0)
    circuit.measure(0, 0)


def reset(circuit):
    circuit.x(0)
    circuit.reset(0)


def initialized(circuit):
    circuit.initialize([0.6, 0, 0, 0.8])


@every_backend
@pytest.mark.parametrize("draw", [measured, reset, initialized])
@pytest.mark.parametrize("depth", [1, 2])
def test_what_is_not_unitary_is_refused_inside_too(backend, draw, depth):
    sentences = []
    for circuit in flat_and_nested(draw, depth):
        for compiled in (lambda c: backend.compile(c, all_z(2)), backend.compile_overlaps):
            with pytest.raises(ValueError, match="Expected a unitary circuit") as refused:
                compiled(circuit)
            sentences.append(str(refused.value))
    assert len(set(sentences)) == 1


@every_backend
def test_final_measurements_inside_are_final(backend):
    inner = QuantumCircuit(2, 1)
    inner.ry(0.3, 0)
    inner.measure(0, 0)
    circuit = QuantumCircuit(2, 1)
    circuit.append(inner.to_instruction(), [1, 0], [0])
    bound = 6 * gain(backend) / np.sqrt(SHOTS) if backend.random else 1e-9
    values = backend.compile(circuit, all_z(2))(np.zeros((1, 0)))[0]
    np.testing.assert_allclose(values, [1.0, np.cos(0.3)], atol=bound)
