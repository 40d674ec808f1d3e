"""Derivatives by rows alone are those of the sweep that gives both, whatever follows the last row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml import Exact, all_z, projectors
from skqml.engine.statevector.row_slopes import RowSlopes
from tests.backends.exact.test_gradients import ByShifts
from tests.engine.strategies import drawn_circuits, observables


def layers(n_qubits, n_layers):
    """Rows in front, then layers of weights."""
    circuit, w = QuantumCircuit(n_qubits), iter(ParameterVector("w", 2 * n_qubits * n_layers))
    x = ParameterVector("x", n_qubits)
    for q in range(n_qubits):
        circuit.h(q)
        circuit.rz(x[q], q)
        circuit.ry(x[q] * x[0], q)
    for _ in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(next(w), q)
            circuit.rz(next(w), q)
        for q in range(n_qubits):
            circuit.cx(q, (q + 1) % n_qubits)
    return circuit


@settings(max_examples=60)
@given(st.data())
def test_slopes_of_any_circuit(data):
    drawn = data.draw(drawn_circuits(n_rows=5))
    ops = data.draw(observables(drawn.circuit.num_qubits))
    program = Exact().compile(drawn.circuit, ops)
    if not program.row_engine:
        return
    g = np.cos(np.arange(5 * len(ops))).reshape(5, len(ops))
    run = program.sweeps.groups.run(drawn.X, drawn.w)
    found = RowSlopes(program.sweeps).slopes(drawn.X, drawn.w, run, program.pullback_values(g))
    np.testing.assert_allclose(found, program.pullback(drawn.X, drawn.w, g)[0], atol=1e-10)


@pytest.mark.parametrize("measured", [all_z, projectors], ids=lambda f: f.__name__)
@pytest.mark.parametrize("backend", [Exact(), Exact(precision="single"), Exact(threads=1), ByShifts()], ids=str)
def test_programs_give_slopes_of_rows_alone(backend, measured):
    circuit, rng = layers(4, 6), np.random.default_rng(0)
    program = backend.compile(circuit, measured(4))
    X, w = rng.normal(size=(3 if isinstance(backend, ByShifts) else 2500, 4)), rng.normal(size=program.n_weights)
    values, pullback = program.forward_rows(X, w)
    expected, both = program.forward(X, w)
    g, atol = rng.normal(size=values.shape), 1e-4 if getattr(backend, "precision", "") == "single" else 1e-12
    np.testing.assert_allclose(values, expected, atol=atol)
    np.testing.assert_allclose(pullback(g), both(g)[0], atol=atol)
    np.testing.assert_array_equal(pullback(g), pullback(g))
