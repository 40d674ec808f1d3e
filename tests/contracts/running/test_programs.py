"""What every program keeps: rows that stay while weights change, and the circuit that it was compiled from."""

import numpy as np

from skqml import all_z
from tests.contracts.backends import SHOTS, gain
from tests.contracts.running.test_backends import N, W, X, every_backend, is_random, model


def as_rng(backend):
    """Equal shots at each call, if there are any."""
    return np.random.default_rng(7) if is_random(backend) else None


@every_backend
def test_fixed_rows_are_the_program_on_these_rows(backend):
    """Whole or in part, with the same shots where there are any; exact ones may take another way to the numbers."""
    program = backend.compile(model(), all_z(N))
    assert (program.n_features, program.n_weights, program.n_observables) == (N, len(W), N)
    rows, some = program.fix_rows(X), [3, 0, 0]
    for fixed, given in ((rows, X), (rows[some], X[some]), (rows[1:], X[1:])):
        assert len(fixed) == len(given)
        tolerance = {"rtol": 0, "atol": 0 if is_random(backend) else 1e-10}
        np.testing.assert_allclose(fixed(W, as_rng(backend)), program(given, W, as_rng(backend)), **tolerance)
        found, pullback = fixed.forward(W, as_rng(backend))
        expected, of_weights = program.forward_weights(given, W, as_rng(backend))
        np.testing.assert_allclose(found, expected, **tolerance)
        np.testing.assert_allclose(pullback(np.cos(found))[1], of_weights(np.cos(found)), **tolerance)


@every_backend
def test_programs_own_their_circuit(backend):
    """What the caller does to it later changes nothing, gradients included, which many compile when first asked."""
    circuit, g, A = model(), np.ones((len(X), N)), np.ones((2, 2))
    expected, found = ((backend.compile(c, all_z(N)), backend.compile_overlaps(c)) for c in (model(), circuit))
    circuit.rx(1.0, 0)
    for slopes in zip(*(p.pullback(X, W, g, as_rng(backend)) for p, _ in (expected, found)), strict=True):
        np.testing.assert_array_equal(*slopes)
    for slopes in zip(*(o.pullback(X[:2], W, A, as_rng(backend)) for _, o in (expected, found)), strict=True):
        np.testing.assert_array_equal(*slopes)


@every_backend
def test_derivatives_by_rows_or_weights_alone(backend):
    """They are the parts of those by both; those by weights may be of other circuits, and so of other shots."""
    program, g = backend.compile(model(), all_z(N)), np.cos(np.arange(len(X) * N)).reshape(-1, N)
    values, pullback = program.forward(X, W, as_rng(backend))
    expected, shots = pullback(g), is_random(backend)
    # The difference of two sums over values of half the difference of two results, times at most the largest x.
    few = 6 * gain(backend) * np.linalg.norm(g) * max(1.0, np.abs(X).max()) / np.sqrt(SHOTS) if shots else 1e-10
    for part, run, atol in ((0, program.forward_rows, 0.0), (1, program.forward_weights, few)):
        found, alone = run(X, W, as_rng(backend))
        np.testing.assert_allclose(found, values, rtol=0, atol=0 if shots else 1e-10)
        np.testing.assert_allclose(alone(g), expected[part], rtol=0, atol=atol if shots else 1e-10)
