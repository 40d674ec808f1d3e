"""Folds: the same unitary, the noise that was asked for, nothing undone on the way to the simulator."""

from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import RZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from skqml import Exact, Noisy, Shots, all_z
from skqml.backends.aer import Aer
from skqml.engine.reading.lower import split_parameters
from skqml.mitigation import (
    ZNE,
    fold_gates,
    fold_global,
    fold_layers,
    fold_random,
    fold_two_qubit_gates,
    insert_identities,
)
from tests.engine.strategies import bind, drawn_circuits
from tests.mitigation.noisy import NO_DATA, aer, depolarizing, model

SEEDED = partial(fold_random, random_state=0)
LOCAL = [fold_gates, SEEDED, fold_layers]
FOLDS = [fold_global, *LOCAL, fold_two_qubit_gates, insert_identities]
every = pytest.mark.parametrize("fold", FOLDS, ids=lambda f: getattr(f, "__name__", "fold_random"))
NOISY = aer(depolarizing())
DEVICE = aer(depolarizing(gates=("rz", "sx")))


def counts(circuit):
    return Counter(circuit.count_ops())


@settings(max_examples=30)
@given(
    drawn_circuits(max_qubits=3, max_gates=4, n_rows=1),
    st.sampled_from(FOLDS),
    st.sampled_from([1, 1.4, 2, 3, 4.5]),
    st.sampled_from([Exact(), NOISY, DEVICE, Noisy(depolarizing())]),
)
def test_a_folded_circuit_is_the_same_unitary_with_the_same_parameters(drawn, fold, scale, backend):
    folded, same = fold(drawn.circuit, backend, scale)
    assert same is backend
    assert split_parameters(folded) == split_parameters(drawn.circuit)
    plain = drawn.circuit.decompose(gates_to_decompose=["PauliEvolution"])
    before, after = (Operator(bind(c, drawn.X[0], drawn.w)) for c in (plain, folded))
    assert after.equiv(before, atol=1e-7)


@every
@pytest.mark.parametrize("scale", [1, 1.3, 2, 3, 3.7, 5])
def test_the_realised_scale_is_as_near_as_a_gate_allows(fold, scale):
    folded, _ = fold(model(), NOISY, scale)
    realised = folded.metadata["noise_scale"]
    foldable = {fold_two_qubit_gates: 4, fold_layers: model().depth(), insert_identities: model().depth()}
    # A layer is one part of the depth, and up to three gates.
    assert abs(realised - scale) <= 3 / foldable.get(fold, model().size())
    if fold is insert_identities:
        assert counts(folded) - counts(model()) == Counter(rx=folded.size() - model().size())
        assert folded.depth() == model().depth() * realised
    elif fold is fold_two_qubit_gates:
        assert counts(folded) == counts(model()) + Counter(cx=round(4 * (realised - 1)))
    else:
        assert folded.size() == round(realised * model().size())


@pytest.mark.parametrize("fold", [fold_global, *LOCAL])
@pytest.mark.parametrize("scale", [1, 3, 5])
def test_odd_scales_multiply_all_gates(fold, scale):
    assert counts(fold(model(), NOISY, scale)[0]) == Counter({k: scale * n for k, n in counts(model()).items()})


def test_a_part_of_the_gates_is_a_part_of_each_kind():
    found, before = counts(fold_gates(model(), NOISY, 2)[0]), counts(model())
    assert all(abs(found[name] - 2 * n) <= 2 for name, n in before.items())
    random = [counts(partial(fold_random, random_state=s)(model(), NOISY, 2)[0]) for s in range(5)]
    assert len({tuple(sorted(c.items())) for c in random}) > 1
    assert random[0] == counts(SEEDED(model(), NOISY, 2)[0])


@pytest.mark.parametrize("fold", [fold_global, *LOCAL])
def test_gates_without_a_named_inverse_get_one_of_as_many_noisy_gates(fold):
    """The model has SX, whose noise is to be tripled, and no SXDG."""
    before = counts(fold(model(), DEVICE, 1)[0])
    folded = fold(model(), DEVICE, 3)[0]
    assert before["sx"] > 0
    assert set(folded.count_ops()) == {"rz", "sx", "cx"}
    assert (counts(folded)["sx"], counts(folded)["cx"]) == (3 * before["sx"], 3 * before["cx"])


def test_noise_on_a_label_stays_on_it():
    circuit = QuantumCircuit(1)
    circuit.append(RZGate(0.3, label="slow"), [0])
    assert [i.operation.label for i in fold_global(circuit, Exact(), 3)[0].data] == ["slow"] * 3


@pytest.mark.parametrize("fold", FOLDS[:-2])
@pytest.mark.parametrize("scale", [1, 1.4, 2, 3, 4.2])
@pytest.mark.parametrize("angle", [0.1, ParameterVector("x", 1)[0]], ids=["fixed", "free"])
def test_the_simulator_runs_every_folded_gate(fold, scale, angle):
    """Ten rotations about one axis: a transpiler that simplifies would leave one."""
    circuit = QuantumCircuit(1)
    for _ in range(10):
        circuit.rx(angle, 0)
    folded, backend = fold(circuit, aer(depolarizing(p=0.01)), scale)
    rows = np.full((1, len(circuit.parameters)), 0.1)
    value = backend.compile(folded, all_z(1))(rows)[0, 0]
    n_gates = round(10 * folded.metadata["noise_scale"])
    np.testing.assert_allclose(value, 0.99**n_gates * np.cos(1.0), atol=1e-12)


def test_inserted_identities_are_run():
    circuit = QuantumCircuit(1)
    circuit.rx(0.3, 0)
    circuit.rx(0.3, 0)
    folded, backend = insert_identities(circuit, aer(depolarizing(p=0.01)), 3)
    value = backend.compile(folded, all_z(1))(NO_DATA)[0, 0]
    np.testing.assert_allclose(value, 0.99 ** (2 + 4) * np.cos(0.6), atol=1e-12)


@every
def test_final_measurements_are_left_out_and_nothing_is_folded_as_nothing(fold):
    circuit = QuantumCircuit(2)
    folded, _ = fold(circuit, NOISY, 2)
    assert (folded.size(), folded.metadata["noise_scale"]) == (0, 2)
    measured = model()
    measured.measure_all()
    assert "measure" not in fold(measured, NOISY, 3)[0].count_ops()


def test_parameters_of_a_global_phase_keep_their_place():
    x, w = ParameterVector("x", 2), ParameterVector("w", 2)
    circuit = QuantumCircuit(1, global_phase=w[0] + x[0])
    circuit.ry(w[1], 0)
    folded, _ = fold_global(circuit, Exact(), 3)
    assert split_parameters(folded) == split_parameters(circuit)
    rows, weights = np.zeros((1, 2)), np.array([0.3, 0.8])
    np.testing.assert_allclose(Exact().compile(folded, all_z(1))(rows, weights), np.cos(0.8), atol=1e-12)


@every
@pytest.mark.parametrize("scale", [0.9, 0, -1, np.nan, np.inf, "two", "3", True, None])
def test_scales_below_one_are_refused(fold, scale):
    with pytest.raises(ValueError, match="at least 1"):
        fold(model(), NOISY, scale)


def test_what_cannot_be_folded_is_refused():
    circuit = QuantumCircuit(1)
    circuit.reset(0)
    with pytest.raises(ValueError, match="unitary"):
        fold_global(circuit, NOISY, 3)
    noise = NoiseModel(basis_gates=["x"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "x")
    with pytest.raises(ValueError, match="written in the gates"):
        fold_global(model(), aer(noise), 3)


def test_the_noise_model_is_found_inside_other_backends():
    readout = NoiseModel(basis_gates=["rz", "sx", "cx"])
    readout.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.1, 0.9]]))
    device = GenericBackendV2(3, basis_gates=["rz", "sx", "cx"], noise_info=True, seed=0)
    for backend in (
        DEVICE,
        Shots(10, backend=DEVICE),
        aer(readout, shots=10),
        Noisy(readout),
        Aer(noise_model=readout),
        Aer(device),
        Aer(AerSimulator.from_backend(device)),
    ):
        assert set(fold_global(model(), backend, 3)[0].count_ops()) == {"rz", "sx", "cx"}
    for ideal in (Exact(), Aer(), Aer(AerSimulator()), Noisy()):
        assert set(fold_global(model(), ideal, 3)[0].count_ops()) == {"ry", "rz", "cx"}


def test_controlled_rotations_stay_where_their_noise_acts():
    """On Aer too, which binds no free angles of theirs."""
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "cx", "crx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["crx"])
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.crx(ParameterVector("x", 1)[0], 0, 1)
    for backend in (Noisy(noise), aer(noise)):
        assert fold_global(circuit, backend, 3)[0].count_ops()["crx"] == 3
        raw, same = (b.compile(circuit, all_z(2))(np.ones((1, 1))) for b in (backend, ZNE(backend, (1,))))
        np.testing.assert_allclose(same, raw, atol=1e-12)
