"""Numbers of one noisy state in lanes, tile by tile: the same as rows in lanes, and as Aer."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from skqml import Noisy, all_z
from skqml.engine.density.channels import Channels
from skqml.engine.density.entries import Entries
from skqml.engine.density.noisy_circuit import read_circuit
from skqml.engine.density.sweeps import NoisySweeps
from skqml.engine.density.tables import tabulate
from skqml.engine.density.wide import choice
from skqml.engine.density.wide import sweeps as wide
from tests.backends.noisy.oracle import expectations, noise_models
from tests.engine.strategies import drawn_circuits


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few qubits are enough, and a tile is a chunk of work."""
    monkeypatch.setattr(choice, "FEWEST_QUBITS", 4)
    monkeypatch.setattr(choice, "_OVERHEAD", 0)
    monkeypatch.setattr(wide, "_CHUNK_COST", 1)


def found_by(sweeps, X, w, values):
    """All that sweeps can find."""
    indices = np.arange(len(values)) * 5 % sweeps.size
    dX, dw = np.cos(X + 1), np.sin(w + 1)
    first = Entries(np.cos(np.arange(sweeps.size)))
    return [
        sweeps.entries(X, w, indices),
        sweeps.states(X, w),
        sweeps.states(X, w, values),
        *sweeps.tangents(X, w, dX, dw),
        *sweeps.tangents(X, w, dX, dw, values),
        *sweeps.pullback(X, w, Entries(np.sin(np.arange(len(X) * sweeps.size)).reshape(len(X), -1))),
        *sweeps.pullback(X, w, Entries(np.cos(np.arange(3 * len(X)).reshape(-1, 3)), np.arange(3)), first),
    ]


@pytest.mark.filterwarnings("ignore:The noise model has errors of")
@settings(max_examples=20)
@given(st.data(), st.integers(1, 3))
def test_numbers_of_a_state_in_lanes_give_those_of_rows_in_lanes(data, threads):
    drawn = data.draw(drawn_circuits(n_rows=3, max_gates=8, min_qubits=4, max_qubits=5))
    n = drawn.circuit.num_qubits
    model = data.draw(st.none() | noise_models(n))
    tables = tabulate(read_circuit(drawn.circuit, None if model is None else Channels(model)))
    assume(choice.can_be_wide(tables))
    values = np.sin(np.arange(4**n))
    few, rows = wide.WideNoisySweeps(tables, threads, 2**30), NoisySweeps(tables, 1, 2**30)
    for a, b in zip(*(found_by(s, drawn.X, drawn.w, values) for s in (few, rows)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12 * (1 + np.abs(b).max(initial=0)))


def mixed_circuit(n_qubits, n_layers=2):
    """Data, weights and fixed gates, turns of two and three qubits among them."""
    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 6 * n_layers * n_qubits))
    circuit = QuantumCircuit(n_qubits)
    for _ in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(x[q] + next(w), q)
            circuit.rz(x[q] * next(w), q)
        for q in range(n_qubits):
            circuit.cx(q, (q + 2) % n_qubits)
        circuit.rzz(next(w) * x[0], 0, n_qubits - 1)
        circuit.rx(next(w), 1)
    return circuit


def model():
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "rzz", "cx"])
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.03), ["rx", "ry"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx", "rzz"])
    return noise


def data(circuit, n_rows):
    rng = np.random.default_rng(1)
    n_data = sum(p.name.startswith("x") for p in circuit.parameters)
    return rng.normal(size=(n_rows, n_data)), rng.normal(size=circuit.num_parameters - n_data)


def test_values_are_those_of_aer_and_derivatives_their_slopes():
    circuit = mixed_circuit(6)
    X, w = data(circuit, 2)
    ops = [SparsePauliOp(label) for label in ("IIIIIZ", "XYIIII", "ZIZIYI", "YYYYYY")]
    program = Noisy(model()).compile(circuit, ops)
    assert program.sweeps.for_rows(2) is program.sweeps.wide
    values, pullback = program.forward(X, w)
    np.testing.assert_allclose(values, expectations(circuit, model(), X, w, ops), atol=1e-12)
    rng = np.random.default_rng(2)
    g, dX, dw = (rng.normal(size=shape) for shape in (values.shape, X.shape, w.shape))
    aX, aw = pullback(g)
    step = 1e-4
    slope = np.sum(g * (program(X + step * dX, w + step * dw) - program(X - step * dX, w - step * dw))) / (2 * step)
    np.testing.assert_allclose(np.sum(aX * dX) + aw @ dw, slope, rtol=1e-5)


@pytest.mark.parametrize("n_rows", [1, 3])
def test_results_depend_neither_on_threads_nor_on_memory(n_rows):
    circuit, found = mixed_circuit(6), []
    X, w = data(circuit, n_rows)
    plenty = 2**32
    for threads, max_memory in ((1, plenty), (2, plenty), (2, 9 * 8 * 4**6)):
        noisy = Noisy(model(), threads=threads, max_memory=max_memory)
        values, pullback = noisy.compile(circuit, all_z(6)).forward(X, w)
        found.append([values, *pullback(np.ones_like(values))])
    for same in zip(*found, strict=True):
        assert all(np.array_equal(same[0], other) for other in same[1:])


def test_one_row_fits_where_eight_do_not():
    circuit = mixed_circuit(6, n_layers=5)
    X, w = data(circuit, 8)
    few = Noisy(model(), max_memory=6 * 8 * 4**6).compile(circuit, all_z(6))
    np.testing.assert_allclose(few(X, w), Noisy(model()).compile(circuit, all_z(6))(X, w), atol=1e-12)
    with pytest.raises(ValueError, match=r"gradient fits in max_memory=196608 bytes.*need \d+ bytes"):
        few.pullback(X, w, np.ones((8, 6)))


def test_a_gate_larger_than_a_tile_keeps_rows_in_lanes():
    circuit = QuantumCircuit(4)
    circuit.ccx(0, 1, 3)
    noise = NoiseModel(basis_gates=["u", "cx", "ccx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 3), "ccx")
    assert not choice.can_be_wide(tabulate(read_circuit(circuit, Channels(noise))))


@pytest.mark.parametrize(("n_qubits", "n_rows", "wide"), [(6, 1, True), (6, 8, False), (8, 1, True), (5, 1, False)])
def test_the_cheaper_of_both_is_chosen(n_qubits, n_rows, wide, monkeypatch):
    monkeypatch.undo()
    program = Noisy(model()).compile(mixed_circuit(n_qubits), all_z(n_qubits))
    assert (program.sweeps.for_rows(n_rows) is not program.sweeps) == wide
