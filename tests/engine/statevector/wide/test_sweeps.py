"""Amplitudes in lanes, tile by tile: the same numbers as rows in lanes, and as Qiskit."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import Exact, ZZEncoding, all_z
from skqml.engine.reading.lower import lower
from skqml.engine.statevector.group_sweeps import GroupSweeps
from skqml.engine.statevector.tables import tabulate
from skqml.engine.statevector.wide import choice
from skqml.engine.statevector.wide import sweeps as wide
from skqml.engine.statevector.wide.compiled import tiles
from tests.engine.strategies import bind, drawn_circuits

DOUBLE = np.dtype(float)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few qubits are enough, and a tile is a chunk of work."""
    monkeypatch.setattr(choice, "FEWEST_QUBITS", 4)
    monkeypatch.setattr(choice, "_OVERHEAD", 0)
    monkeypatch.setattr(wide, "_CHUNK_COST", 1)


def strings_of(n_qubits, numbers):
    """Measured strings from numbers, those without X and Y first."""
    masks = sorted({(k % 4**n_qubits >> n_qubits, k % 2**n_qubits) for k in numbers} - {(0, 0)})
    return np.array([(x, z, (x & z).bit_count()) for x, z in masks], dtype=np.int64).reshape(-1, 3)


def spread(drawn):
    """The tables of a circuit behind rotations of all qubits."""
    circuit = QuantumCircuit(drawn.circuit.num_qubits)
    for q in range(circuit.num_qubits):
        circuit.ry(0.4 + q, q)
        circuit.rx(0.3 - q, q)
    tables, _ = tabulate(lower(circuit.compose(drawn.circuit), prepared=True), None)
    assume(choice.can_be_wide(tables))
    return tables


def slopes(S, D):
    """Derivatives of the fidelities of states, and of each with itself in second order: no phase changes these."""
    S, D = (A[:, 0] + (1j * A[:, 1] if A.shape[1] == 2 else 0) for A in (S, D))
    products, moves = S @ S.conj().T, D @ S.conj().T
    own = np.einsum("ni,ni->n", D, D.conj()).real - np.abs(np.diag(moves)) ** 2
    return [2 * np.real(products.conj() * (moves + moves.conj().T)), own]


@settings(max_examples=50)
@given(
    drawn_circuits(n_rows=3, max_gates=12, min_qubits=4), st.lists(st.integers(0, 4**8), min_size=1), st.integers(1, 4)
)
def test_amplitudes_in_lanes_give_the_numbers_of_rows_in_lanes(drawn, numbers, n_inside):
    tables = spread(drawn)
    strings = strings_of(tables.n_qubits, numbers)
    assume(len(strings))
    found = []
    for sweeps in (
        GroupSweeps(tables, 1, 2**30, DOUBLE, strings),
        wide.WideSweeps(tables, 2, 2**30, DOUBLE, strings, n_inside),
    ):
        run = sweeps.run(drawn.X, drawn.w)
        means = sweeps.means(run.states, len(drawn.X))
        g = np.cos(np.arange(means.size)).reshape(means.shape)
        S, D = sweeps.tangents(drawn.X, drawn.w, np.cos(drawn.X + 1), np.sin(drawn.w + 1))
        assert S.shape == D.shape == (3, tables.parts, 2**tables.n_qubits)
        found.append([means, *sweeps.pullback(run, sweeps.pullback_means(run.states, g)), sweeps.means(run.states, 3)])
        found[-1] += slopes(S, D)
    for rows, amplitudes in zip(*found, strict=True):
        np.testing.assert_allclose(amplitudes, rows, atol=1e-10 * (1 + np.abs(rows).max(initial=0)))


@settings(max_examples=30)
@given(drawn_circuits(min_qubits=4), st.integers(1, 4))
def test_amplitudes_are_those_of_rows_but_for_a_phase(drawn, n_inside):
    tables = spread(drawn)
    sweeps = wide.WideSweeps(tables, 1, 2**30, DOUBLE, strings_of(4, []), n_inside)
    S = sweeps.amplitudes(drawn.X, drawn.w)
    assert S.shape == (2, tables.parts, 2**tables.n_qubits)
    first = S[:, 0] + (1j * S[:, 1] if tables.parts == 2 else 0)
    states = GroupSweeps(tables, 1, 2**30, DOUBLE).run(drawn.X, drawn.w).states
    second = states.transpose(0, 2, 1).reshape(states.shape[2], -1, tables.parts)[:2] @ [1, 1j][: tables.parts]
    np.testing.assert_allclose(np.abs(np.einsum("ni,ni->n", first, second.conj())), 1.0, atol=1e-12)


def mixed_circuit(n_qubits, n_layers=2):
    """Data, weights and fixed gates; rotations about long strings, in and out of lanes."""
    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 6 * n_layers * n_qubits))
    circuit = QuantumCircuit(n_qubits)
    for _ in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(x[q] + next(w), q)
            circuit.rx(next(w), q)
            circuit.rz(x[q] * next(w), q)
        for q in range(n_qubits):
            circuit.cx(q, (q + 3) % n_qubits)
            circuit.rzz(next(w), q, (q + 1) % n_qubits)
        circuit.ryy(next(w), 0, n_qubits - 1)
        circuit.rxx(next(w), 1, 2)
        circuit.cp(x[0] * x[1], 0, n_qubits - 1)
    return circuit


OBSERVABLES = ["Z", "X", "Y", "XX", "ZY", "YYX", "ZZZ"]


def data(circuit, n_rows):
    rng = np.random.default_rng(1)
    n_data = sum(p.name.startswith("x") for p in circuit.parameters)
    return rng.normal(size=(n_rows, n_data)), rng.normal(size=circuit.num_parameters - n_data)


def observables(n_qubits):
    places = [(k * 3) % (n_qubits - len(label) + 1) for k, label in enumerate(OBSERVABLES)]
    return [
        SparsePauliOp.from_sparse_list([(label, range(at, at + len(label)), 1.0)], n_qubits)
        for label, at in zip(OBSERVABLES, places, strict=True)
    ]


def test_values_are_those_of_qiskit_and_derivatives_their_slopes():
    circuit = mixed_circuit(9)
    (X, w), ops = data(circuit, 2), observables(9)
    program = Exact().compile(circuit, ops)
    values, pullback = program.forward(X, w)
    expected = [[Statevector(bind(circuit, x, w)).expectation_value(op).real for op in ops] for x in X]
    np.testing.assert_allclose(values, expected, atol=1e-12)
    rng = np.random.default_rng(2)
    g, dX, dw = (rng.normal(size=shape) for shape in (values.shape, X.shape, w.shape))
    aX, aw = pullback(g)
    step = 1e-4
    slope = np.sum(g * (program(X + step * dX, w + step * dw) - program(X - step * dX, w - step * dw))) / (2 * step)
    np.testing.assert_allclose(np.sum(aX * dX) + aw @ dw, slope, rtol=1e-5)


def test_results_do_not_depend_on_the_number_of_threads():
    circuit = mixed_circuit(11)
    (X, w), found = data(circuit, 3), []
    for threads in (1, 2):
        values, pullback = Exact(threads=threads).compile(circuit, observables(11)).forward(X, w)
        found.append([values, *pullback(np.ones_like(values))])
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_real_circuit_stays_real():
    circuit = QuantumCircuit(8)
    x = ParameterVector("x", 8)
    for layer in range(3):
        for q in range(8):
            circuit.ry(x[q] + layer, q)
        for q in range(8):
            circuit.cz(q, (q + 1) % 8)
    X = data(circuit, 2)[0]
    program = Exact().compile(circuit, all_z(8))
    assert program.sweeps.tables.parts == 1 and program.sweeps.for_rows(2) is not program.sweeps.groups
    expected = [[Statevector(bind(circuit, x, [])).probabilities([q]) @ [1, -1] for q in range(8)] for x in X]
    np.testing.assert_allclose(program(X), expected, atol=1e-12)


def test_single_precision():
    circuit = mixed_circuit(9)
    X, w = data(circuit, 2)
    programs = [Exact(precision=p).compile(circuit, observables(9)) for p in ("double", "single")]
    double, single = (program.forward(X, w) for program in programs)
    np.testing.assert_allclose(single[0], double[0], atol=1e-5)
    for a, b in zip(single[1](np.ones_like(single[0])), double[1](np.ones_like(double[0])), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_one_row_fits_where_eight_do_not():
    circuit = ZZEncoding(reps=1).build(10)
    X = data(circuit, 3)[0]
    few = Exact(max_memory=2**17).compile(circuit, all_z(10))
    np.testing.assert_allclose(few(X), Exact().compile(circuit, all_z(10))(X), atol=1e-12)
    overlaps = Exact(max_memory=2**17).compile_overlaps(circuit)
    np.testing.assert_allclose(overlaps(X), Exact().compile_overlaps(circuit)(X), atol=1e-12)
    direction = np.cos(X), np.zeros(0)
    plenty = Exact().compile_overlaps(circuit)
    np.testing.assert_allclose(overlaps.tangent(X, None, *direction), plenty.tangent(X, None, *direction), atol=1e-12)


@pytest.mark.parametrize(("n_qubits", "n_rows", "wide"), [(12, 1, True), (12, 8, False), (14, 4, True), (6, 1, False)])
def test_the_cheaper_of_both_is_chosen(n_qubits, n_rows, wide, monkeypatch):
    monkeypatch.undo()
    program = Exact().compile(mixed_circuit(n_qubits), all_z(n_qubits))
    assert (program.sweeps.for_rows(n_rows) is not program.sweeps.groups) == wide


def compare(tables, X, w, error, dtype=DOUBLE, n_inside=7):
    """Values of many strings, and derivatives, with amplitudes in lanes and with rows; return the former's circuit."""
    strings, found = strings_of(tables.n_qubits, range(1, 4**tables.n_qubits, 97)), []
    amplitudes = wide.WideSweeps(tables, 1, 2**30, np.dtype(dtype), strings, n_inside)
    for sweeps in (GroupSweeps(tables, 1, 2**30, DOUBLE, strings), amplitudes):
        run = sweeps.run(X, w)
        means = sweeps.means(run.states, len(X))
        g = np.cos(np.arange(means.size)).reshape(means.shape).astype(means.dtype)
        given = sweeps.pullback(run, sweeps.pullback_means(run.states, g))
        found.append([means, *given, *sweeps.pullback_run(run, g)])
    for expected, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, expected, atol=error * (1 + np.abs(expected).max()))
    return amplitudes._wide.circuit


def signed_rotations(rng, n_qubits):
    """Rotations about YZ..Z: first of every other qubit, with signs of those between, then of these."""
    x, w, circuit = ParameterVector("x", n_qubits), ParameterVector("w", 2 * n_qubits), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.ry(x[q], q)
        circuit.rz(w[q], q)
    for first in (0, 1):
        for q in range(first, n_qubits, 2):
            signs = rng.choice(np.arange(1 - first, n_qubits, 2), rng.integers(4), replace=False).tolist()
            for r in signs:
                circuit.cx(r, q)
            circuit.ry(w[n_qubits + q], q)
            for r in signs:
                circuit.cx(r, q)
    return circuit


def test_three_rotations_in_one_pass_with_signs_of_other_qubits():
    """Inside a tile, in its number, and in lanes."""
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(6):
        tables, _ = tabulate(lower(signed_rotations(rng, 9), prepared=True), None)
        circuit = compare(tables, rng.normal(size=(2, 9)), rng.normal(size=18), 1e-12, n_inside=4)
        kinds |= set(circuit.ops[:, 0].tolist())
    assert {tiles.THREE, tiles.THREE_FLIPS} <= kinds


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-11), (np.float32, 2e-4)], ids=["double", "single"])
@pytest.mark.parametrize("turns", [1, 3, 5])
def test_half_turns_lose_no_digits(turns, dtype, error):
    """Their cosines are rounding alone, by which what is done in one pass is divided."""
    x, w, circuit = ParameterVector("x", 7), ParameterVector("w", 21), QuantumCircuit(7)
    for layer in range(3):
        for q in range(7):
            circuit.ry(x[(q + layer) % 7] + w[7 * layer + q], q)
            circuit.rz(w[20 - 7 * layer - q], q)
        for q in range(7):
            circuit.cz(q, (q + 1) % 7)
    tables, _ = tabulate(lower(circuit, prepared=True), None)
    rng = np.random.default_rng(0)
    X, W = np.pi * rng.choice([turns, -1.0, 0.0, 0.5], (2, 7)), np.pi * rng.choice([turns, 1.0, 0.0, 0.2], 21)
    compare(tables, X, W, error, dtype)
