"""Ansätze: their numbers of weights, their shapes, and identities of the unitaries they draw."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Operator, Statevector, partial_trace

from skqml.circuits.ansatze import (
    Ansatz,
    all_to_all,
    basic_entangler,
    brickwall_su4,
    hardware_efficient,
    identity,
    matrix_product,
    mirrored,
    qcnn,
    ry_cz,
    strongly_entangling,
    su4,
    tree,
)

ANSATZE = [
    hardware_efficient,
    strongly_entangling,
    basic_entangler,
    all_to_all,
    brickwall_su4,
    qcnn,
    matrix_product,
    tree,
    mirrored,
]


def draw(ansatz, n_qubits):
    """The circuit of an ansatz and its weights, in the order in which they were handed out."""
    qc, w = QuantumCircuit(n_qubits), ParameterVector("w", 0)

    def weight():
        w.resize(len(w) + 1)
        return w[len(w) - 1]

    ansatz(qc, weight)
    return qc, list(w)


def bind(ansatz, n_qubits, seed=0):
    """The circuit of an ansatz at random angles."""
    qc, w = draw(ansatz, n_qubits)
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(w))
    return qc.assign_parameters(dict(zip(w, angles, strict=True)))


@pytest.mark.parametrize(
    ("ansatz", "count"),
    [
        (partial(hardware_efficient, n_layers=3), lambda n: 2 * n * 4),
        (partial(strongly_entangling, n_layers=2), lambda n: 6 * n),
        (partial(basic_entangler, n_layers=2), lambda n: 2 * n),
        (partial(all_to_all, n_layers=2), lambda n: 2 * (2 * n + n * (n - 1) // 2)),
        (partial(brickwall_su4, n_layers=2), lambda n: 30 * (n - 1)),
        (partial(matrix_product, block=ry_cz), lambda n: 4 * (n - 1)),
        (tree, lambda n: 15 * (n - 1)),
        (partial(mirrored, ansatz=partial(hardware_efficient, n_layers=1)), lambda n: 8 * n),
        (identity, lambda n: 0),
    ],
)
@pytest.mark.parametrize("n_qubits", [1, 2, 3, 5, 8])
def test_number_of_weights(ansatz, count, n_qubits):
    """As the docstrings say, and every weight handed out is in the circuit."""
    qc, w = draw(ansatz, n_qubits)
    assert len(w) == count(n_qubits)
    assert set(qc.parameters) == set(w)


@pytest.mark.parametrize(("n_qubits", "n_levels"), [(1, 0), (2, 1), (4, 2), (5, 3), (8, 3)])
def test_qcnn_has_logarithmically_many_weights(n_qubits, n_levels):
    """Each level of a convolutional network shares 15 weights of convolution and 2 of pooling."""
    assert len(draw(qcnn, n_qubits)[1]) == 17 * n_levels


@pytest.mark.parametrize("ansatz", ANSATZE)
def test_states_are_entangled(ansatz):
    """At random angles no qubit is left in a pure state of its own."""
    state = Statevector(bind(ansatz, 4))
    for q in range(4):
        assert partial_trace(state, [k for k in range(4) if k != q]).purity().real < 1 - 1e-3


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_the_inverse_of_su4_is_of_its_form(seed):
    """Local gates, the Cartan part, local gates: the inverse of such a gate has the same form."""
    qc, w = draw(lambda qc, weight: su4(qc, weight, 0, 1), 2)
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, 15)
    # Mirror: the two rotations swap places with their angles reversed and negated.
    parts = (angles[9:12][::-1], angles[12:15][::-1], angles[6:9], angles[0:3][::-1], angles[3:6][::-1])
    inverse = -np.concatenate(parts)
    U, V = (Operator(qc.assign_parameters(dict(zip(w, a, strict=True)))).data for a in (angles, inverse))
    np.testing.assert_allclose(V @ U, np.eye(4), atol=1e-12)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_su4_has_fifteen_independent_directions(seed):
    """The derivative of the gate by its angles spans the tangent space of SU(4) almost everywhere."""
    qc, w = draw(lambda qc, weight: su4(qc, weight, 0, 1), 2)
    angles = np.random.default_rng(seed).uniform(0.3, 1.2, 15)

    def unitary(a):
        return Operator(qc.assign_parameters(dict(zip(w, a, strict=True)))).data

    step = 1e-6
    rows = [(unitary(angles + step * e) - unitary(angles - step * e)).ravel() / (2 * step) for e in np.eye(15)]
    J = np.array([np.concatenate([r.real, r.imag]) for r in rows])
    assert np.linalg.matrix_rank(J, tol=1e-5) == 15


@pytest.mark.parametrize("ansatz", ANSATZE)
def test_mirrored_ansatz_is_the_identity_at_equal_halves(ansatz):
    """``V(w)^-1 V(w) = 1`` for any ansatz V."""
    qc, w = draw(partial(mirrored, ansatz=ansatz), 3)
    half = np.random.default_rng(1).uniform(0, 2 * np.pi, len(w) // 2)
    U = Operator(qc.assign_parameters(dict(zip(w, np.tile(half, 2), strict=True)))).data
    np.testing.assert_allclose(U, np.eye(8), atol=1e-12)


def test_convolution_is_the_same_on_all_pairs():
    """On 4 qubits, exchanging the pairs (0, 1) and (2, 3) leaves the first half convolution unchanged."""
    qc, _ = draw(qcnn, 4)
    pairs = [[qc.find_bit(q).index for q in i.qubits] for i in qc.data if i.operation.name == "rxx"]
    angles = [i.operation.params[0] for i in qc.data if i.operation.name == "rxx"]
    assert pairs == [[0, 1], [2, 3], [1, 2], [1, 3]]
    assert angles[0] == angles[1] == angles[2] != angles[3]


@pytest.mark.parametrize("ansatz", [qcnn, tree])
@pytest.mark.parametrize("n_qubits", [2, 3, 5, 8])
def test_pooling_ends_on_the_last_qubit(ansatz, n_qubits):
    """The last two-qubit gate acts on the last qubit, which can depend on all others."""
    qc, _ = draw(ansatz, n_qubits)
    reached = {n_qubits - 1}
    for instruction in reversed(qc.data):
        qubits = {qc.find_bit(q).index for q in instruction.qubits}
        if qubits & reached:
            reached |= qubits
    assert reached == set(range(n_qubits))


def test_staircase_and_tree_have_their_shapes():
    """Blocks of a matrix product follow each other, those of a tree halve the qubits."""

    def blocks(ansatz):
        found = []
        ansatz(QuantumCircuit(4), lambda: None, block=lambda qc, weight, a, b: found.append((a, b)))
        return found

    assert blocks(matrix_product) == [(0, 1), (1, 2), (2, 3)]
    assert sorted(blocks(tree)[:2]) == [(0, 1), (2, 3)]
    assert blocks(tree)[2:] == [(1, 3)]


def test_entanglement_of_the_strongly_entangling_ansatz_widens():
    """Layer l entangles qubits at the distance 1 + l mod (n - 1)."""
    qc, _ = draw(partial(strongly_entangling, n_layers=4), 4)
    targets = [[qc.find_bit(q).index for q in i.qubits] for i in qc.data if i.operation.name == "cx"]
    distances = [(b - a) % 4 for a, b in targets]
    assert distances == [1] * 4 + [2] * 4 + [3] * 4 + [1] * 4


@pytest.mark.parametrize("n_layers", [-1, 1.5, "two", True])
def test_bad_numbers_of_layers_are_refused(n_layers):
    """Before anything is drawn."""
    with pytest.raises(ValueError, match="n_layers"):
        draw(partial(hardware_efficient, n_layers=n_layers), 2)


def test_bad_entanglement_is_refused():
    """Only ring and line are known."""
    with pytest.raises(ValueError, match="entanglement"):
        draw(partial(hardware_efficient, entanglement="star"), 2)


def test_built_circuits_are_the_drawn_ones():
    """Weights are the vector w, also those of a circuit of the user's own, whatever they were called."""
    qc, w, angles = QuantumCircuit(3), iter(ParameterVector("w", 18)), np.arange(18.0)
    hardware_efficient(qc, lambda: next(w), n_layers=2)
    built = Ansatz(hardware_efficient, n_layers=2).build(3)
    assert built.assign_parameters(angles) == qc.assign_parameters(angles)
    own = QuantumCircuit(1)
    own.ry(Parameter("b"), 0)
    own.rx(Parameter("a"), 0)
    assert [str(gate.params[0]) for gate in Ansatz(own).build(1)] == ["w[1]", "w[0]"]
    with pytest.raises(ValueError, match="n_qubits must be an integer of at least 1"):
        Ansatz(own).build(0)
