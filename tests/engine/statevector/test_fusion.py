"""Each pass leaves the meaning of a circuit unchanged, by dense matrices of Pauli strings."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Pauli, Statevector

from skqml.engine.reading.angles import Tape
from skqml.engine.reading.lower import Rotation, lower
from skqml.engine.statevector.fusion import Phase, fuse, light_cone, start_from_product
from tests.engine.strategies import drawn_circuits


def pauli(x, z, n):
    return Pauli(([z >> q & 1 for q in range(n)], [x >> q & 1 for q in range(n)])).to_matrix()


def evaluate(lowered, polynomial, drawn):
    tape = Tape(lowered.atoms, [polynomial])
    return tape.values(tape.inputs_from(drawn.X[:1], drawn.w))[0, 0]


def rotated(psi, x, z, angle, n):
    return np.cos(angle / 2) * psi - 1j * np.sin(angle / 2) * (pauli(x, z, n) @ psi)


def run(ops, psi, angle, n):
    for op in ops:
        strings = {(op.x, op.z): op.angle} if isinstance(op, Rotation) else {(0, m): a for m, a in op.angles.items()}
        for (x, z), polynomial in strings.items():
            psi = rotated(psi, x, z, angle(polynomial), n)
    return psi


def zeros(n):
    return np.eye(1, 2**n)[0].astype(complex)


def fused(drawn):
    lowered = lower(drawn.circuit)
    ops, frame = fuse(lowered)
    return ops, frame, lambda polynomial: evaluate(lowered, polynomial, drawn)


def expectation(psi, x, z, n):
    return np.vdot(psi, pauli(x, z, n) @ psi).real


@st.composite
def with_strings(draw, max_qubits=4):
    drawn = draw(drawn_circuits(max_qubits=max_qubits, n_rows=1))
    masks = st.integers(0, 2**drawn.circuit.num_qubits - 1)
    return drawn, draw(st.lists(st.tuples(masks, masks), min_size=1, max_size=3))


@settings(max_examples=50)
@given(with_strings())
def test_fusing_keeps_every_expectation_value(case):
    drawn, strings = case
    n = drawn.circuit.num_qubits
    ops, frame, angle = fused(drawn)
    before, after = drawn.states()[0].data, run(ops, zeros(n), angle, n)
    for x, z in strings:
        new_x, new_z, sign = frame.image(x, z)
        np.testing.assert_allclose(sign * expectation(after, new_x, new_z, n), expectation(before, x, z, n), atol=1e-10)


@settings(max_examples=50)
@given(with_strings())
def test_fused_circuits_have_no_neighbours_left_to_merge(case):
    ops, _, _ = fused(case[0])
    for a, b in pairwise(ops):
        assert not (isinstance(a, Phase) and isinstance(b, Phase))


def blocked(x, z, op):
    """Whether a Pauli string does not commute with a rotation."""
    return isinstance(op, Rotation) and ((x & op.z).bit_count() + (z & op.x).bit_count()) % 2 == 1


@settings(max_examples=50)
@given(with_strings())
def test_diagonal_rotations_are_in_the_first_phase_that_they_reach(case):
    """So that rotations drawn qubit by qubit are as few phases as those drawn layer by layer."""
    ops, _, _ = fused(case[0])
    places = [k for k, op in enumerate(ops) if isinstance(op, Phase)]
    for before, k in pairwise(places):
        for mask in ops[k].angles:
            assert any(blocked(0, mask, op) for op in ops[before:k])


@settings(max_examples=50)
@given(with_strings())
def test_the_product_start_gives_the_same_state_up_to_a_phase(case):
    drawn, _ = case
    n = drawn.circuit.num_qubits
    ops, _, angle = fused(drawn)
    before = run(ops, zeros(n), angle, n)
    start, rest = start_from_product(fused(drawn)[0])
    psi = zeros(n)
    for q, polynomial in start.items():
        psi = rotated(psi, 1 << q, 1 << q, angle(polynomial), n)
    assert Statevector(run(rest, psi, angle, n)).equiv(Statevector(before), rtol=0, atol=1e-10)


@settings(max_examples=50)
@given(with_strings())
def test_the_light_cone_holds_all_that_is_measured(case):
    drawn, strings = case
    n = drawn.circuit.num_qubits
    ops, _, angle = fused(drawn)
    before = run(ops, zeros(n), angle, n)
    kept = light_cone(ops, strings)
    assert len(kept) <= len(ops)
    after = run(kept, zeros(n), angle, n)
    for x, z in strings:
        np.testing.assert_allclose(expectation(after, x, z, n), expectation(before, x, z, n), atol=1e-10)
