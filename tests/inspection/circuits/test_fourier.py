"""Spectra of encodings against Fourier transforms of exact values."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from skqml import (
    AngleEncoding,
    ChebyshevEncoding,
    Exact,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.circuits.ansatze import strongly_entangling
from skqml.circuits.weights import fresh_weights
from skqml.inspection import fourier_spectrum

N_POINTS = 64  # of a feature from 0 to 4 pi: frequencies up to 15.5, in halves


def controlled():
    """Gates with one and with two frequencies, factors, and a gate made of others."""
    x, qc = ParameterVector("x", 2), QuantumCircuit(2)
    qc.h([0, 1])
    qc.crx(x[0], 0, 1)
    qc.cp(-2 * x[1] + 0.3, 0, 1)
    qc.u(x[0] + x[1], 0.1, 3 * x[0], 0)
    qc.rxx(0.5 * x[1], 0, 1)
    return qc


def measured(circuit, feature):
    """Frequencies with which some observable of a random unitary behind the circuit depends on a feature."""
    n = circuit.num_qubits
    behind = QuantumCircuit(n)
    strongly_entangling(behind, fresh_weights()[1], n_layers=4)
    rng = np.random.default_rng(0)
    circuit = circuit.compose(behind.assign_parameters(rng.uniform(0, 6, behind.num_parameters)))
    n_features = len(next(iter(circuit.parameters)).vector)
    X = np.tile(rng.uniform(0, 6, n_features), (N_POINTS, 1))
    X[:, feature] = 4 * np.pi * np.arange(N_POINTS) / N_POINTS
    labels = ["".join(rng.choice(list("IXYZ"), n)) for _ in range(20)]
    values = Exact().compile(circuit, [SparsePauliOp(label) for label in labels])(X)
    shares = np.abs(np.fft.rfft(values, axis=0)).max(axis=1) / N_POINTS
    return np.flatnonzero(shares > 1e-9) / 2


@pytest.mark.parametrize(
    ("circuit", "shares"),
    [
        (AngleEncoding("x").build(2), 1.0),
        (ReuploadingEncoding(n_qubits=2, n_blocks=3).build(2), 1.0),
        (ReuploadingEncoding(n_qubits=3, n_blocks=2).build(2), 1.0),
        (controlled(), 0.3),  # parts of one controlled gate do not all add up
    ],
    ids=["angle", "even", "uneven", "controlled"],
)
def test_no_other_frequencies_are_seen(circuit, shares):
    found = fourier_spectrum(circuit)
    for feature, frequencies in enumerate(found.frequencies):
        seen = measured(circuit, feature)
        assert set(seen) <= set(frequencies)
        assert len(seen) >= shares * len(frequencies)


@pytest.mark.parametrize("n_gates", [1, 2, 5])
def test_equal_rotations_give_a_polynomial_of_their_number(n_gates):
    """Schuld et al.: frequencies 0 .. n, of binomial degeneracy."""
    found = fourier_spectrum(ReuploadingEncoding(n_qubits=1, n_blocks=n_gates), n_features=1)
    np.testing.assert_array_equal(found.frequencies[0], np.arange(n_gates + 1))
    both = np.concatenate([found.degeneracies[0][:0:-1], found.degeneracies[0]])
    np.testing.assert_array_equal(both, np.poly1d([1, 2, 1]) ** n_gates)
    assert both.sum() == 4**n_gates


def test_powers_of_three_give_exponentially_many():
    x, qc = ParameterVector("x", 1), QuantumCircuit(4)
    for q in range(4):
        qc.ry(3**q * x[0], q)
    np.testing.assert_array_equal(fourier_spectrum(qc).frequencies[0], np.arange(41))


def test_samples_are_as_frequent_as_degenerate():
    found = fourier_spectrum(ReuploadingEncoding(n_qubits=2, n_blocks=3), n_features=2)
    omega = found.sample(20_000, random_state=0)
    assert omega.shape == (20_000, 2)
    for k in range(2):
        frequencies, degeneracies = found.frequencies[k], found.degeneracies[k]
        shares = [np.mean(np.abs(omega[:, k]) == f) for f in frequencies]
        ways = degeneracies * np.where(frequencies > 0, 2, 1)
        np.testing.assert_allclose(shares, ways / ways.sum(), atol=0.015)


@pytest.mark.parametrize("encoding", [IQPEncoding(), ZZEncoding(), ChebyshevEncoding(degree=2)], ids=repr)
def test_products_and_other_functions_have_no_spectrum(encoding):
    with pytest.raises(ValueError, match="sums of features with fixed factors"):
        fourier_spectrum(encoding, n_features=2)


def test_circuits_without_features_are_refused():
    with pytest.raises(ValueError, match="circuit must have features"):
        fourier_spectrum(QuantumCircuit(1))
    with pytest.raises(ValueError, match="n_features"):
        fourier_spectrum(AngleEncoding())
