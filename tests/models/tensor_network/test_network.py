"""Networks against Qiskit: the circuit of each sequence as a statevector, or traced over what is discarded."""

from itertools import product

import numpy as np
import pytest
from qiskit.quantum_info import Statevector, partial_trace

from skqml.models.base.rotations.rotations import Rotations
from skqml.models.tensor_network.contractions import Discard, Postselect
from skqml.models.tensor_network.drawing import sequence_circuit
from skqml.models.tensor_network.path import PathNetwork
from skqml.models.tensor_network.start import start_angles
from skqml.models.tensor_network.token_circuits import box_gates
from skqml.models.tensor_network.tree import TreeNetwork, check_entries

N_LETTERS = 5
CASES = [
    (kind, contraction, n_qubits, n_boxes, n_classes)
    for kind, contraction, n_qubits in product((PathNetwork, TreeNetwork), (Postselect, Discard), (1, 2))
    for n_boxes, n_classes in ((1, 2), (3, 2), (1, 5))
    if (kind, contraction, n_qubits) != (TreeNetwork, Discard, 2)  # whose boxes take a minute
]
each = pytest.mark.parametrize(("kind", "contraction", "n_qubits", "n_boxes", "n_classes"), CASES)


def made(kind, contraction, n_qubits, n_boxes, n_classes, lengths=(4, 1, 3, 0, 2)):
    """A network, its angles, and codes of sequences of several lengths."""
    rng = np.random.default_rng(0)
    network = kind(contraction(n_qubits), 2 if n_qubits == 1 else 1, N_LETTERS, n_boxes, n_classes)
    codes = rng.integers(0, N_LETTERS, (len(lengths), max(lengths)))
    codes[np.arange(codes.shape[1]) >= np.array(lengths)[:, None]] = -1
    return network, rng.normal(size=network.n_parameters), codes


def oracle(network, v, codes, readout):
    """Probabilities of outcomes, those of post-selection not divided by that of zeros elsewhere."""
    q, n_tokens = network.contraction.n_qubits, np.sum(codes >= 0)
    tokens = network.unpack(v).tokens

    def put_token(qc, qubits, t):
        network.token.draw(qc, qubits, tokens[codes[t]])

    psi = Statevector(sequence_circuit(network, v, n_tokens, put_token, readout))
    if isinstance(network.contraction, Postselect):
        return psi.probabilities()[: 2**q]
    return partial_trace(psi, range(q, psi.num_qubits)).probabilities()


@each
def test_scores_are_those_of_the_circuit(kind, contraction, n_qubits, n_boxes, n_classes):
    network, v, codes = made(kind, contraction, n_qubits, n_boxes, n_classes)
    rows = network.rows(codes)
    found, success = np.exp(network.scores(rows, v)), np.exp(network.log_success(rows, v))
    for p, share, row in zip(found, success, codes, strict=True):
        outcomes = [oracle(network, v, row, k) for k in range(network.n_readouts)]
        assert share == pytest.approx(outcomes[0].sum())
        of_classes = outcomes[0][:n_classes] if len(outcomes) == 1 else [o[0] for o in outcomes]
        np.testing.assert_allclose(p, of_classes / outcomes[0].sum(), atol=1e-9)


@each
def test_derivatives_are_differences(kind, contraction, n_qubits, n_boxes, n_classes):
    network, v, codes = made(kind, contraction, n_qubits, n_boxes, n_classes)
    rows, rng = network.rows(codes), np.random.default_rng(1)
    S, pullback = network.forward(rows, v)
    g = rng.normal(size=S.shape) * np.exp(S)  # steep logarithms of tiny probabilities apart
    for direction in rng.normal(size=(3, len(v))):
        ends = [np.sum(g * network.scores(rows, v + step * direction)) for step in (1e-5, -1e-5)]
        assert pullback(g) @ direction == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


@pytest.mark.parametrize("kind", [PathNetwork, TreeNetwork])
def test_long_sequences(kind):
    """Also of a probability that no float holds; a row alone is what it is among others."""
    lengths = (3000, 7) if kind is PathNetwork else (32, 7)
    network, v, codes = made(kind, Postselect, 1, 1, 2, lengths)
    rows = network.rows(codes)
    S = network.scores(rows, v)
    np.testing.assert_allclose(np.exp(S).sum(axis=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(network.scores(rows[np.array([1])], v), S[1:], atol=1e-12)
    assert np.isfinite(network.log_success(rows, v)).all()


def test_boxes_are_unitary_and_end_where_they_began():
    gates = box_gates(3, 2)
    assert len(gates) == 3 * 4 * 2
    rotations, theta = Rotations(3, gates), np.random.default_rng(0).normal(size=(2, len(gates)))
    U, _ = rotations.forward(theta, 8)
    np.testing.assert_allclose(U @ U.conj().swapaxes(1, 2), np.broadcast_to(np.eye(8), U.shape), atol=1e-12)


@pytest.mark.parametrize(("contraction", "n_tokens"), [(Postselect(3), 64), (Discard(1), 64), (Postselect(1), 5000)])
def test_trees_that_do_not_fit_are_refused(contraction, n_tokens):
    with pytest.raises(ValueError, match="lower max_length"):
        check_entries(contraction, n_tokens)


@pytest.mark.parametrize("readout", [-np.pi / 2, 0.0])
def test_counting_start_is_linear_in_counts_whatever_the_second_qubit_is(readout):
    """It is 1 but for 1e-57, and is measured across, or has to be 0."""
    rng, length, far = np.random.default_rng(0), 40, 1.3
    network = PathNetwork(Postselect(2), 1, N_LETTERS, 1, 2)
    v, tilts = start_angles(network, length, "counts", 0.0, rng), rng.normal(0.0, 0.2, N_LETTERS)
    angles = network.unpack(v)
    angles.tokens[:, :2] += np.stack([np.full(N_LETTERS, far), tilts], axis=1)
    assert angles.readouts[0, 1] == -np.pi / 2
    angles.readouts[0, 1] = readout
    codes = rng.integers(0, N_LETTERS, (6, length))
    S = network.scores(network.rows(codes), v)
    odds = [2 * np.log(np.tan(np.pi / 4 + e / 2)) for e in (far, tilts)]
    np.testing.assert_allclose(S[:, 1] - S[:, 0], odds[0] + odds[1][codes[:, 1:]].sum(axis=1), rtol=1e-6)
