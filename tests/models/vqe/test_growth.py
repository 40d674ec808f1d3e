"""The default ansatz: starts at basis states, growth until energies are lowest, and the bound that basis states are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from sklearn.exceptions import ConvergenceWarning

from skqml import ZNEVQE, Observable
from skqml.models.vqe.basis_states import _by_flips, lowest_basis_states
from skqml.models.vqe.energy import draw_ansatz
from skqml.models.vqe.growth import GrowingAnsatz
from skqml.models.vqe.hamiltonians import PauliSums, ground_energy
from tests.models.vqe.molecules import molecule

CHEMICAL = 1.6e-3


def hopping(p, q, n_qubits):
    """``a_p^+ a_q`` + its adjoint, in the Jordan-Wigner mapping."""
    between = "Z" * (q - p - 1)
    return SparsePauliOp.from_sparse_list(
        [(letter + between + letter, range(p, q + 1), 0.5) for letter in "XY"], n_qubits
    )


def hubbard(repulsion, n_sites=2):
    """A chain of sites with two spins each; with fields that make half filling the lowest."""
    n = 2 * n_sites
    terms = [-1.0 * hopping(q, q + 2, n) for q in range(n - 2)]
    for q in range(0, n, 2):
        terms += [SparsePauliOp.from_sparse_list([("ZZ", [q, q + 1], repulsion / 4)], n)]
    return SparsePauliOp.sum(terms).simplify()


@given(n=st.integers(1, 5), n_layers=st.integers(0, 3), n_pairs=st.integers(0, 2), data=st.data())
@settings(max_examples=20)
def test_weights_of_basis_states(n, n_layers, n_pairs, data):
    ansatz = GrowingAnsatz(n_layers, n_pairs)
    bits = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    (w,) = ansatz.basis_state([bits])
    probabilities = Statevector(draw_ansatz(ansatz, n).assign_parameters(w)).probabilities_dict(decimals=9)
    assert probabilities == {"".join(map(str, reversed(bits))): pytest.approx(1.0)}


@given(n=st.integers(2, 4), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_a_new_layer_changes_nothing_until_it_is_trained(n, seed):
    ansatz = GrowingAnsatz(1, 1)
    w = np.random.default_rng(seed).normal(size=draw_ansatz(ansatz, n).num_parameters)
    larger = draw_ansatz(ansatz.with_layer(), n)
    assert larger.num_parameters == len(w) + n * (n + 1)
    state = Statevector(larger.assign_parameters(np.append(w, np.zeros(n * (n + 1)))))
    assert abs(state.inner(Statevector(draw_ansatz(ansatz, n).assign_parameters(w)))) == pytest.approx(1.0)


@given(n=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_lowest_basis_states_are_lowest_diagonal_entries(n, seed):
    rng = np.random.default_rng(seed)
    labels = ["".join(letters) for letters in rng.choice(list("IIZZX"), (8, n))]
    operators = [SparsePauliOp(labels, rng.normal(size=8)) for _ in range(3)]
    bits, energies = lowest_basis_states(PauliSums.read([Observable.from_operator(H) for H in operators]), n)
    diagonals = [np.diag(H.to_matrix()).real for H in operators]
    assert energies == pytest.approx([d.min() for d in diagonals])
    assert energies == pytest.approx([d[b @ (1 << np.arange(n))] for d, b in zip(diagonals, bits, strict=True)])


def test_many_qubits_are_flipped_one_by_one():
    fields = np.array([1.0, -1.0] * 15)
    H = Observable(["I" * (29 - q) + "Z" + "I" * q for q in range(30)], fields)
    bits, energies = lowest_basis_states(PauliSums.read([H]), 30)
    assert energies[0] == pytest.approx(-30.0)
    assert np.array_equal(bits[0], fields > 0)
    assert not _by_flips(np.zeros((0, 3), dtype=int), np.zeros(0)).any()


@pytest.mark.parametrize("seed", [0, 1])
def test_one_fit_alone_reaches_hydrogen(seed):
    """At stretched bonds triplets, which are excited but have no slopes, hold all starts of a circuit that is fixed."""
    data = molecule("h2", "jordan_wigner", every=2)
    energies = [ZNEVQE(random_state=seed).fit(H).energies_[0] for H in data.operators]
    assert np.abs(energies - data.energies).max() < CHEMICAL


@pytest.mark.parametrize(("name", "form"), [("lih", "jordan_wigner"), ("h4", "parity")])
def test_six_qubits(name, form):
    data = molecule(name, form, every=3)
    model = ZNEVQE(random_state=0).fit(data.operators)
    assert np.abs(model.energies_ - data.energies).max() < CHEMICAL
    assert (model.energies_ > data.energies - 1e-9).all()
    assert model.n_parameters_ == model.circuit_.num_parameters == model.weights_.shape[1] > 48
    assert np.abs(model.predict(data.operators) - model.energies_).max() == 0


@pytest.mark.parametrize("repulsion", [0.5, 8.0, 30.0])
def test_hubbard_dimer(repulsion):
    """Singlet and triplet come close as 4 / U."""
    H = hubbard(repulsion)
    energy = ZNEVQE(random_state=1).fit(H).energies_[0]
    assert energy == pytest.approx(-np.sqrt(repulsion**2 + 16) / 2, abs=1e-4)


def test_a_given_ansatz_stays_as_it_is():
    data = molecule("lih", "jordan_wigner", every=6)
    model = ZNEVQE(ansatz=lambda qc, weight: GrowingAnsatz(1)(qc, weight), n_restarts=1, random_state=0)
    assert model.fit(data.operators).n_parameters_ == 24


def test_energies_above_a_basis_state_warn():
    H = Observable(["ZI", "IZ"], [1.0, 1.0])

    def stuck(qc, weight):
        qc.ry(weight(), 0)

    with pytest.warns(ConvergenceWarning, match="1 of 1 energies lie above.*lowest basis state.*by up to 2"):
        assert ZNEVQE(ansatz=stuck, random_state=0).fit(H).energies_[0] == pytest.approx(0.0)
    ZNEVQE(random_state=0).fit(H)  # any warning is an error here


@given(seed=st.integers(0, 2**32 - 1), n_electrons=st.integers(0, 4))
@settings(max_examples=10)
def test_exact_energies_of_so_many_electrons(seed, n_electrons):
    rng = np.random.default_rng(seed)
    H = SparsePauliOp.sum([rng.normal() * hopping(p, q, 4) for p in range(4) for q in range(p + 1, 4)])
    H += SparsePauliOp(["ZZII", "IZIZ", "IIIZ"], rng.normal(size=3))
    # Electrons of another number are far above all others: their penalty is what it must be, the sector's energy stays.
    number = SparsePauliOp.from_sparse_list([("", [], 2.0)] + [("Z", [q], -0.5) for q in range(4)], 4)
    away = number - n_electrons * SparsePauliOp("IIII")
    penalised = np.linalg.eigvalsh((H + 100.0 * (away @ away)).to_matrix())[0]
    assert ZNEVQE().exact_energies(H, n_electrons=n_electrons)[0] == pytest.approx(penalised, abs=1e-9)


@pytest.mark.parametrize(
    ("operator", "n_electrons", "message"),
    [
        ("ZZ", 3, "n_electrons must be None or an integer from 0 to 2"),
        ("ZZ", -1, "from 0 to 2"),
        ("ZZ", 1.0, "got 1.0"),
        ("ZZ", True, "got True"),
        ("XI", 1, "keeps the number of qubits in state 1"),
    ],
)
def test_electrons_that_cannot_be(operator, n_electrons, message):
    with pytest.raises(ValueError, match=message):
        ground_energy(Observable(operator), n_electrons)
