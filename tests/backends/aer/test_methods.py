"""Aer's methods, devices, options and refusals."""

import os
import pickle
from multiprocessing import get_context

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp, random_clifford
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error, thermal_relaxation_error
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skqml import Exact, FidelityKernel, QuantumKernelSVC, ReuploadingEncoding, all_z, one_qubit_paulis
from skqml.backends.aer import Aer

X = np.random.default_rng(0).normal(size=(4, 2))
NO_ROWS = np.zeros((2, 0))


def model(n_qubits=2):
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(n_qubits)
    circuit.ry(x[0], 0)
    circuit.crx(x[1], 0, n_qubits - 1)
    circuit.cx(0, n_qubits - 1)
    return circuit


def noise_model():
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), "cx")
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["ry"])
    return noise


# Methods and options


@pytest.mark.parametrize("method", ["statevector", "density_matrix", "matrix_product_state"])
@pytest.mark.parametrize("precision", ["single", "double"])
def test_methods_and_precisions_by_argument(method, precision):
    expected = Exact().compile(model(), one_qubit_paulis(2))(X)
    values = Aer(method=method, precision=precision).compile(model(), one_qubit_paulis(2))(X)
    np.testing.assert_allclose(values, expected, atol=1e-10 if precision == "double" else 2e-6)


def test_single_precision_rounds_more_and_takes_half_the_memory():
    values, exact = (b.compile(model(), one_qubit_paulis(2))(X) for b in (Aer(precision="single"), Exact()))
    assert np.abs(values - exact).max() > 1e-12
    circuit = QuantumCircuit(10)
    with pytest.raises(ValueError, match="need 16384 bytes"):
        Aer(max_memory=2**13).compile(circuit, all_z(10))
    assert Aer(precision="single", max_memory=2**13).compile(circuit, all_z(10))


def test_arguments_go_before_the_simulator_s_options_and_leave_it_alone():
    simulator = AerSimulator(method="matrix_product_state", noise_model=noise_model())
    by_argument = Aer(simulator, method="density_matrix")
    np.testing.assert_allclose(
        by_argument.compile(model(), one_qubit_paulis(2))(X),
        Aer(noise_model=noise_model()).compile(model(), one_qubit_paulis(2))(X),
        atol=1e-12,
    )
    assert simulator.options.method == "matrix_product_state"
    assert not by_argument.exact
    assert Aer(AerSimulator(), method="statevector").exact
    assert not Aer(method="density_matrix").exact


def test_a_noise_model_by_argument_is_that_of_the_simulator():
    values = [
        backend.compile(model(), one_qubit_paulis(2))(X)
        for backend in (Aer(noise_model=noise_model()), Aer(AerSimulator(noise_model=noise_model())), Aer())
    ]
    np.testing.assert_array_equal(values[0], values[1])
    assert np.abs(values[0] - values[2]).max() > 0.01


@pytest.mark.parametrize("shots", [None, 2000])
def test_clifford_circuits_as_stabilizers(shots):
    clifford = random_clifford(4, seed=3).to_circuit()
    clifford.rx(np.pi / 2, 0)
    clifford.iswap(1, 2)
    clifford.rzz(-np.pi / 2, 0, 3)
    values = Aer(method="stabilizer", shots=shots, random_state=0).compile(clifford, one_qubit_paulis(4))(NO_ROWS)
    expected = Exact().compile(clifford, one_qubit_paulis(4))(NO_ROWS)
    np.testing.assert_allclose(values, expected, atol=1e-10 if shots is None else 5.5 / np.sqrt(2000))


def test_a_hundred_qubits_as_a_stabilizer():
    circuit = QuantumCircuit(100)
    circuit.h(0)
    for q in range(99):
        circuit.cx(q, q + 1)
    correlation = SparsePauliOp.from_sparse_list([("ZZ", [0, 99], 1.0)], 100)
    assert Aer(method="stabilizer").compile(circuit, [correlation, *all_z(100)[:1]])(NO_ROWS[:1]).tolist() == [[1, 0]]


def test_noisy_stabilizers_scatter_around_density_matrices():
    noise = NoiseModel(basis_gates=["h", "s", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.swap(1, 2)
    ops = [SparsePauliOp("ZIZ"), SparsePauliOp("XIX")]
    exact = Aer(noise_model=noise).compile(circuit, ops)(NO_ROWS)
    sampled = Aer(noise_model=noise, method="stabilizer", shots=4000, random_state=1).compile(circuit, ops)(NO_ROWS)
    assert np.abs(exact - 1).min() > 0.1
    assert np.abs(sampled - exact).max() < 5.5 / np.sqrt(4000)


@pytest.mark.parametrize("shots", [None, 10])
def test_circuits_that_are_no_stabilizers_are_refused_at_once(shots):
    circuit = QuantumCircuit(2)
    circuit.t(1)
    for refused, gate in ((circuit, "t"), (model(), "ry")):
        with pytest.raises(ValueError, match=f"Clifford gates without free angles.*'{gate}' is none"):
            Aer(method="stabilizer", shots=shots).compile(refused, all_z(2))


def test_standard_errors_are_those_of_the_counts():
    program = Aer(shots=500, random_state=0).compile(model(), all_z(2))
    values, errors = program.estimate(X)
    np.testing.assert_allclose(errors, np.sqrt((1 - values**2) / 499), atol=1e-12)
    assert np.array_equal(values, program(X))
    assert not Aer().compile(model(), all_z(2)).estimate(X)[1].any()


# Devices

EDGES = [[a, b] for a in range(7) for b in range(7) if abs(a - b) == 1]
DEVICE = GenericBackendV2(7, seed=1, coupling_map=EDGES, noise_info=True)


@pytest.mark.parametrize("shots", [None, 50])
def test_a_backend_is_simulated_as_its_converted_self(shots):
    given, converted = (
        Aer(s, shots, random_state=0).compile(model(3), one_qubit_paulis(3))(X)
        for s in (DEVICE, AerSimulator.from_backend(DEVICE))
    )
    np.testing.assert_array_equal(given, converted)
    assert np.abs(given - Exact().compile(model(3), one_qubit_paulis(3))(X)).max() > 1e-4


def test_circuits_keep_to_the_gates_and_neighbours_of_a_device():
    native = Aer(DEVICE).prepare(model(4))
    for instruction in native.data:
        places = [native.find_bit(q).index for q in instruction.qubits]
        assert instruction.operation.name in {"rz", "sx", "x", "cx", "id"}
        assert len(places) == 1 or places in EDGES


def test_idle_qubits_of_a_device_are_not_simulated():
    """The density matrix of 20 qubits would take 16 TiB."""
    edges = [[a, b] for a in range(20) for b in range(20) if abs(a - b) == 1]
    device = GenericBackendV2(20, seed=1, coupling_map=edges, noise_info=True)
    values = Aer(device).compile(model(2), all_z(2))(X)
    assert 0 < np.abs(values - Exact().compile(model(2), all_z(2))(X)).max() < 0.2


@pytest.mark.parametrize("shots", [None, 10])
def test_a_device_smaller_than_the_circuit_is_refused(shots):
    for device in (DEVICE, AerSimulator.from_backend(DEVICE)):
        with pytest.raises(ValueError, match=r"of 7 qubits, but it has 8; use fewer"):
            Aer(device, shots).compile(model(8), all_z(8))
        with pytest.raises(ValueError, match=r"of 7 qubits, but it has 8; use fewer"):
            Aer(device, shots).compile_overlaps(model(8))


def test_each_circuit_is_transpiled_once(monkeypatch):
    from skqml.backends.aer import simulation

    written: list = []
    write_in = simulation.write_in
    monkeypatch.setattr(simulation, "write_in", lambda *args: written.append(1) or write_in(*args))
    program = Aer(DEVICE).compile(model(), all_z(2))
    program(X), program(X)
    assert len(written) == 1


# Processes and searches


def _values(program):
    return program(X), os.getpid()


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_other_processes_make_their_own_simulator(start):
    """A forked child must not use the simulator of its parent, which has run before."""
    program = Aer(precision="double").compile(model(), all_z(2))
    expected, own = _values(program)
    with get_context(start).Pool(1) as pool:
        values, other = pool.apply_async(_values, (program,)).get(timeout=60)
    assert other != own
    np.testing.assert_array_equal(values, expected)


def test_pickles_hold_no_simulator_that_was_not_given():
    program = Aer(shots=10).compile(model(), all_z(2))
    program(X)
    assert b"AerSimulator" not in pickle.dumps(program)


def test_a_search_over_shots_in_two_processes():
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(12, 2)), np.repeat([0, 1], 6)
    backend = Aer(AerSimulator(noise_model=noise_model()), random_state=0)
    model = QuantumKernelSVC(FidelityKernel(ReuploadingEncoding(2, 1), backend=backend))
    grid = {"kernel__backend__shots": [20, 40]}
    found = [GridSearchCV(model, grid, cv=2, n_jobs=n).fit(rows, labels).cv_results_ for n in (None, 2)]
    assert np.array_equal(found[0]["mean_test_score"], found[1]["mean_test_score"])
    assert backend.shots is None
    assert clone(backend).simulator is not backend.simulator


# Bad input


def test_a_simulator_that_is_set_anew_behind_a_compiled_circuit_is_noticed():
    simulator = AerSimulator()
    kernel = FidelityKernel(ReuploadingEncoding(2, 1), backend=Aer(simulator))
    before = kernel(X)
    simulator.set_options(noise_model=noise_model())
    with pytest.raises(ValueError, match=r"has been set anew since.*set_params\(simulator="):
        kernel(X[::-1])
    noisy = kernel.set_params(backend__simulator=AerSimulator(noise_model=noise_model()))(X)
    assert np.abs(noisy - before).max() > 0.01


def test_a_gpu_that_is_not_there_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr(AerSimulator, "available_devices", lambda self: ("CPU",))
    monkeypatch.setattr(AerSimulator, "run", None)
    for backend in (Aer(device="cuda"), Aer(AerSimulator(device="GPU"), shots=10)):
        with pytest.raises(ValueError, match=r"finds only \['CPU'\].*install qiskit-aer-gpu instead of qiskit-aer"):
            backend.compile(model(), all_z(2))
        with pytest.raises(ValueError, match="install qiskit-aer-gpu"):
            backend.compile_overlaps(model())


def test_a_gpu_that_is_there_is_asked_for(monkeypatch):
    asked: list = []
    run = AerSimulator.run

    def spy(self, *args, device, **options):
        asked.append(device)
        return run(self, *args, **options)

    monkeypatch.setattr(AerSimulator, "available_devices", lambda self: ("CPU", "GPU"))
    monkeypatch.setattr(AerSimulator, "run", spy)
    values = Aer(device="cuda").compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, Exact().compile(model(), all_z(2))(X), atol=1e-10)
    assert asked == ["GPU"]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"simulator": "aer"}, "simulator must be"),
        ({"device": "TPU"}, "device must be"),
        ({"precision": "half"}, "precision must be"),
        ({"method": "fast"}, "method must be"),
        ({"noise_model": 0.1}, "noise_model must be"),
        ({"shots": 0}, "shots must be an integer"),
        ({"shots": 10, "random_state": -1}, "random_state must be"),
        ({"method": "extended_stabilizer"}, "exact values, got 'extended_stabilizer'"),
        ({"method": "matrix_product_state", "noise_model": noise_model()}, "exact values with noise"),
    ],
)
def test_parameters_are_checked_at_use(parameters, words):
    backend = Aer(**parameters)
    assert isinstance(backend.exact, bool)  # asked by tags, before anything is checked
    with pytest.raises((TypeError, ValueError), match=words):
        backend.compile(model(), all_z(2))


def test_a_noise_model_that_names_unknown_gates_is_refused():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(thermal_relaxation_error(50, 70, 1), ["sx", "warp"])
    with pytest.raises(ValueError, match=r"\['warp'\] are not.*never act"):
        Aer(noise_model=noise).compile(model(), all_z(2))
