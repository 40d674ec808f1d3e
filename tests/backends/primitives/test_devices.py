"""Circuits that primitives are given for a device."""

from types import SimpleNamespace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import BackendSamplerV2, StatevectorEstimator, StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager

from skqml import AngleEncoding, Exact, FidelityKernel, Primitive, QuantumKernelSVC, ZZEncoding, all_z, one_qubit_paulis
from skqml.mitigation import ZNE

X = np.random.default_rng(0).normal(size=(6, 2))


def seeded_sampler(seed):
    return StatevectorSampler(seed=np.random.default_rng(seed))


EDGES = [[a, b] for a in range(5) for b in range(5) if abs(a - b) == 1]
LINE = GenericBackendV2(5, seed=1, coupling_map=EDGES, noise_info=False)


STRINGS = [SparsePauliOp(["ZIX", "YZI"], [0.5, 1.0]), SparsePauliOp("XYZ")]


def wide_model():
    circuit = QuantumCircuit(3)
    x = ParameterVector("x", 2)
    circuit.ry(x[0], 0)
    circuit.crx(x[1], 0, 2)
    circuit.x(1)
    circuit.rzz(x[0], 0, 1)
    return circuit


@pytest.mark.parametrize(
    "device",
    [LINE, LINE.target, generate_preset_pass_manager(3, backend=LINE, seed_transpiler=1)],
    ids=["backend", "target", "pass manager"],
)
def test_circuits_for_a_device_use_its_gates_and_neighbours(device):
    program = Primitive(estimator=StatevectorEstimator(), target=device).compile(wide_model(), one_qubit_paulis(3))
    np.testing.assert_allclose(program(X), Exact().compile(wide_model(), one_qubit_paulis(3))(X), atol=1e-10)
    native = Primitive(estimator=StatevectorEstimator(), target=device).prepare(wide_model())
    allowed = set(LINE.coupling_map.get_edges())
    for instruction in native.data:
        places = tuple(native.find_bit(q).index for q in instruction.qubits)
        assert instruction.operation.name in {"rz", "sx", "x", "cx", "id"}
        assert len(places) == 1 or places in allowed
    sampled = Primitive(seeded_sampler, shots=4000, target=device, random_state=0)
    values = sampled.compile(wide_model(), one_qubit_paulis(3))(X)
    assert np.abs(values - program(X)).max() < 5.5 / np.sqrt(4000)


def test_a_folded_circuit_stays_folded_on_a_device():
    circuit = wide_model()
    folded = circuit.compose(circuit.inverse()).compose(circuit)
    backend = Primitive(seeded_sampler, target=LINE)
    once, thrice = (backend.prepare(c).count_ops() for c in (circuit, folded))
    assert thrice["cx"] >= 3 * once["cx"]
    assert thrice["sx"] >= 3 * once["sx"]


def test_each_circuit_is_transpiled_once():
    class Counting:
        n_runs = 0

        def run(self, circuit):
            self.n_runs += 1
            return circuit

    device = Counting()
    backend = Primitive(estimator=StatevectorEstimator(), target=device, max_rows=2)
    program = backend.compile(wide_model(), one_qubit_paulis(3))
    program(X), program(X)
    assert device.n_runs == 1


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("kind", ["sampler", "estimator"])
def test_fidelities_and_strings_follow_qubits_that_are_routed(kind, level):
    """All pairs of three qubits are coupled in the circuit, two on the device; five and a half errors of shots."""
    circuit = ZZEncoding(reps=1).build(3)
    manager = generate_preset_pass_manager(level, backend=LINE, seed_transpiler=3)
    assert manager.run(circuit).layout.final_index_layout() != manager.run(circuit).layout.initial_index_layout()[:3]
    make, bound = {"sampler": (seeded_sampler, 5.5 / np.sqrt(4000)), "estimator": (StatevectorEstimator(), 1e-10)}[kind]
    backend = Primitive(**{kind: make}, shots=4000 if kind == "sampler" else None, target=manager, random_state=0)
    rows = np.random.default_rng(1).normal(size=(4, 3))
    for found, exact in (
        [b.overlaps(circuit, rows) for b in (backend, Exact())],
        [b.overlaps(circuit, rows, rows[:2] + 0.1) for b in (backend, Exact())],
        [b.compile(circuit, one_qubit_paulis(3))(rows) for b in (backend, Exact())],
        [b.compile(circuit, STRINGS)(rows) for b in (backend, Exact())],
    ):
        assert np.abs(found - exact).max() < bound


def test_a_fit_and_predictions_transpile_each_circuit_once():
    manager, circuits = generate_preset_pass_manager(0, backend=LINE, seed_transpiler=1), []
    device = SimpleNamespace(run=lambda circuit: circuits.append(circuit) or manager.run(circuit))
    rows = np.random.default_rng(1).normal(size=(4, 2))
    kernel = FidelityKernel(
        AngleEncoding(), backend=Primitive(StatevectorSampler(), shots=10, target=device, max_rows=3)
    )
    model = QuantumKernelSVC(kernel).fit(rows, [0, 1, 0, 1])
    model.predict(rows), model.decision_function(rows)
    assert len(circuits) == 1


def test_a_device_smaller_than_the_circuit_is_refused():
    small = GenericBackendV2(2, seed=1)
    for device in (small, small.target):
        backend = Primitive(seeded_sampler, target=device)
        with pytest.raises(ValueError, match=r"2 qubits, but it has 3"):
            backend.compile(wide_model(), all_z(3))
        with pytest.raises(ValueError, match=r"2 qubits, but it has 3"):
            backend.compile_overlaps(wide_model())


def test_a_noisy_device_through_its_own_primitives():
    device = GenericBackendV2(3, seed=2, noise_info=True)
    backend = Primitive(BackendSamplerV2(backend=device, options={}), shots=4000, target=device)
    values = backend.compile(wide_model(), all_z(3))(X)
    assert np.abs(values - Exact().compile(wide_model(), all_z(3))(X)).max() < 0.15 + 5.5 / np.sqrt(4000)


def test_mitigation_around_a_device():
    """Noise of some percent; six standard errors of shots, as ZNE itself reports them."""
    device = GenericBackendV2(3, seed=2, noise_info=True)
    backend = ZNE(Primitive(BackendSamplerV2(backend=device), shots=2000, target=device), scales=(1, 3))
    values, errors = backend.compile(wide_model(), all_z(3)).estimate(X)
    assert np.abs(values - Exact().compile(wide_model(), all_z(3))(X)).max() < 0.05 + 6 * errors.max()
