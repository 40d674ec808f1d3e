"""A circuit with an affine readout as one function of one vector."""

import numpy as np
import pytest

from skqml import Exact, one_qubit_paulis
from skqml.models.base.readout.network import ReadoutNetwork
from tests.inspection.circuits.circuits import mixed
from tests.models.variational.models import central_differences

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 2))
CIRCUIT = mixed()
READOUTS = [("affine", 2), ("bias", 3), (None, 3)]
each = pytest.mark.parametrize(("readout", "n_outputs"), READOUTS)


def network(readout, n_outputs, n_observables=3):
    return ReadoutNetwork(Exact().compile(CIRCUIT, one_qubit_paulis(2)[:n_observables]), n_outputs, readout)


@each
def test_packing_is_undone(readout, n_outputs):
    net = network(readout, n_outputs)
    v = RNG.normal(size=net.n_parameters)
    np.testing.assert_array_equal(net.pack(*net.unpack(v)), v)
    w = net.unpack(v)[0]
    start = net.start(w)
    assert len(start) == len(v) and net.unpack(start)[0].tolist() == w.tolist()


@each
def test_scores_and_their_derivatives(readout, n_outputs):
    net = network(readout, n_outputs)
    v, g = RNG.normal(size=net.n_parameters), RNG.normal(size=(5, n_outputs))
    rows = net.program.fix_rows(X)
    S, pullback = net.forward(rows, v)
    w, A, b = net.unpack(v)
    np.testing.assert_allclose(S, net.program(X, w) @ A.T + b, atol=1e-12)
    np.testing.assert_array_equal(net.scores(rows, v), S)
    slopes = central_differences(lambda v: np.sum(g * net.scores(rows, v)), v)
    np.testing.assert_allclose(pullback(g), slopes, atol=1e-6)


@each
def test_penalties_are_of_trained_matrices(readout, n_outputs):
    net = network(readout, n_outputs)
    v = RNG.normal(size=net.n_parameters)
    slopes = central_differences(lambda v: net.penalty(v, 0.3)[0], v)
    np.testing.assert_allclose(net.penalty(v, 0.3)[1], slopes, atol=1e-6)
    assert (net.penalty(v, 0.3)[0] > 0) == (readout == "affine")


def test_one_observable_parts_two_classes():
    net = network("bias", 2, n_observables=1)
    S = net.scores(net.program.fix_rows(X), net.start(np.zeros(net.program.n_weights)))
    np.testing.assert_allclose(S[:, 0], -S[:, 1])


def test_outputs_without_observables_of_their_own():
    with pytest.raises(ValueError, match=r"one observable for each of 4 outputs .* got 3 observables"):
        network(None, 4)
