"""Circuits that primitives are given for a device."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import BackendSamplerV2, StatevectorEstimator, StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import generate_preset_pass_manager

from skqml import Exact, Primitive, all_z, one_qubit_paulis
from skqml.mitigation import ZNE

X = np.random.default_rng(0).normal(size=(6, 2))


def seeded_sampler(seed):
    return StatevectorSampler(seed=np.random.default_rng(seed))


EDGES = [[a, b] for a in range(5) for b in range(5) if abs(a - b) == 1]
LINE = GenericBackendV2(5, seed=1, coupling_map=EDGES, noise_info=False)


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
