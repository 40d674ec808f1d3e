"""Standard errors of expectation values, against the scatter of many repeated calls.

Statistical bounds are set so that a correct program fails for one seed in a million at most; seeds are fixed.
"""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, Shots, all_zz, one_qubit_paulis, projectors
from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.mitigation import WeightedShots
from tests.mitigation.noisy import N, W, X, aer, depolarizing, model

# Sums whose terms share counts, or come from several bases.
SUMS = [SparsePauliOp(["ZZI", "ZII", "IZI"], [0.5, -1.0, 0.3]), SparsePauliOp(["XXI", "ZIZ", "III"], [0.7, 0.2, 3.0])]
OBSERVABLES = [*one_qubit_paulis(N), *all_zz(N), *projectors(N), *SUMS]


class Normal(Backend):
    """Normally distributed values, from a program that knows nothing of errors."""

    random = True
    random_state = 0

    def compile(self, circuit, observables):
        return NormalProgram(self, circuit, observables)


class NormalProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        rng = self.backend.generator() if rng is None else rng
        return 0.5 + 0.1 * rng.normal(size=(len(X), len(self.observables)))


def test_errors_of_shots_are_the_scatter_of_many_calls():
    n_calls, shots = 3000, 300
    program = Shots(shots, 0).compile(model(), OBSERVABLES)
    values, errors = program.estimate(np.repeat(X[:1], n_calls, axis=0), W)
    assert values.shape == errors.shape == (n_calls, len(OBSERVABLES))
    scatter = values.std(axis=0, ddof=1)
    # The standard deviation of a sample of n has a relative error of about 1 / sqrt(2 n), more for rare outcomes.
    np.testing.assert_allclose(np.sqrt((errors**2).mean(axis=0)), scatter, rtol=5.5 / np.sqrt(2 * n_calls), atol=2e-3)
    exact = Exact().compile(model(), OBSERVABLES)(X[:1], W)
    assert (np.abs(values.mean(axis=0) - exact) < 5.5 * scatter / np.sqrt(n_calls) + 1e-12).all()


def test_values_are_those_of_the_call_with_the_same_seed():
    program = Shots(100, 3).compile(model(), OBSERVABLES)
    np.testing.assert_array_equal(program.estimate(X, W)[0], program(X, W))
    first, second = np.random.default_rng(1), np.random.default_rng(1)
    np.testing.assert_array_equal(program.estimate(X, W, first)[0], program(X, W, second))


@pytest.mark.parametrize("backend", [Exact(), aer(depolarizing())], ids=["Exact", "Aer"])
def test_without_shots_there_is_no_error(backend):
    program = backend.compile(model(), OBSERVABLES)
    values, errors = program.estimate(X, W)
    np.testing.assert_array_equal(values, program(X, W))
    assert not errors.any()


def test_a_program_that_knows_no_errors_is_called_several_times():
    values, errors = Normal().compile(model(), all_zz(N)).estimate(np.repeat(X, 500, axis=0))
    np.testing.assert_allclose(values.std(), 0.1 / np.sqrt(8), rtol=0.05)
    np.testing.assert_allclose(np.sqrt((errors**2).mean()), 0.1 / np.sqrt(8), rtol=0.05)


def test_one_shot_has_no_scatter():
    errors = Shots(1, 0).compile(model(), OBSERVABLES).estimate(X, W)[1]
    assert not errors.any()


@pytest.mark.parametrize("shots", ["many", 0, 2.5])
def test_wrong_shots_are_refused_before_they_are_shared_out(shots):
    with pytest.raises(ValueError, match="shots must be"):
        WeightedShots(Shots(shots)).compile(model(), one_qubit_paulis(N))


def test_coefficients_of_zero_share_no_shots():
    nothing = SparsePauliOp(["XXI", "ZIZ"], [0.0, 0.0])
    assert not WeightedShots(Shots(10, 0)).compile(model(), [nothing])(X, W).any()
