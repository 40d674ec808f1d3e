"""The built-in encodings against Qiskit's own circuits and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Operator, Statevector

from skqml.circuits import (
    AngleEncoding,
    ChebyshevEncoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
    all_z,
)
from tests.circuits.encodings import bind, fidelity, n_weights, state


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_angle_fidelity(axis):
    circuit, (x, y) = AngleEncoding(axis).build(3), np.random.default_rng(0).normal(size=(2, 3))
    expected = np.prod(np.cos((x - y) / 2) ** 2)
    np.testing.assert_allclose(fidelity(state(circuit, x), state(circuit, y)), expected)


def alternating(rep):
    return "linear" if rep % 2 else "circular"


@pytest.mark.parametrize(
    "entanglement",
    [
        "full",
        "linear",
        "reverse_linear",
        "pairwise",
        "circular",
        "sca",
        alternating,
        {1: [(0,), (3,)], 2: [(3, 0)]},
        {2: []},
    ],
)
@pytest.mark.parametrize("reps", [1, 3])
def test_zz_is_the_circuit_of_qiskit(entanglement, reps):
    x = np.random.default_rng(1).normal(size=4)
    ours = ZZEncoding(reps=reps, entanglement=entanglement, alpha=1.3).build(4)
    theirs = zz_feature_map(4, reps=reps, entanglement=entanglement, alpha=1.3)
    assert ours.count_ops() == theirs.count_ops()
    np.testing.assert_allclose(Operator(bind(ours, x)).data, Operator(bind(theirs, x)).data, atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_zz_with_pairs(data):
    n = data.draw(st.integers(2, 4))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    pairs = data.draw(st.lists(pair, max_size=5))
    x = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=n, max_size=n)))
    circuit = ZZEncoding(reps=1, entanglement=pairs).build(n)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    phases = 2 * bits @ x  # P(2 x_i), and P(2 (pi - x_i)(pi - x_j)) where the two bits differ
    for i, j in pairs:
        phases = phases + 2 * (np.pi - x[i]) * (np.pi - x[j]) * (bits[:, i] ^ bits[:, j])
    np.testing.assert_allclose(state(circuit, x), np.exp(1j * phases) / 2 ** (n / 2), atol=1e-10)


def test_zz_of_one_feature():
    x, circuit = [0.7], ZZEncoding(reps=2, alpha=1.3).build(1)
    gate = np.diag([1, np.exp(1.3j * x[0])]) @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    np.testing.assert_allclose(state(circuit, x), (gate @ gate)[:, 0], atol=1e-12)


def test_iqp_is_its_formula():
    x = np.random.default_rng(2).normal(size=3)
    signs = 1 - 2 * ((np.arange(8)[:, None] >> np.arange(3)) & 1)
    exponent = signs @ x + sum(x[i] * x[j] * signs[:, i] * signs[:, j] for i, j in [(0, 1), (0, 2), (1, 2)])
    hadamard = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    layer = np.diag(np.exp(-0.5j * exponent)) @ np.kron(np.kron(hadamard, hadamard), hadamard)
    np.testing.assert_allclose(Operator(bind(IQPEncoding(reps=2).build(3), x)).data, layer @ layer, atol=1e-12)


def test_chebyshev_polynomials():
    x, degree = np.array([-0.9, 0.35]), 4
    psi = Statevector(bind(ChebyshevEncoding(degree=degree).build(2), x))
    values = [psi.expectation_value(o.to_operator()).real for o in all_z(2 * degree)]
    basis = [np.polynomial.Chebyshev.basis(k) for k in range(1, degree + 1)]
    np.testing.assert_allclose(values, [T(v) for v in x for T in basis], atol=1e-12)


def test_chebyshev_wraps_onto_few_qubits():
    circuit = ChebyshevEncoding(n_qubits=3, degree=2, reps=2).build(4)
    assert circuit.num_qubits == 3
    assert circuit.count_ops() == {"ry": 16, "cz": 15}


def test_reuploading_without_mixing_is_a_product():
    encoding = ReuploadingEncoding(n_qubits=4, n_blocks=1)
    circuit, (x, y) = encoding.build(2), np.random.default_rng(3).normal(size=(2, 2))
    expected = np.prod(np.cos((x - y) / 2) ** 4)  # each of two features on two qubits
    np.testing.assert_allclose(fidelity(state(circuit, x), state(circuit, y)), expected)


@pytest.mark.parametrize("n_features", [1, 3, 8, 9, 64])
@pytest.mark.parametrize("n_blocks", [1, 2])
def test_reuploading_draws_whole_rows_and_fills_its_blocks(n_features, n_blocks):
    encoding = ReuploadingEncoding(n_qubits=4, n_blocks=n_blocks, trainable=True)
    circuit = encoding.build(n_features)
    n_rotations = circuit.count_ops()["ry"] - n_weights(circuit) // 2
    assert n_rotations % n_features == 0
    assert 0 <= n_rotations - max(4 * n_blocks, n_features) < n_features
    assert n_weights(circuit) == 8 * (-(-n_rotations // 4) - 1)


def test_reuploading_seed_fixes_the_mixing():
    x = np.random.default_rng(4).normal(size=5)
    states = [state(ReuploadingEncoding(n_qubits=3, seed=s).build(5), x) for s in (0, 0, 1)]
    np.testing.assert_array_equal(states[0], states[1])
    assert fidelity(states[0], states[2]) < 0.99
    assert not n_weights(ReuploadingEncoding().build(5))
