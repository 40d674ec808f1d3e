"""Pauli strings under gates against dense matrices, and what truncation drops."""

from functools import reduce
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator, Pauli, random_clifford, random_unitary

from skqml.engine.propagation.compiled.strings import WORD
from skqml.engine.propagation.gates import clifford, read_gates, words
from skqml.engine.propagation.strings import Term, Truncation
from skqml.engine.propagation.sweeps import Propagation
from skqml.engine.reading.lower import lower
from tests.engine.strategies import drawn_circuits

LETTERS = "IXZY"  # by two bits: X, and then Z


def string(number, n_qubits):
    """Dense matrix of a string by its number, two bits a qubit, the first qubit the least."""
    letters = [LETTERS[number >> 2 * q & 3] for q in range(n_qubits)]
    return reduce(np.kron, [Pauli(letter).to_matrix() for letter in reversed(letters)])


@settings(max_examples=30)
@given(st.integers(1, 3), st.integers(0, 2**31))
def test_images_under_clifford_gates(n_qubits, seed):
    U = Operator(random_clifford(n_qubits, seed=seed)).data
    images, signs = clifford(U)
    for number, (image, sign) in enumerate(zip(images, signs, strict=True)):
        expected = U.conj().T @ string(number, n_qubits) @ U
        np.testing.assert_allclose(sign * string(image, n_qubits), expected, atol=1e-12)


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_other_gates_are_no_clifford_gates(n_qubits):
    assert clifford(random_unitary(2**n_qubits, seed=0).data) is None


@given(st.lists(st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1)), max_size=4))
def test_words_hold_all_bits(strings):
    unsigned = words(strings).view(np.uint64).tolist()
    found = [(a | b << WORD, c | d << WORD) for a, b, c, d in unsigned]
    assert found == strings


@settings(max_examples=25)
@given(drawn_circuits(max_qubits=3, max_gates=5))
def test_all_strings_together(drawn):
    """Means of all strings of a circuit are the Pauli vector of its states; nothing is dropped."""
    n = drawn.circuit.num_qubits
    gates = read_gates(lower(drawn.circuit))
    masks = list(product(range(2**n), repeat=2))
    terms = [Term(words([mask]), np.ones(1)) for mask in masks]
    found, dropped = Propagation(gates, terms, Truncation(n, 0.0, 2**30), None).values(drawn.X, drawn.w)
    paulis = [Pauli((bits(z, n), bits(x, n))).to_matrix() for x, z in masks]
    expected = [[np.vdot(state, P @ state).real for P in paulis] for state in map(np.asarray, drawn.states())]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_array_equal(dropped, 0.0)


def bits(mask, n):
    return [bool(mask >> q & 1) for q in range(n)]
