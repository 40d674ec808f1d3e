"""The variational quantum eigensolver without noise: energies, new rows, scikit-learn's conventions."""

import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

from skqml import ZNEVQE, Observable
from skqml.circuits.ansatze.chemistry import UCCSD, Givens, hartree_fock, ry_rz
from skqml.models.vqe.hamiltonians import ground_energy, ising_chain
from tests.models.vqe.molecules import molecule

MILLIHARTREE = 1e-3
CHEMICAL = 1.6 * MILLIHARTREE
SMALL = {"ansatz": partial(ry_rz, n_layers=1), "n_restarts": 2, "random_state": 0}


def random_operators(n, n_qubits, seed=0):
    rng = np.random.default_rng(seed)
    labels = ["".join(letters) for letters in rng.choice(list("IXYZ"), (6, n_qubits))]
    return [SparsePauliOp.from_list(list(zip(labels, rng.normal(size=6), strict=True))) for _ in range(n)]


def dense_energies(operators):
    return np.array([np.linalg.eigvalsh(operator.to_matrix())[0] for operator in operators])


# Energies


@pytest.mark.parametrize(("name", "form"), [("h2", "parity"), ("h2", "jordan_wigner"), ("lih", "parity")])
def test_molecules_with_the_default_ansatz(name, form):
    data = molecule(name, form)
    model = ZNEVQE(random_state=0).fit(data.operators)
    assert np.abs(model.energies_ - data.energies).max() < CHEMICAL
    assert (model.energies_ > data.energies - 1e-9).all()


@pytest.mark.parametrize(
    ("name", "form", "n_layers"),
    [
        ("lih", "jordan_wigner", 1),
        ("h4", "parity", 2),
        ("h2", "jordan_wigner", 1),
        ("lih", "parity", 1),
    ],
)
def test_molecules_with_coupled_clusters(name, form, n_layers):
    data = molecule(name, form)
    ansatz = UCCSD(data.hf_bitstring, mapping=form, n_layers=n_layers)
    model = ZNEVQE(ansatz=ansatz, n_restarts=2, random_state=0).fit(data.operators)
    assert np.abs(model.energies_ - data.energies).max() < CHEMICAL
    assert (model.energies_ > data.energies - 1e-9).all()


@pytest.mark.parametrize(("name", "form", "n_layers"), [("lih", "jordan_wigner", 2), ("h4", "parity", 6)])
def test_molecules_with_givens_rotations(name, form, n_layers):
    data = molecule(name, form, every=3)
    ansatz = Givens(data.hf_bitstring, form, n_layers)
    model = ZNEVQE(ansatz=ansatz, n_restarts=2, random_state=0).fit(data.operators)
    assert np.abs(model.energies_ - data.energies).max() < CHEMICAL


@pytest.mark.parametrize("form", ["jordan_wigner", "parity"])
def test_hartree_fock_energies(form):
    data = molecule("h2", form)
    qc = QuantumCircuit(len(data.hf_bitstring))
    hartree_fock(qc, data.hf_bitstring)
    state = Statevector(qc)
    energies = [state.expectation_value(operator).real for operator in data.operators]
    assert np.allclose(energies, data.hf_energies, atol=1e-8)


@given(seed=st.integers(0, 2**32 - 1), n_qubits=st.integers(1, 3))
@settings(max_examples=8)
def test_dense_diagonalisation_of_random_operators(seed, n_qubits):
    operators = random_operators(3, n_qubits, seed)
    model = ZNEVQE(random_state=0).fit(operators)
    exact = dense_energies(operators)
    size = np.abs(operators[0].coeffs).sum() + np.abs(operators[1].coeffs).sum() + np.abs(operators[2].coeffs).sum()
    assert np.allclose(model.exact_energies(operators), exact, atol=1e-10)
    assert (model.energies_ > exact - 1e-10).all()  # the variational bound
    assert np.allclose(model.energies_, exact, atol=0.02 * size)


def test_ising_chain_of_free_fermions():
    """Lowest energy of the open chain at the critical field: ``1 - 1 / sin(pi / (4 n + 2))``."""
    fields = np.array([[1.0], [0.5], [2.0]])
    model = ZNEVQE(random_state=0).fit(fields)
    assert model.energies_[0] == pytest.approx(1 - 1 / np.sin(np.pi / 14), abs=1e-8)
    for row, energy in zip(fields, model.energies_, strict=True):
        # Singular values of the hopping matrix are the energies of the free fermions.
        modes = np.linalg.svd(np.diag([row[0]] * 3) + np.diag([1.0] * 2, 1), compute_uv=False)
        assert energy == pytest.approx(-modes.sum(), abs=1e-8)


def test_fields_of_the_chain():
    assert ising_chain([1.0, 2.0]).coeffs[2:] == (-1.0, -2.0, -1.0)
    assert ising_chain([1.0, 2.0, 3.0, 4.0]).coeffs[2:] == (-5.0, -2.0, -3.0)
    assert ising_chain([1.0], n_qubits=1).labels == ("X",)


def test_large_operators_are_diagonalised_sparsely():
    operator = ising_chain([1.0], n_qubits=10)
    assert ground_energy(operator) == pytest.approx(1 - 1 / np.sin(np.pi / 42), abs=1e-8)


def test_weights_give_the_energies():
    data = molecule("h2", every=4)
    model = ZNEVQE(random_state=0).fit(data.operators)
    assert model.weights_.shape == (len(data.operators), model.n_parameters_)
    for w, operator, energy in zip(model.weights_, data.operators, model.energies_, strict=True):
        state = Statevector(model.circuit_.assign_parameters(w))
        assert state.expectation_value(operator).real == pytest.approx(energy, abs=1e-10)


def test_projectors_and_single_operators():
    rank_one = Observable(["11"], [-2.0])
    model = ZNEVQE(random_state=0).fit(rank_one)
    assert model.energies_.shape == (1,)
    assert model.energies_[0] == pytest.approx(-2.0, abs=1e-6)
    assert ZNEVQE(**SMALL).fit(SparsePauliOp("II", 3.0)).energies_ == pytest.approx([3.0])


# Rows


def test_rows_and_operators_are_the_same_problem():
    data = molecule("h2", every=3)
    table = dict(zip(data.lengths.tolist(), data.operators, strict=True))
    of_rows = ZNEVQE(lambda row: table[row[0]], random_state=0).fit(data.lengths[:, None])
    assert np.allclose(of_rows.energies_, ZNEVQE(random_state=0).fit(data.operators).energies_, atol=1e-12)
    assert of_rows.n_features_in_ == 1


def test_attributes_are_in_the_order_of_the_rows():
    X = np.random.default_rng(0).normal(size=(7, 2))
    model, order = ZNEVQE(random_state=0).fit(X), np.random.default_rng(1).permutation(7)
    assert np.allclose(model.energies_, model.exact_energies(X), atol=1e-6)
    assert np.allclose(ZNEVQE(random_state=0).fit(X[order]).energies_, model.energies_[order], atol=1e-6)
    assert np.array_equal(model.predict(X[order]), model.energies_[order])


def test_new_rows_start_from_the_nearest():
    X = np.linspace(0.5, 1.5, 6)[:, None]
    model = ZNEVQE(random_state=0).fit(X)
    between = X[:-1] + 0.1
    assert np.allclose(model.predict(between), model.exact_energies(between), atol=1e-6)
    # With one iteration, energies are good only because of where it starts.
    near = clone(model).set_params(max_iter=1)
    with pytest.warns(ConvergenceWarning):
        cold = near.fit(between).energies_
    vars(near).update(vars(clone(model).fit(X)) | {"max_iter": 1})
    with pytest.warns(ConvergenceWarning):
        warm = near.predict(between)
    exact = model.exact_energies(between)
    assert np.abs(warm - exact).max() < 0.1 * np.abs(cold - exact).max()


def test_new_operators_may_have_new_strings():
    old, new = SparsePauliOp(["ZZ", "XI"], [1.0, 0.3]), SparsePauliOp(["ZZ", "IY"], [0.9, -0.4])
    model = ZNEVQE(random_state=0).fit([old])
    assert np.allclose(model.predict([old, new, old]), dense_energies([old, new, old]), atol=1e-6)
    assert np.array_equal(model.predict(old), model.energies_)


def test_predict_is_one_dimensional_and_keeps_rows_apart():
    X = np.random.default_rng(0).normal(size=(5, 3))
    model = ZNEVQE(random_state=0).fit(X)
    new = X + 0.3
    energies, errors = model.predict(new, return_std=True)
    assert energies.shape == errors.shape == (5,)
    assert np.allclose(energies, [model.predict(x[None])[0] for x in new], atol=1e-9)


def test_score_is_minus_the_mean_absolute_error():
    X = np.array([[0.5], [1.0]])
    model = ZNEVQE(random_state=0).fit(X)
    assert model.score(X) == pytest.approx(0.0, abs=1e-6)
    assert model.score(X, model.energies_ + [1.0, 3.0]) == pytest.approx(-2.0)


# scikit-learn


def test_search_over_parameters():
    X = np.linspace(0.5, 1.5, 6)[:, None]
    search = GridSearchCV(ZNEVQE(random_state=0, max_iter=500), {"n_restarts": [1, 2]}, cv=2).fit(X)
    assert search.best_score_ == pytest.approx(0.0, abs=1e-4)
    data = molecule("h2", every=4)
    grid = {"ansatz__n_layers": [1, 2]}
    search = GridSearchCV(ZNEVQE(ansatz=UCCSD("10", "parity"), random_state=0), grid, cv=[([0], [0])])
    assert search.fit(data.operators, data.energies).best_score_ > -CHEMICAL


def test_clones_and_pickles():
    model = ZNEVQE(ansatz=UCCSD("10", "parity"), random_state=0).fit(molecule("h2", every=4).operators)
    again = pickle.loads(pickle.dumps(model))
    new = SparsePauliOp(["ZZ", "XX"], [1.0, 0.2])
    assert np.array_equal(again.predict(new), model.predict(new))
    assert np.array_equal(clone(model).fit(model.operators_).energies_, model.energies_)


def test_random_state_decides():
    X = np.array([[0.3, 0.8]])
    first, same, other = (ZNEVQE(n_restarts=1, random_state=seed).fit(X).weights_ for seed in (0, 0, 1))
    assert np.array_equal(first, same)
    assert not np.allclose(first, other)


def test_no_regressor_and_deterministic():
    tags = get_tags(ZNEVQE())
    assert tags.estimator_type is None
    assert not tags.target_tags.required
    assert not tags.non_deterministic


def test_display_and_drawing():
    model = ZNEVQE(**SMALL)
    with pytest.raises(NotFittedError):
        model.draw()
    model.fit([[0.7]])
    assert "Ry" in str(model.draw())
    assert model.n_parameters_ == model.circuit_.num_parameters == 12
    assert "ZNEVQE" in model._repr_html_()
