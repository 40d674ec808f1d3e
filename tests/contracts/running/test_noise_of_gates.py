"""Noise on any gate of Qiskit's standard library acts in values, kernels and extrapolations, on every backend alike.

The oracle writes a circuit, and its inverse, in the gates that the model names and puts each channel in by hand, gate
after gate, in Qiskit's own density matrices.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import CXGate
from qiskit.quantum_info import DensityMatrix, Operator, SuperOp
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error
from qiskit_aer.primitives import SamplerV2

from skqml import (
    Aer,
    CircuitEncoding,
    DepolarizingMitigatedKernel,
    Exact,
    FidelityKernel,
    Noisy,
    Primitive,
    Shots,
    one_qubit_paulis,
)
from skqml.mitigation import ZNE, fold_global, richardson
from tests.engine.strategies import STANDARD, is_data

GATES = {name: gate for name, gate in STANDARD.items() if gate.num_qubits}
SHAPES = [lambda a, b: a, lambda a, b: 2 * a - 0.3, lambda a, b: a * b, lambda a, b: a.sin() + b]
SCALES = (1, 3)
X = np.array([[0.4, -1.1, 0.7, 1.9], [-0.6, 0.3, 1.2, -0.2]])


def error(n, p):
    """Relaxation of each qubit, a little different, and of one or two qubits depolarizing noise too."""
    damping = amplitude_damping_error(p)
    for q in range(1, n):
        damping = damping.tensor(amplitude_damping_error(p * (1 + q / 4)))
    return damping.compose(depolarizing_error(p, n)) if n < 3 else damping


class Errors(dict):
    """Errors by gate, or label, and qubits; None for all qubits."""

    def __init__(self):
        self.channels = {}

    def __setitem__(self, key, one):
        super().__setitem__(key, one)
        self.channels[key] = SuperOp(one)

    def model(self, basis):
        noise = NoiseModel(basis_gates=basis)
        for (name, qubits), one in self.items():
            if qubits is None:
                noise.add_all_qubit_quantum_error(one, name, warnings=False)
            else:
                noise.add_quantum_error(one, name, qubits, warnings=False)
        return noise

    def after(self, operation, qubits):
        name = operation.label or operation.name
        return self.channels.get((name, qubits), self.channels.get((name, None)))


def noisy_state(circuit, errors):
    rho = DensityMatrix.from_label("0" * circuit.num_qubits)
    for instruction in circuit.data:
        qubits = tuple(circuit.find_bit(q).index for q in instruction.qubits)
        rho = rho.evolve(Operator(instruction.operation), qubits)
        channel = errors.after(instruction.operation, qubits)
        rho = rho if channel is None else rho.evolve(channel, qubits)
    return rho


def bound(circuit, x):
    values = {p: x[p.index] for p in circuit.parameters if is_data(p)}
    return circuit.assign_parameters(values)


def inverse(circuit):
    """The inverse of each gate, with its label."""
    result = QuantumCircuit(circuit.num_qubits)
    for instruction in reversed(circuit.data):
        undone = instruction.operation.inverse().to_mutable()
        undone.label = instruction.operation.label
        result.append(undone, [circuit.find_bit(q).index for q in instruction.qubits])
    return result


class Oracle:
    """Values and fidelities by density matrices, at each noise scale."""

    def __init__(self, circuit, errors: Errors, basis, backend):
        if isinstance(backend, ZNE):
            self.halves = [
                [fold_global(half, backend.backend, scale)[0] for half in (circuit, inverse(circuit))]
                for scale in SCALES
            ]
        else:
            halves = circuit, inverse(circuit)
            self.halves = [[transpile(half, basis_gates=basis, optimization_level=0) for half in halves]]
        self.errors = errors

    def _limit(self, values):
        return richardson(SCALES, np.array(values))[0] if len(values) > 1 else values[0]

    def values(self, rows, observables):
        matrices = [o.to_operator() for o in observables]
        states = [[noisy_state(bound(there, x), self.errors) for x in rows] for there, _ in self.halves]
        return self._limit([[[rho.expectation_value(m).real for m in matrices] for rho in scale] for scale in states])

    def fidelities(self, rows):
        pairs = [[[bound(there, x).compose(bound(back, y)) for y in rows] for x in rows] for there, back in self.halves]
        zeros = [[[noisy_state(pair, self.errors).data[0, 0].real for pair in row] for row in scale] for scale in pairs]
        return np.clip(self._limit(zeros), 0, 1) if len(zeros) > 1 else zeros[0]


def check(circuit, errors, basis, backend):
    rows, observables = X[:, : len(circuit.parameters) and 4], one_qubit_paulis(circuit.num_qubits)
    oracle = Oracle(circuit, errors, basis, backend)
    found = backend.compile(circuit, observables)(rows)
    np.testing.assert_allclose(found, oracle.values(rows, observables), atol=1e-10)
    K = backend.compile_overlaps(circuit)(rows, rows)
    np.testing.assert_allclose(K, oracle.fidelities(rows), atol=1e-10)


def backends(model):
    return [backend for base in (Noisy(model), Aer(noise_model=model)) for backend in (base, ZNE(base, SCALES))]


def with_inverse(name):
    """A gate and its inverse, where that is a gate of the library."""
    return [name] + [other for other in (GATES[name].inverse().name,) if other in GATES and other != name]


@pytest.mark.parametrize("name", GATES)
def test_every_gate(name):
    """Once with free angles, where it has some, and once with fixed ones and its qubits the other way round."""
    gate, x = GATES[name], ParameterVector("x", 4)
    n, names = gate.num_qubits, with_inverse(name)
    circuit = QuantumCircuit(n)
    for q in range(n):
        circuit.u(0.8 + q, 0.3, -0.4, q)
    circuit.append(gate.base_class(*x[: len(gate.params)]), range(n))
    circuit.append(gate.base_class(*[0.3 * k - 0.7 for k in range(len(gate.params))]), range(n)[::-1])
    errors = Errors()
    for one in names:
        errors[one, None] = error(n, 0.05)
    errors[name, tuple(range(n))] = error(n, 0.09)
    basis = sorted({*names, "u", "cx"})
    model = errors.model(basis)
    for backend in (Noisy(model), Aer(noise_model=model), ZNE(Aer(noise_model=model), SCALES)):
        check(circuit, errors, basis, backend)
    if gate.params:
        noisy, aer = (b.compile(circuit, one_qubit_paulis(n)) for b in (Noisy(model), Aer(noise_model=model)))
        g = np.cos(np.arange(2.0 * 3 * n)).reshape(2, 3 * n)
        np.testing.assert_allclose(aer.pullback(X, None, g)[0], noisy.pullback(X, None, g)[0], atol=1e-9)


@st.composite
def circuits(draw, n):
    """Gates of the library, some with labels, with angles that are free or fixed."""
    circuit, x = QuantumCircuit(n), ParameterVector("x", 4)
    names = sorted(name for name, gate in GATES.items() if gate.num_qubits <= n)
    used = []
    for _ in range(draw(st.integers(1, 4))):
        gate = GATES[draw(st.sampled_from(names))]
        label = draw(st.sampled_from([None, None, "slow"])) if gate.num_qubits == 1 else None
        angle = st.floats(-3, 3).map(lambda v: round(v, 3))
        free = st.builds(lambda f, a, b: f(x[a], x[b]), st.sampled_from(SHAPES), st.integers(0, 3), st.integers(0, 3))
        params = [draw(angle | free) for _ in gate.params]
        circuit.append(gate.base_class(*params, label=label), draw(st.permutations(range(n)))[: gate.num_qubits])
        used.append(gate.name)
    return circuit, used


@settings(max_examples=25)
@given(st.data())
def test_any_gates_under_any_model(data):
    """Errors for all qubits and for some; gates that the model does not name, and inverses, are written in others."""
    n = data.draw(st.integers(1, 3))
    circuit, used = data.draw(circuits(n))
    named = data.draw(st.lists(st.sampled_from(used), unique=True))
    errors = Errors()
    for name in ["u", *named]:
        errors[name, None] = error(GATES[name].num_qubits, 0.05)
    for name in data.draw(st.lists(st.sampled_from(["u", *named]), unique=True)):
        size = GATES[name].num_qubits
        errors[name, tuple(data.draw(st.permutations(range(n)))[:size])] = error(size, 0.1)
    if any(instruction.operation.label for instruction in circuit.data):
        errors["slow", None] = error(1, 0.2)
    basis = sorted({*named, "u", "cx", *(i.operation.name for i in circuit.data if i.operation.label)})
    backend = data.draw(st.sampled_from(backends(errors.model(basis))))
    check(circuit, errors, basis, backend)


def toffoli():
    circuit, noise = QuantumCircuit(3), NoiseModel(basis_gates=["u", "cx", "ccx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.2, 3), "ccx")
    circuit.ccx(0, 1, 2)
    return circuit, noise


def sampler(seed):
    return SamplerV2(seed=seed, options={"backend_options": {"noise_model": toffoli()[1]}})


@pytest.mark.parametrize(
    "backend",
    [
        lambda noise, shots: Noisy(noise, shots, random_state=0),
        lambda noise, shots: Shots(shots, 0, Noisy(noise)),
        lambda noise, shots: Shots(shots, 0, Aer(noise_model=noise)),
        lambda noise, shots: Aer(noise_model=noise, shots=shots, random_state=0),
        lambda noise, shots: Primitive(sampler, shots=shots, random_state=0),
    ],
    ids=["Noisy", "Shots(Noisy)", "Shots(Aer)", "Aer", "Primitive"],
)
def test_shots_see_the_same_noise(backend):
    """Two channels leave 0.8**2, and an eighth of the rest: 0.685, within six standard errors."""
    circuit, noise = toffoli()
    K = backend(noise, 4000).compile_overlaps(circuit)(np.zeros((1, 0)), np.zeros((1, 0)))
    assert abs(K[0, 0] - 0.685) < 6 * np.sqrt(0.685 * 0.315 / 4000)


@pytest.mark.parametrize("backend", [Noisy, lambda noise: Aer(noise_model=noise)], ids=["Noisy", "Aer"])
def test_mitigation_takes_out_what_the_kernel_shows(backend):
    """Depolarizing noise of both qubits together is what `DepolarizingMitigatedKernel` takes out exactly."""
    x, circuit = ParameterVector("x", 2), QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.cp(x[0], 0, 1)
    circuit.rx(x[1], 0)
    noise = NoiseModel(basis_gates=["h", "rx", "cp"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.2, 2), "cp")
    noisy, exact = (FidelityKernel(CircuitEncoding(circuit), backend=b) for b in (backend(noise), Exact()))
    assert np.abs(noisy(X[:, :2]) - exact(X[:, :2])).max() > 0.2
    np.testing.assert_allclose(DepolarizingMitigatedKernel(noisy)(X[:, :2]), exact(X[:, :2]), atol=1e-10)


@pytest.mark.parametrize("backend", [Noisy, lambda noise: Aer(noise_model=noise)], ids=["Noisy", "Aer"])
def test_the_inverse_of_a_labelled_gate_has_its_label(backend):
    circuit, noise = QuantumCircuit(2), NoiseModel(basis_gates=["cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.2, 2), CXGate(label="slow"))
    circuit.append(CXGate(label="slow"), [0, 1])
    K = backend(noise).compile_overlaps(circuit)(np.zeros((1, 0)))
    np.testing.assert_allclose(K, 0.64 + 0.36 / 4, atol=1e-12)
