"""Few rows, whose matrices are written out, give what the general sweeps give, forward and backward."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Pauli, Statevector

import skqml.engine.statevector.few as few_module
from skqml import Exact, all_z
from skqml.engine.reading.lower import lower
from skqml.engine.statevector.sweeps import Sweeps
from skqml.engine.statevector.tables import tabulate
from tests.engine.strategies import drawn_circuits


@st.composite
def with_strings(draw):
    drawn = draw(drawn_circuits(max_qubits=4, n_rows=11))
    masks = st.integers(0, 2**drawn.circuit.num_qubits - 1)
    return drawn, draw(st.lists(st.tuples(masks, masks), min_size=1, max_size=10, unique=True))


def sweeps_of(drawn, paulis):
    tables, strings = tabulate(lower(drawn.circuit), sorted(paulis))
    found = sorted([(x, z, (x & z).bit_count()) for x, z, _ in strings], key=lambda s: s[0] != 0)
    return Sweeps(tables, 1, 2**30, np.dtype(float), np.array(found, dtype=np.int64))


@settings(max_examples=60)
@given(with_strings())
def test_few_rows_are_as_others(case):
    drawn, paulis = case
    sweeps = sweeps_of(drawn, paulis)
    few = sweeps.few(len(drawn.X))
    linear = sweeps.tables.tapes.rows.is_linear and sweeps.tables.tapes.shared.is_linear
    assert linear or few is None
    if few is None:
        return
    run = sweeps.groups.run(drawn.X, drawn.w)
    values, few_run = few.forward(drawn.X, drawn.w)  # angles of circuits as drawn are small
    np.testing.assert_allclose(values, sweeps.groups.means(run.states, len(drawn.X)), atol=1e-12)
    g = np.random.default_rng(0).normal(size=values.shape)
    for found, expected in zip(
        few.pullback(few_run, g), sweeps.groups.pullback(run, sweeps.groups.pullback_means(run.states, g)), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-11)


@settings(max_examples=30)
@given(with_strings())
def test_nothing_is_written_beside_the_arrays_for_it(case):
    drawn, paulis = case
    few, guards = sweeps_of(drawn, paulis).few(len(drawn.X)), []

    def guarded(shape):
        room = np.full(np.prod(shape, dtype=int) + 64, 7.25)
        guards.extend((room[:32], room[-32:]))
        return room[32:-32].reshape(shape)

    if few is not None:
        with mock.patch.object(few_module.np, "empty", guarded):
            values, run = few.forward(drawn.X, drawn.w)
            few.pullback(run, np.ones(values.shape))
    assert np.all(np.array(guards) == 7.25)


LARGE = {
    "features": ([[1e7]], [0.3]),
    "weights": ([[0.3]], [1e7]),
    "no number": ([[np.nan]], [0.3]),
    "overflow of features": ([[1.7e308]], [0.3]),
    "overflow of weights": ([[0.3]], [1.7e308]),
    "in one row of many": ([[0.1]] * 20 + [[-1e7]], [0.3]),
}


@pytest.mark.parametrize(("X", "w"), LARGE.values(), ids=LARGE)
def test_angles_that_are_not_small_are_left_to_the_general_sweeps(X, w):
    qc = QuantumCircuit(1)
    qc.ry(4 * ParameterVector("x", 1)[0], 0)
    qc.rz(4 * ParameterVector("w", 1)[0], 0)
    qc.rx(0.7, 0)
    tables, _ = tabulate(lower(qc), [(0, 1)])
    few = Sweeps(tables, 1, 2**30, np.dtype(float), np.array([[0, 1, 0]])).few(len(X))
    assert few.forward(np.full((3, 1), 0.2), np.array([0.4])) is not None
    assert few.forward(np.array(X), np.array(w)) is None
    program = Exact().compile(qc, all_z(1))
    if all(np.abs(v).max() < 1e10 for v in (X, w)):
        expected = [Statevector(qc.assign_parameters([w[0], x[0]])).expectation_value(Pauli("Z")).real for x in X]
        np.testing.assert_allclose(program(np.array(X), w)[:, 0], expected, atol=1e-9)
    else:
        with pytest.raises(ValueError, match="Expected finite gate angles"):
            program(np.array(X), w)
