"""What holds for every cell: sequences are single steps, rows are apart, gradients are those of differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp

from skqml.circuits import all_z, all_zz, one_qubit_paulis, parity
from skqml.models.recurrent import Step
from tests.models.recurrent.cells.cells import cell_classes, compiled, has_gradients, small, start
from tests.models.recurrent.cells.test_circuit_cells import Drawn

CELLS = cell_classes()
TRAINED = [c for c in [*CELLS, Drawn] if has_gradients(small(c))]


def test_the_cells_are_found():
    """Without them every other test here would pass on nothing."""
    assert {c.__name__ for c in CELLS} >= {"QRNNCell", "QLSTMCell", "QGRUCell", "MemoryCell", "TanhCell"}


@pytest.mark.parametrize("cls", CELLS)
@given(st.data())
@settings(deadline=None, max_examples=8, derandomize=True)
def test_a_sequence_is_the_loop_of_steps(cls, data):
    n_qubits = data.draw(st.integers(2, 5))
    cell = small(
        cls,
        n_qubits=n_qubits,
        n_inputs=data.draw(st.integers(1, n_qubits - 1)),
        n_layers=data.draw(st.integers(1, 2)),
        observables=data.draw(
            st.sampled_from([all_z, all_zz, one_qubit_paulis, parity, lambda n: [parity(n), all_z(n)[0]]])
        ),
        hidden_scale=data.draw(st.sampled_from([0.5, 1.3])),
        leak=data.draw(st.sampled_from([0.4, 1.0])),
    )
    n_channels = data.draw(st.integers(1, 4))
    step, W = compiled(cell, n_channels)
    X = np.random.default_rng(n_qubits).normal(size=(3, 4, n_channels))
    for quick, slow in zip(step.run(X, W, start(cell, 3, 2)), Step.run(step, X, W, start(cell, 3, 2)), strict=True):
        np.testing.assert_allclose(quick, slow, atol=1e-10)


@pytest.mark.parametrize("cls", CELLS)
def test_rows_do_not_see_each_other(cls):
    cell = small(cls)
    step, W = compiled(cell, n_reservoirs=3)
    X = np.random.default_rng(0).normal(size=(5, 6, 1))
    out = step.run(X, W, start(cell, 5, 3))[1]
    alone = step.run(X[2:3], W[1:2], start(cell, 1, 1))[1]
    np.testing.assert_allclose(alone[0, :, 0], out[2, :, 1], atol=1e-12)


@pytest.mark.parametrize("cls", TRAINED)
@pytest.mark.parametrize("observables", [None, [SparsePauliOp(["IIX", "ZZI"], [0.5, 2.0])] * 2], ids=["Z, ZZ", "sums"])
def test_pullback_is_the_derivative(cls, observables):
    cell = small(cls, hidden_scale=0.8, leak=0.6, observables=observables)
    step, W = compiled(cell, 2)
    rng = np.random.default_rng(3)
    arguments = [0.3 * rng.normal(size=(2, cell.init_state(1).shape[1])), rng.normal(size=(2, 2)), W]
    state, out, pullback = step.forward(*arguments)
    cotangents = rng.normal(size=state.shape), rng.normal(size=out.shape)
    derivatives = pullback(*cotangents)
    for number, (argument, derivative) in enumerate(zip(arguments, derivatives, strict=True)):
        direction = rng.normal(size=argument.shape)

        def moved(width, number=number, direction=direction):
            shifted = [a + width * direction if k == number else a for k, a in enumerate(arguments)]
            return sum(np.sum(g * v) for g, v in zip(cotangents, step(*shifted), strict=True))

        assert (moved(1e-5) - moved(-1e-5)) / 2e-5 == pytest.approx(np.sum(derivative * direction), abs=1e-8)
    again = pullback(*cotangents)
    np.testing.assert_array_equal(again[2], derivatives[2])


@pytest.mark.parametrize("cls", [c for c in CELLS if c not in TRAINED])
def test_what_has_no_gradients_says_so(cls):
    cell = small(cls)
    step, W = compiled(cell)
    with pytest.raises(TypeError, match="train_cell"):
        step.forward(cell.init_state(2), np.zeros((2, 1)), W)
