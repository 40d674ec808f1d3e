"""Measurement groups: every term in one group that settles it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Pauli, Statevector, random_statevector

from skqml import Exact, Observable, all_z, all_zz, one_qubit_paulis, parity, projectors
from skqml.backends.probabilities import StringProbabilities
from skqml.engine.reading.bases import group_terms
from tests.engine.strategies import drawn_circuits


@st.composite
def observable_lists(draw):
    n = draw(st.integers(1, 4))
    label = st.text("IXYZ01", min_size=n, max_size=n)
    terms = st.lists(st.tuples(label, st.floats(-2, 2)), min_size=1, max_size=4)
    return n, [Observable(*zip(*t, strict=True)) for t in draw(st.lists(terms, min_size=1, max_size=4))]


@given(observable_lists(), st.integers(0, 2**16))
def test_probabilities_of_the_groups_give_the_expectation_values(case, seed):
    n, observables = case
    groups, constant = group_terms(observables, n)
    psi, total = random_statevector(2**n, seed=seed), np.array(constant)
    for group in groups:
        measured = Statevector(psi).evolve(group.rotations(n))
        outcomes = np.arange(2 ** len(group.qubits))
        bits = outcomes[:, None] >> np.arange(len(group.qubits)) & 1
        total = total + measured.probabilities(group.qubits) @ group.values(bits)
    expected = [psi.expectation_value(o.to_operator()).real for o in observables]
    np.testing.assert_allclose(total, expected, atol=1e-10)


@given(observable_lists())
def test_terms_of_a_group_commute_qubit_by_qubit(case):
    n, observables = case
    for group in group_terms(observables, n)[0]:
        letters = dict(group.basis)
        for label in group.labels:
            for q, letter in enumerate(reversed(label)):
                assert letter == "I" or Pauli(letters[q]) == Pauli("Z" if letter in "01" else letter)


def test_number_of_groups():
    n = 4
    diagonal = [*all_z(n), *all_zz(n), parity(n), *projectors(n)]
    assert len(group_terms(diagonal, n)[0]) == 1
    assert len(group_terms(one_qubit_paulis(n), n)[0]) == 3
    assert group_terms([Observable("I" * n, 2.5)], n)[0] == []


@settings(max_examples=40)
@given(st.data())
def test_probabilities_of_some_qubits(data):
    drawn = data.draw(drawn_circuits(max_qubits=5))
    n = drawn.circuit.num_qubits
    qubits = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n, unique=True))
    expected = [s.probabilities(qubits) for s in drawn.states()]
    for program in (
        Exact().compile_probabilities(drawn.circuit, qubits),
        StringProbabilities(Exact(), drawn.circuit, qubits),
    ):
        numbers = program.bits @ (1 << np.arange(len(qubits)))
        P = program(drawn.X, drawn.w)
        found = np.array([np.bincount(numbers, row, 2 ** len(qubits)) for row in P])
        np.testing.assert_allclose(found, expected, atol=1e-10)
