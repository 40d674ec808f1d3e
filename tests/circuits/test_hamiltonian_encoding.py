"""Rows as Hamiltonians, against dense matrix exponentials."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector
from scipy.linalg import expm

from skqml import Exact, FidelityKernel
from skqml.circuits.hamiltonian import HamiltonianEncoding
from skqml.circuits.observables import one_qubit_paulis

seeds = st.integers(0, 2**32 - 1)


def rows(seed, n_features, n_samples=2):
    return np.random.default_rng(seed).normal(size=(n_samples, n_features))


def drawn(x, time, reps=1):
    """The circuit of one row."""
    circuit = HamiltonianEncoding(time, reps).build(len(x))
    return circuit.assign_parameters({p: x[p.index] for p in circuit.parameters})


@given(seeds, st.integers(1, 40))
def test_matrices_are_symmetric_and_hold_the_row(seed, n_features):
    X = rows(seed, n_features)
    A = HamiltonianEncoding().matrices(X)
    side = int(np.ceil(np.sqrt(n_features)))
    image = np.pad(X, [(0, 0), (0, side**2 - n_features)]).reshape(-1, side, side)
    np.testing.assert_array_equal(A, A.swapaxes(1, 2))
    np.testing.assert_allclose(A[:, :side, :side], (image + image.swapaxes(1, 2)) / 2)
    np.testing.assert_allclose(np.abs(A).sum(), np.abs(A[:, :side, :side]).sum())


@given(seeds)
def test_an_image_and_its_transpose_are_one_hamiltonian(seed):
    image = rows(seed, 25, 1).reshape(5, 5)
    A, B = HamiltonianEncoding().matrices(np.stack([image.ravel(), image.T.ravel()]))
    np.testing.assert_array_equal(A, B)


@given(seeds, st.floats(-5, 5))
def test_eigenvectors_give_the_exponential(seed, t):
    X = rows(seed, 14)
    values, Q = HamiltonianEncoding().eigen(X)
    U = (Q * np.exp(-0.5j * t * values)[:, None]) @ Q.swapaxes(1, 2)
    np.testing.assert_allclose(U, expm(-0.5j * t * HamiltonianEncoding().matrices(X)), atol=1e-11)


@pytest.mark.parametrize("n_features", [1, 2, 3, 4, 9, 16])
def test_pauli_coefficients_are_those_of_the_matrix(n_features):
    encoding, x = HamiltonianEncoding(), rows(0, n_features, 1)[0]
    n_qubits = encoding.width(n_features)
    terms = [(p.to_label(), sum(c * x[k] for k, c in row)) for p, row in encoding._paulis(n_features)]
    H = SparsePauliOp.from_list([("I" * n_qubits, 0.0), *terms]).to_matrix()
    A = encoding.matrices(x[None])[0]
    np.testing.assert_allclose(H, A - np.trace(A) / len(A) * np.eye(len(A)), atol=1e-12)


@pytest.mark.parametrize("n_features", [3, 9])
def test_product_formula_tends_to_the_exponential(n_features):
    x = rows(1, n_features, 1)[0]
    A = HamiltonianEncoding().matrices(x[None])[0]
    exact = expm(-0.35j * A) @ np.full(len(A), len(A) ** -0.5)
    errors = [1 - abs(np.vdot(exact, Statevector(drawn(x, 0.7, reps)).data)) for reps in (2, 20)]
    assert errors[1] < errors[0] / 50  # an error of amplitude 1 / reps
    assert errors[1] < 1e-4


def test_commuting_terms_need_one_step():
    x = np.array([0.3, 0.0, 0.0, -1.1])  # a diagonal image
    exact = expm(-0.5j * 1.7 * np.diag(x[[0, 3]])) @ np.full(2, 0.5**0.5)
    np.testing.assert_allclose(abs(np.vdot(exact, Statevector(drawn(x, 1.7)).data)), 1.0)


def test_time_is_a_weight_of_any_backend():
    circuit = HamiltonianEncoding(time=None, reps=2).build(9)
    X, t = rows(2, 9, 3), 0.6
    values = Exact().compile(circuit, one_qubit_paulis(2))(X, [t])
    expected = [
        [Statevector(drawn(x, t, 2)).expectation_value(o.to_operator()) for o in one_qubit_paulis(2)] for x in X
    ]
    np.testing.assert_allclose(values, np.real(expected), atol=1e-10)


def test_it_encodes_for_other_estimators():
    K = FidelityKernel(HamiltonianEncoding())(rows(3, 16, 4))
    np.testing.assert_allclose(np.diag(K), 1.0)


def test_automatic_scale_keeps_eigenvalues_of_standardised_rows_near_two():
    for n_features in (4, 64, 400):
        encoding = HamiltonianEncoding()
        values, _ = encoding.eigen(encoding.eigen_scale(n_features) * rows(4, n_features, 50))
        assert 1 < np.abs(values).max(axis=1).mean() < 4


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="time must be None or a finite number, got 'long'"):
        HamiltonianEncoding(time="long").build(4)
    with pytest.raises(ValueError, match="reps must be an integer of at least 1"):
        HamiltonianEncoding(reps=0).build(4)
    with pytest.raises(ValueError, match="need 2 qubits, got 1"):
        HamiltonianEncoding().matrices(np.zeros((1, 9)), n_qubits=1)


def test_the_data_enter_after_a_layer_of_hadamard_gates():
    qc = QuantumCircuit(1)
    HamiltonianEncoding(time=0.0).draw(qc, ParameterVector("x", 2), None)
    circuit = qc.assign_parameters(np.zeros(qc.num_parameters))
    np.testing.assert_allclose(Operator(circuit).data[:, 0], 0.5**0.5)
