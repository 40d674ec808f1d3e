"""Noise that a model cannot give: told once, or refused, on every backend that runs under the model."""

import warnings

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import CXGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error

from skqml import Aer, Noisy, Shots, one_qubit_paulis
from skqml.mitigation import ZNE, DynamicalDecoupling, PauliTwirling, ReadoutMitigation, WeightedShots

BOTH_WAYS = [pair for k in range(4) for pair in ([k, k + 1], [k + 1, k])]
DEVICE = GenericBackendV2(5, coupling_map=BOTH_WAYS, seed=1, noise_info=True)
MODEL = NoiseModel.from_backend(DEVICE)
BACKENDS = {
    "Noisy": lambda model: Noisy(model),
    "Noisy, shots": lambda model: Noisy(model, shots=10, random_state=0),
    "Shots(Noisy)": lambda model: Shots(10, 0, Noisy(model)),
    "Aer": lambda model: Aer(noise_model=model),
    "Aer, shots": lambda model: Aer(AerSimulator(noise_model=model), shots=10, random_state=0),
    "ZNE(Noisy)": lambda model: ZNE(Noisy(model)),
    "ZNE(Aer)": lambda model: ZNE(Aer(noise_model=model)),
    "PauliTwirling(Noisy)": lambda model: PauliTwirling(Noisy(model), n_twirls=3, random_state=0),
    "ReadoutMitigation(Noisy)": lambda model: ReadoutMitigation(Noisy(model), method="least_squares"),
    "WeightedShots(Noisy)": lambda model: WeightedShots(Noisy(model, shots=10, random_state=0)),
    "DynamicalDecoupling(Noisy)": lambda model: DynamicalDecoupling(Noisy(model)),
}
every = pytest.mark.parametrize("make", BACKENDS.values(), ids=BACKENDS)


def pairs(*places, n=5):
    circuit = QuantumCircuit(n)
    circuit.ry(ParameterVector("x", 1)[0], 0)
    for place in places:
        circuit.cx(*place)
    return circuit


def told(backend, circuit):
    """Messages of one compilation of values, and of one of fidelities."""
    messages, observables = [], one_qubit_paulis(circuit.num_qubits)[:3]
    for run in (lambda: backend.compile(circuit, observables), lambda: backend.compile_overlaps(circuit)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        messages.append([str(w.message) for w in caught if w.category is UserWarning])
    return messages


@every
def test_pairs_that_are_not_coupled_are_told_once(make):
    for messages in told(make(MODEL), pairs((0, 4), (1, 2), (1, 3), (0, 4))):
        assert len(messages) == 1
        assert "errors of 'cx' on certain qubits, but none on [(0, 4), (1, 3)]" in messages[0]
        assert "Aer(device)" in messages[0] and "target=device" in messages[0]


@every
def test_pairs_that_are_coupled_are_no_news(make):
    assert told(make(MODEL), pairs((0, 1), (3, 2))) == [[], []]


@pytest.mark.parametrize("device", [DEVICE, AerSimulator.from_backend(DEVICE)], ids=["device", "simulator"])
def test_a_device_routes(device):
    assert told(Aer(device), pairs((0, 4))) == [[], []]


@every
def test_more_qubits_than_the_device_has_are_refused(make):
    for model in (MODEL, NoiseModel.from_backend(DEVICE, thermal_relaxation=False)):
        for run in (lambda b: b.compile(pairs(n=6), one_qubit_paulis(6)), lambda b: b.compile_overlaps(pairs(n=6))):
            with pytest.raises(ValueError, match="of 5 qubits, but it has 6"):
                run(make(model))


def hand_made(kind):
    """Models of no device: one bad qubit, one bad pair besides the others, errors everywhere."""
    model = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    if kind == "one qubit":
        model.add_quantum_error(amplitude_damping_error(0.2), "ry", [1])
    else:
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    if kind == "one pair besides":
        model.add_quantum_error(depolarizing_error(0.2, 2), "cx", [0, 1], warnings=False)
    if kind == "readout":
        model.add_readout_error(ReadoutError([[0.9, 0.1], [0.1, 0.9]]), [0])
    return model


@pytest.mark.parametrize("kind", ["one qubit", "everywhere", "one pair besides", "readout"])
@pytest.mark.parametrize("make", [Noisy, lambda model: Aer(noise_model=model)], ids=["Noisy", "Aer"])
def test_models_of_no_device_run_any_circuit_and_say_nothing(make, kind):
    assert told(make(hand_made(kind)), pairs((0, 1), (3, 0), n=4)) == [[], []]


def test_noise_on_a_label_is_told_by_the_label():
    model = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    model.add_quantum_error(depolarizing_error(0.2, 2), CXGate(label="slow"), [0, 1])
    circuit = pairs((0, 1), n=3)
    circuit.append(CXGate(label="slow"), [1, 2])
    for messages in told(Noisy(model), circuit):
        assert len(messages) == 1 and "errors of 'slow'" in messages[0] and "[(1, 2)]" in messages[0]
