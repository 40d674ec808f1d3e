"""Heads, trees of rotations and networks, against Qiskit and differences."""

from itertools import product

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, Statevector

from skqml import Exact
from skqml.models.base.rotations.rotations import Rotations
from skqml.models.visual_field.circuits import block_gates, field_circuit, identity_angles, tree_angles
from skqml.models.visual_field.heads import MixedCircuitHead, MixedHead, PureCircuitHead, PureHead
from skqml.models.visual_field.network import FieldNetwork, FieldRows
from skqml.models.visual_field.perceptron import Perceptron

RNG = np.random.default_rng(0)
N, M = 3, 2
ROTATIONS = Rotations(N, block_gates(N, 1))
THETA = RNG.normal(size=len(ROTATIONS.gates))
P = RNG.dirichlet(np.ones(2**N), 4)
P[0] = np.eye(2**N)[5]  # a basis state, whose tree has empty branches
HEADS = {
    "pure": (PureHead(ROTATIONS, M), PureCircuitHead(ROTATIONS, M, Exact())),
    "mixed": (MixedHead(ROTATIONS, M), MixedCircuitHead(ROTATIONS, M, Exact())),
}


def expected(state, p):
    """Z of the first qubits behind the gates, by Qiskit's own simulators."""
    gates = field_circuit(N, ROTATIONS.gates)
    bound = dict(zip([q for q in gates.parameters if q.name.startswith("w")], THETA, strict=True))
    bound |= {q: 0.0 for q in gates.parameters if q.name.startswith("x")}
    unitary = gates.assign_parameters(bound)
    rho = Statevector(np.sqrt(p)) if state == "pure" else DensityMatrix(np.diag(p))
    end = rho.evolve(unitary)
    return [end.expectation_value(SparsePauliOp.from_sparse_list([("Z", [c], 1)], N)).real for c in range(M)]


@pytest.mark.parametrize(("state", "place"), product(HEADS, (0, 1)))
def test_heads_are_qiskits_expectations(state, place):
    values, _ = HEADS[state][place].forward(P, THETA)
    np.testing.assert_allclose(values, [expected(state, p) for p in P], atol=1e-12)


@pytest.mark.parametrize(("state", "place"), product(HEADS, (0, 1)))
def test_derivatives_of_heads_are_differences(state, place):
    """By logarithms of probabilities, along directions that keep their sum."""
    head, g = HEADS[state][place], RNG.normal(size=(3, M))
    log_p = np.log(P[1:])

    def total(log_p, theta):
        p = np.exp(log_p)
        return np.sum(g * head.forward(p / p.sum(axis=1, keepdims=True), theta)[0])

    of_log, of_theta = head.forward(P[1:], THETA)[1](g)
    of_log = of_log - P[1:] * of_log.sum(axis=1, keepdims=True)
    for direction, turn in zip(RNG.normal(size=(3, *log_p.shape)), RNG.normal(size=(3, len(THETA))), strict=True):
        ends = [total(log_p + e * direction, THETA + e * turn) for e in (1e-5, -1e-5)]
        slope = np.sum(of_log * direction) + of_theta @ turn
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-8)


def test_trees_make_the_amplitudes():
    angles, _ = tree_angles(P)
    circuit = field_circuit(N, ())
    for p, row in zip(P, angles, strict=True):
        psi = Statevector(circuit.assign_parameters({x: row[x.index] for x in circuit.parameters}))
        np.testing.assert_allclose(psi.data, np.sqrt(p), atol=1e-12)


def test_identity_angles_make_the_identity():
    gates = block_gates(N, 3)
    theta = identity_angles(len(gates), 3, RNG)
    S, _ = Rotations(N, gates).forward(theta[None], 2**N)
    np.testing.assert_allclose(S[0], np.eye(2**N), atol=1e-12)
    assert np.abs(theta).max() > 1


@pytest.mark.parametrize("activation", ["relu", "sine"])
def test_derivatives_of_networks_are_differences(activation):
    network = FieldNetwork(Perceptron((5, 7, 2**N), activation), HEADS["pure"][0], 0.7, 3, 2)
    v, rows = RNG.normal(size=network.n_parameters), FieldRows(RNG.normal(size=(6, 3)), np.arange(6) % 3)
    S, pullback = network.forward(rows, v)
    g = RNG.normal(size=S.shape)
    for direction in RNG.normal(size=(3, len(v))):
        ends = [np.sum(g * network.scores(rows, v + e * direction)) for e in (1e-6, -1e-6)]
        assert pullback(g) @ direction == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)
    np.testing.assert_allclose(network.scores(rows[np.array([4])], v), S[4:5], atol=1e-12)
