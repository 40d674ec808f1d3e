"""Aer against the exact engine and against Qiskit's density matrices."""

import copy
import pickle

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import DensityMatrix, Kraus
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error
from sklearn.base import clone

from skqml import Exact, Observable, all_z, one_qubit_paulis, projectors
from skqml.backends.aer import Aer
from tests.engine.strategies import drawn_circuits, observables

X = np.random.default_rng(0).normal(size=(5, 2))
W = np.array([0.7, -1.3])


def model():
    x, w = ParameterVector("x", 2), ParameterVector("w", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0] * w[0], 0)
    circuit.cx(0, 1)
    circuit.rx(x[1] + w[1], 1)
    circuit.cx(1, 0)
    return circuit


@settings(max_examples=25)
@given(st.data())
def test_values_are_those_of_the_exact_engine(data):
    drawn = data.draw(drawn_circuits(max_qubits=4, max_gates=5))
    ops = data.draw(observables(drawn.circuit.num_qubits))
    aer, exact = (b.compile(drawn.circuit, ops)(drawn.X, drawn.w) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer, exact, atol=1e-10)


@settings(max_examples=15)
@given(drawn_circuits(max_qubits=4, max_gates=5, n_rows=3))
def test_fidelities_are_those_of_the_exact_engine(drawn):
    aer, exact = (b.compile_overlaps(drawn.circuit) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer(drawn.X, None, drawn.w), exact(drawn.X, None, drawn.w), atol=1e-10)
    np.testing.assert_allclose(aer(drawn.X, drawn.X[:2], drawn.w), exact(drawn.X, drawn.X[:2], drawn.w), atol=1e-10)


def test_controlled_gates_with_free_angles_keep_their_angles():
    """Aer ignores the bound angles of such gates, and says that all went well."""
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(3)
    circuit.h(range(3))
    circuit.crx(x[0], 0, 1)
    circuit.cp(x[1], 1, 2)
    circuit.mcp(x[0], [0, 1], 2)
    circuit.cu(x[0], x[1], 0.3, x[0] * x[1], 0, 2)
    aer, exact = (b.compile(circuit, one_qubit_paulis(3))(X) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer, exact, atol=1e-10)
    assert np.abs(aer - aer[0]).max() > 0.1


def test_a_global_phase_with_parameters_is_no_obstacle():
    circuit = model()
    circuit.global_phase = circuit.parameters[0] * 2
    aer, exact = (b.compile(circuit, all_z(2))(X, W) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer, exact, atol=1e-10)


def test_gradients_and_derivatives_of_fidelities():
    g = np.cos(np.arange(10.0)).reshape(5, 2)
    aer, exact = (b.compile(model(), all_z(2)).pullback(X, W, g) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer[0], exact[0], atol=1e-10)
    np.testing.assert_allclose(aer[1], exact[1], atol=1e-10)
    aer, exact = (b.compile_overlaps(model()) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer.tangent(X, W, X[::-1], W), exact.tangent(X, W, X[::-1], W), atol=1e-10)


def test_more_rows_than_one_job_takes(monkeypatch):
    monkeypatch.setattr("skqml.backends.aer.simulation._MAX_BATCH", 2)
    aer, exact = (b.compile(model(), all_z(2))(X, W) for b in (Aer(), Exact()))
    np.testing.assert_allclose(aer, exact, atol=1e-10)


def test_shots_scatter_around_the_exact_values():
    ops = [*one_qubit_paulis(2), *projectors(2), Observable(("0X", "1Y"), (0.5, -0.5))]
    exact = Exact().compile(model(), ops)(X, W)
    program = Aer(shots=20_000, random_state=0).compile(model(), ops)
    assert 0 < np.abs(program(X, W) - exact).max() < 5.5 / np.sqrt(20_000)
    assert np.array_equal(program(X, W), program(X, W))
    assert not np.array_equal(program(X, W), Aer(shots=20_000, random_state=1).compile(model(), ops)(X, W))
    K = Aer(shots=2000, random_state=0).compile_overlaps(model())(X, None, W)
    np.testing.assert_array_equal(K, K.T)
    assert np.abs(K - Exact().compile_overlaps(model())(X, None, W)).max() < 5.5 * 0.5 / np.sqrt(2000)


@pytest.mark.parametrize("circuit", [model(), QuantumCircuit(1)], ids=["rows", "no parameters"])
def test_equal_rows_get_independent_shots(circuit):
    circuit.h(0)
    rows = np.repeat(X[:1], 300, axis=0) if circuit.parameters else np.zeros((300, 0))
    noise = Aer(shots=100, random_state=3).compile(circuit, all_z(circuit.num_qubits)[:1])(
        rows, W if circuit.parameters else None
    )[:, 0]
    assert noise.std() > 0.03
    assert abs(np.corrcoef(noise[:150], noise[150:])[0, 1]) < 0.15 * 2


def noise_model():
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), "cx")
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["rx", "ry"])
    return noise


def by_density_matrices(noise, x, w):
    """The model with channels put in by hand."""
    rho = DensityMatrix.from_label("00")
    damping, mixing = Kraus(amplitude_damping_error(0.1)), Kraus(depolarizing_error(0.05, 2))
    for draw, qubits, channel in (
        (lambda c: c.ry(x[0] * w[0], 0), [0], damping),
        (lambda c: c.cx(0, 1), [0, 1], mixing),
        (lambda c: c.rx(x[1] + w[1], 1), [1], damping),
        (lambda c: c.cx(1, 0), [1, 0], mixing),
    ):
        gate = QuantumCircuit(2)
        draw(gate)
        rho = rho.evolve(gate).evolve(channel, qubits)
    return rho


@pytest.mark.parametrize("method", ["automatic", "statevector", "density_matrix"])
def test_noise_without_shots_is_that_of_density_matrices(method):
    """The method 'statevector' alone would give one random trajectory."""
    backend = Aer(AerSimulator(noise_model=noise_model(), method=method))
    values = backend.compile(model(), one_qubit_paulis(2))(X, W)
    expected = [
        [by_density_matrices(noise_model(), x, W).expectation_value(o.to_operator()).real for o in one_qubit_paulis(2)]
        for x in X
    ]
    np.testing.assert_allclose(values, expected, atol=1e-10)
    assert not backend.exact


def test_noisy_shots_scatter_around_the_exact_noisy_values():
    simulator = AerSimulator(noise_model=noise_model())
    exact = Aer(simulator).compile(model(), all_z(2))(X, W)
    values = Aer(simulator, shots=20_000, random_state=0).compile(model(), all_z(2))(X, W)
    assert 0 < np.abs(values - exact).max() < 5.5 / np.sqrt(20_000)


def test_gates_that_the_noise_model_does_not_name_are_written_in_those_it_names():
    noise = NoiseModel(basis_gates=["rz", "sx", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(1.0, 1), ["sx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(1.0, 2), ["cx"])
    circuit = QuantumCircuit(2)
    circuit.rxx(ParameterVector("x", 1)[0], 0, 1)
    circuit.ch(0, 1)
    values = Aer(AerSimulator(noise_model=noise)).compile(circuit, all_z(2))(X[:, :1])
    np.testing.assert_allclose(values, 0.0, atol=1e-12)


def test_readout_errors_act_on_counts():
    noise = NoiseModel()
    noise.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    circuit = QuantumCircuit(1)
    values = Aer(AerSimulator(noise_model=noise), shots=100_000, random_state=0).compile(circuit, all_z(1))
    np.testing.assert_allclose(values(np.zeros((1, 0))), 0.8, atol=5.5 / np.sqrt(100_000))


def test_a_device_model_runs_on_its_own_gates_and_neighbours():
    device = GenericBackendV2(5, seed=1, coupling_map=[[0, 1], [1, 2], [2, 3], [3, 4]], noise_info=True)
    circuit = QuantumCircuit(3)
    x = ParameterVector("x", 2)
    circuit.ry(x[0], 0)
    circuit.crx(x[1], 0, 2)
    circuit.x(1)
    exact = Exact().compile(circuit, one_qubit_paulis(3))(X)
    simulator = AerSimulator.from_backend(device)
    noisy = Aer(simulator).compile(circuit, one_qubit_paulis(3))(X)
    assert 1e-6 < np.abs(noisy - exact).max() < 0.1
    counted = Aer(simulator, shots=5000, random_state=0).compile(circuit, one_qubit_paulis(3))(X)
    assert np.abs(counted - noisy).max() < 0.1 + 5.5 / np.sqrt(5000)


@pytest.mark.parametrize("method", ["matrix_product_state", "density_matrix"])
def test_other_methods(method):
    backend = Aer(AerSimulator(method=method))
    np.testing.assert_allclose(
        backend.compile(model(), one_qubit_paulis(2))(X, W),
        Exact().compile(model(), one_qubit_paulis(2))(X, W),
        atol=1e-10,
    )
    K = backend.compile_overlaps(model())(X, None, W)
    np.testing.assert_allclose(K, Exact().compile_overlaps(model())(X, None, W), atol=1e-10)


def test_a_wide_circuit_as_a_matrix_product_state():
    circuit = QuantumCircuit(40)
    circuit.ry(ParameterVector("x", 1)[0], 0)
    for q in range(39):
        circuit.cx(q, q + 1)
    values = Aer(AerSimulator(method="matrix_product_state")).compile(circuit, all_z(40)[-1:])(X[:, :1])
    np.testing.assert_allclose(values[:, 0], np.cos(X[:, 0]), atol=1e-10)


def test_what_a_method_cannot_run_is_an_error_of_ours():
    program = Aer(AerSimulator(method="extended_stabilizer"), shots=10).compile(model(), all_z(2))
    with pytest.raises(RuntimeError, match="Expected"):
        program(X, W)
    with pytest.raises(ValueError, match="density_matrix"):
        Aer(AerSimulator(method="matrix_product_state", noise_model=noise_model())).compile(model(), all_z(2))


def test_copies_of_the_backend_and_of_programs_give_the_same():
    for backend in (Aer(), Aer(AerSimulator(noise_model=noise_model()), shots=100, random_state=0)):
        before = joblib.hash(backend.get_params(deep=False))
        program = backend.compile(model(), all_z(2))
        expected = program(X, W)
        ways = clone, copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))
        copies = [way(backend).compile(model(), all_z(2)) for way in ways]
        for same in [*copies, pickle.loads(pickle.dumps(program))]:
            assert np.array_equal(same(X, W), expected)
        assert joblib.hash(backend.get_params(deep=False)) == before
    assert len(pickle.dumps(Aer().compile(model(), all_z(2)))) < 20_000


def test_workers_use_one_thread_of_aer():
    expected = Aer().compile(model(), all_z(2))(X, W)
    found = joblib.Parallel(n_jobs=2)(joblib.delayed(_run)(Aer()) for _ in range(2))
    for values, threads in found:
        assert np.array_equal(values, expected)
        assert threads == [1]


def _run(backend):
    seen = []
    run = AerSimulator.run

    def spy(self, *args, **options):
        seen.append(options["max_parallel_threads"])
        return run(self, *args, **options)

    AerSimulator.run = spy
    try:
        return backend.compile(model(), all_z(2))(X, W), seen
    finally:
        AerSimulator.run = run


def test_no_rows():
    assert Aer().compile(model(), all_z(2))(X[:0], W).shape == (0, 2)
    assert Aer(shots=5).compile(model(), all_z(2))(X[:0], W).shape == (0, 2)
    assert Aer().compile(model(), [])(X, W).shape == (5, 0)
