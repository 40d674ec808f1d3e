"""The readout network: product formulas against statevectors, truth tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector

from skqml import Exact
from skqml.backends.redrawn import Drawing
from skqml.models.readout_qnn import ReadoutQNNClassifier, truth_table_circuit
from skqml.models.readout_qnn.network import CircuitNetwork, ProductNetwork, readout_circuit
from tests.models.readout_qnn.networks import GATES, all_bits, network, random_states, seeds


@settings(max_examples=10)
@given(seeds, st.integers(1, 5), st.sampled_from(GATES), st.booleans())
def test_products_equal_statevectors(seed, n_bits, gates, bias):
    rng = np.random.default_rng(seed)
    products, w = network(rng, n_bits, gates, bias)
    bits, g = rng.random((7, n_bits)) > 0.5, rng.normal(size=(7, 2))
    f, pullback = products.forward(bits, w)
    drawing = Drawing(readout_circuit, n_bits, gates, 2, bias)
    expected, expected_pullback = CircuitNetwork(Exact(), drawing, 2).forward(bits, w)
    np.testing.assert_allclose(f, expected, atol=1e-12)
    np.testing.assert_allclose(pullback(g), expected_pullback(g), atol=1e-12)


def test_paper_size_equals_statevectors():
    """16 bits and a readout, 96 angles."""
    rng = np.random.default_rng(0)
    products, w = network(rng, 16, ("ZX", "XX"), False, n_layers=3, n_readouts=1)
    bits = rng.random((4, 16)) > 0.5
    backend = CircuitNetwork(Exact(), Drawing(readout_circuit, 16, ("ZX", "XX"), 3, False))
    assert w.shape == (96,)
    np.testing.assert_allclose(products.forward(bits, w)[0], backend.forward(bits, w)[0], atol=1e-12)


@settings(max_examples=10)
@given(seeds, st.sampled_from(GATES), st.booleans())
def test_states_go_through_the_circuit(seed, gates, bias):
    rng = np.random.default_rng(seed)
    products, w = network(rng, 3, gates, bias, n_readouts=1)
    psi = random_states(rng, 2, 3)
    qc = products.circuit
    bound = qc.assign_parameters({p: w[p.index] if p.vector.name == "w" else 0.0 for p in qc.parameters})
    final = [Statevector(np.kron([1, 0], row)).evolve(Operator(bound)) for row in psi]
    expected = [[np.real(s.expectation_value(SparsePauliOp("YIII")))] for s in final]
    np.testing.assert_allclose(products.forward(psi, w)[0], expected, atol=1e-12)


@given(seeds)
def test_states_have_the_derivative_of_differences(seed):
    rng = np.random.default_rng(seed)
    products, w = network(rng, 3, ("ZX", "XX"), True)
    psi, g, direction = random_states(rng, 4, 3), rng.normal(size=(4, 2)), rng.normal(size=w.shape)
    slope = np.sum(products.forward(psi, w)[1](g) * direction)
    up, down = (np.sum(g * products.forward(psi, w + e * direction)[0]) for e in (1e-5, -1e-5))
    np.testing.assert_allclose(slope, (up - down) / 2e-5, rtol=1e-6, atol=1e-7)


def test_basis_states_are_bits():
    rng = np.random.default_rng(1)
    products, w = network(rng, 4, ("ZX", "XX"), True)
    bits = all_bits(4) == 1
    np.testing.assert_allclose(products.forward(np.eye(16, dtype=complex), w)[0], products.forward(bits, w)[0])


def test_a_factor_of_zero_has_the_derivative_of_the_circuit():
    """At w = pi / 2 the rotation about X takes <z|M|z> to 0, where the phase is undefined."""
    products = ProductNetwork(2, 1, 1, ("XX",), True)
    w, bits = np.array([np.pi / 2, 0.3, 0.4]), all_bits(2) == 1
    backend = CircuitNetwork(Exact(), Drawing(readout_circuit, 2, ("XX",), 1, True))
    (f, pullback), (expected, expected_pullback) = products.forward(bits, w), backend.forward(bits, w)
    g = np.arange(4.0)[:, None]
    np.testing.assert_allclose(f, expected, atol=1e-12)
    np.testing.assert_allclose(pullback(g), expected_pullback(g), atol=1e-12)


@given(seeds)
def test_without_bias_flipped_bits_flip_the_sign(seed):
    rng = np.random.default_rng(seed)
    products, w = network(rng, 6, ("ZX", "XX"), False, n_layers=3)
    bits = rng.random((5, 6)) > 0.5
    np.testing.assert_allclose(products.forward(bits, w)[0], -products.forward(~bits, w)[0], atol=1e-12)


def test_all_boolean_functions_of_three_bits():
    Z = all_bits(3)
    for number in range(256):
        table = number >> np.arange(8) & 1
        model = ReadoutQNNClassifier.from_truth_table(table)
        np.testing.assert_array_equal(model.predict(Z), table)
        np.testing.assert_allclose(model.decision_function(Z), 2 * table - 1, atol=1e-10)


def test_truth_table_circuit_on_qiskits_own_simulator():
    table, Z = np.array([0, 1, 1, 1, 0, 0, 1, 0]), all_bits(3)
    qc = truth_table_circuit(table)
    for z, value in zip(Z, table, strict=True):
        state = Statevector(qc.assign_parameters({p: z[p.index] for p in qc.parameters}))
        assert np.isclose(state.expectation_value(SparsePauliOp("YIII")).real, 2 * value - 1)


@pytest.mark.parametrize("table", [[0], [0, 1, 1], [0, 2], [[0, 1], [1, 0]], []])
def test_truth_tables_of_no_function_are_refused(table):
    with pytest.raises(ValueError, match="table must be 2\\^n values 0 or 1"):
        ReadoutQNNClassifier.from_truth_table(table)
