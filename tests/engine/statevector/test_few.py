"""Few rows, whose matrices are written out, give what the general sweeps give, forward and backward."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
    few = sweeps.few(drawn.X)
    linear = sweeps.tables.tapes.rows.is_linear and sweeps.tables.tapes.shared.is_linear
    assert linear or few is None
    if few is None:
        return
    run = sweeps.groups.run(drawn.X, drawn.w)
    values, few_run = few.forward(drawn.X, drawn.w)
    np.testing.assert_allclose(values, sweeps.groups.means(run.states, len(drawn.X)), atol=1e-12)
    g = np.random.default_rng(0).normal(size=values.shape)
    for found, expected in zip(
        few.pullback(few_run, g), sweeps.groups.pullback(run, sweeps.groups.pullback_means(run.states, g)), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-11)


def test_rows_that_may_overflow_are_left_to_the_general_sweeps():
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    qc = QuantumCircuit(1)
    qc.ry(ParameterVector("x", 1)[0], 0)
    tables, _ = tabulate(lower(qc), [(0, 1)])
    sweeps = Sweeps(tables, 1, 2**30, np.dtype(float), np.array([[0, 1, 0]]))
    assert sweeps.few(np.ones((3, 1))) is not None
    for X in (np.full((3, 1), np.nan), np.full((3, 1), 1e200), np.ones((6000, 1))):
        assert sweeps.few(X) is None
