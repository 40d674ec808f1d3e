"""Observables against dense matrices and state vectors."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, partial_trace, random_statevector
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV

from skqml.circuits import Observable, all_z, all_zz, one_qubit_paulis, parity, projectors

MATRICES = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
    "0": np.diag([1, 0]),
    "1": np.diag([0, 1]),
}


def dense(observable):
    total = 0
    for label, coeff in zip(observable.labels, observable.coeffs, strict=True):
        matrix = np.eye(1)
        for letter in label:  # Qiskit's order: the leftmost letter is the highest qubit
            matrix = np.kron(matrix, MATRICES[letter])
        total = total + coeff * matrix
    return total


@st.composite
def observable_pairs(draw):
    n = draw(st.integers(1, 4))
    label = st.text("IXYZ01", min_size=n, max_size=n)
    coeff = st.floats(-3, 3)
    terms = st.lists(st.tuples(label, coeff), min_size=1, max_size=4)
    return [Observable(*zip(*draw(terms), strict=True)) for _ in range(2)]


@settings(deadline=None, max_examples=60)
@given(observable_pairs(), st.floats(-2, 2))
def test_algebra_is_that_of_the_matrices(pair, factor):
    a, b = pair
    np.testing.assert_allclose(dense(a + b), dense(a) + dense(b), atol=1e-12)
    np.testing.assert_allclose(dense(a - b), dense(a) - dense(b), atol=1e-12)
    np.testing.assert_allclose(dense(factor * a), factor * dense(a), atol=1e-12)
    np.testing.assert_allclose(dense(-a * factor), -factor * dense(a), atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(observable_pairs())
def test_operator_has_the_same_matrix(pair):
    for observable in pair:
        operator = observable.to_operator()
        np.testing.assert_allclose(operator.to_matrix(), dense(observable), atol=1e-12)
        np.testing.assert_allclose(dense(Observable.from_operator(operator)), dense(observable), atol=1e-12)


def test_operator_qubit_order():
    operator = SparsePauliOp.from_sparse_list([("X", [0], 2.0), ("ZY", [1, 2], -0.5)], 3)
    observable = Observable.from_operator(operator)
    assert observable == Observable(("IIX", "YZI"), (2.0, -0.5))
    assert observable.n_qubits == 3


def test_phases_of_pauli_strings_are_coefficients():
    operator = SparsePauliOp("XY") @ SparsePauliOp("YX")  # = ZZ
    np.testing.assert_allclose(dense(Observable.from_operator(operator)), operator.to_matrix())


def test_reduced_density_matrices_from_all_paulis():
    psi = random_statevector(8, seed=1)
    values = [psi.expectation_value(o.to_operator()).real for o in one_qubit_paulis(3)]
    for qubit, (x, y, z) in enumerate(np.reshape(values, (3, 3))):
        rho = partial_trace(psi, [q for q in range(3) if q != qubit]).data
        bloch = (MATRICES["I"] + x * MATRICES["X"] + y * MATRICES["Y"] + z * MATRICES["Z"]) / 2
        np.testing.assert_allclose(bloch, rho, atol=1e-12)


def test_z_zz_and_parity_are_signs_of_bits():
    bits = (np.arange(16)[:, None] >> np.arange(4)) & 1  # column q is qubit q
    signs = 1 - 2 * bits
    for qubit, observable in enumerate(all_z(4)):
        np.testing.assert_array_equal(np.diag(dense(observable)), signs[:, qubit])
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)]
    assert len(all_zz(4)) == len(pairs)
    for (i, j), observable in zip(pairs, all_zz(4), strict=True):
        np.testing.assert_array_equal(np.diag(dense(observable)), signs[:, i] * signs[:, j])
    np.testing.assert_array_equal(np.diag(dense(parity(4))), signs.prod(axis=1))


def test_projectors_give_probabilities():
    psi = random_statevector(8, seed=2)
    values = [psi.expectation_value(o.to_operator()).real for o in projectors(3)]
    np.testing.assert_allclose(values, psi.probabilities(), atol=1e-12)
    (observable,) = projectors(3, ["011"])
    np.testing.assert_allclose(psi.expectation_value(observable.to_operator()).real, psi.probabilities()[3], atol=1e-12)


@pytest.mark.parametrize("labels", ["", (), "A", "xz", ("Z", ""), ("Z", "ZZ"), (3,), ("Z", None)])
def test_bad_labels(labels):
    with pytest.raises(ValueError, match="label"):
        Observable(labels)


@pytest.mark.parametrize("coeffs", [(1.0, 2.0), (), 1j, np.nan, (np.inf,), "1", None])
def test_bad_coefficients(coeffs):
    with pytest.raises(ValueError, match="coeffs must be"):
        Observable("Z", coeffs)


def test_refused_operators():
    with pytest.raises(ValueError, match="Hermitian"):
        Observable.from_operator(SparsePauliOp(["Z", "X"], [1.0, 1e-9j]))
    with pytest.raises(ValueError, match="parameters"):
        Observable.from_operator(SparsePauliOp(["Z"], np.array([Parameter("a")])))
    with pytest.raises(TypeError, match="SparsePauliOp"):
        Observable.from_operator("Z")
    rounding = SparsePauliOp(["Z"], [1.0 + 1e-14j])
    assert Observable.from_operator(rounding) == Observable("Z")


@pytest.mark.parametrize("function", [all_z, all_zz, one_qubit_paulis, parity, projectors])
def test_no_qubits(function):
    with pytest.raises(ValueError, match="n_qubits must be"):
        function(0)


@pytest.mark.parametrize("bits", ["0", "000", "0x", 1, "ZZ"])
def test_bad_bitstrings(bits):
    with pytest.raises(ValueError, match="bitstrings of 2"):
        projectors(2, [bits])


def test_sums_of_different_widths_and_foreign_operands():
    with pytest.raises(ValueError, match="equal length"):
        Observable("Z") + Observable("ZZ")
    for operation in (lambda o: o + 1, lambda o: o - 1, lambda o: o * 1j, lambda o: o * o):
        with pytest.raises(TypeError):
            operation(Observable("Z"))


def test_value_semantics():
    a, b = Observable("ZX", 2), Observable(["ZX"], np.array([2.0]))
    assert a == b and hash(a) == hash(b) and a != Observable("ZX")
    for copied in (copy.deepcopy(a), pickle.loads(pickle.dumps(a)), clone(a, safe=False)):
        assert copied == a
    assert repr(a) == "Observable(('ZX',), (2.0,))"
    assert eval(repr(a)) == a
    with pytest.raises(AttributeError):
        a.labels = ("Z",)


def test_numpy_sees_one_object():
    many = Observable("Z" * 40)
    assert np.array([many, many]).shape == (2,)
    for protocol in ("__array__", "__len__", "__iter__"):
        assert not hasattr(many, protocol)


class Constant(BaseEstimator):
    def __init__(self, observable=None):
        self.observable = observable

    def fit(self, X, y):
        self.value_ = self.observable.coeffs[0]
        return self

    def score(self, X, y):
        return self.value_


def test_grid_search_over_observables():
    grid = {"observable": [Observable("Z"), Observable("XX", 2.0)]}
    search = GridSearchCV(Constant(), grid, cv=2).fit(np.zeros((4, 1)), np.zeros(4))
    assert search.best_params_ == {"observable": Observable("XX", 2.0)}
    assert "Observable" in search.best_estimator_._repr_html_()
