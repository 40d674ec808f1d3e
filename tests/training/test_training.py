"""Minimisation: optimisers against known minima, stopping rules, and what is kept when training ends badly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from skqml.training import LBFGS, SPSA, Adam, Objective, TrainingError, minimize


def bowl(w, rows=None):
    """``|w - (1, 2, ...)|^2 / 2`` with its gradient."""
    difference = w - np.arange(1, len(w) + 1)
    return 0.5 * difference @ difference, difference


def rosenbrock(w, rows=None):
    """A curved valley with its minimum at (1, 1)."""
    a, b = w
    slope = np.array([-2 * (1 - a) - 400 * a * (b - a**2), 200 * (b - a**2)])
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2, slope


@settings(max_examples=20)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4))
def test_lbfgs_finds_the_minimum_of_a_bowl(start):
    training = minimize(bowl, np.array(start), tol=0.0)
    np.testing.assert_allclose(training.w, np.arange(1, len(start) + 1), atol=1e-6)


def test_lbfgs_finds_the_end_of_a_curved_valley():
    training = minimize(rosenbrock, np.array([-1.2, 1.0]), LBFGS(), tol=1e-12)
    np.testing.assert_allclose(training.w, [1, 1], atol=1e-5)
    assert training.ended_by in ("tol", "optimizer")


@pytest.mark.parametrize("optimizer", [Adam(0.1), SPSA(0.5)])
def test_other_optimizers_find_the_minimum_of_a_bowl(optimizer):
    training = minimize(bowl, np.zeros(3), optimizer, max_iter=500, tol=None, rng=0)
    np.testing.assert_allclose(training.w, [1, 2, 3], atol=0.05)
    assert training.n_iter == 500


def test_adam_follows_its_formula():
    """Three steps beside the algorithm as printed in the paper."""
    w, m, v, seen = np.zeros(2), 0.0, 0.0, []
    minimize(bowl, w, Adam(0.1), max_iter=3, tol=None, callback=lambda w, loss: seen.append(w))
    for t in range(1, 4):
        g = bowl(w)[1]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        np.testing.assert_allclose(seen[t - 1], w, rtol=1e-12)


def test_adam_goes_on_where_it_stopped():
    """Two trainings of 5 steps are one of 10."""
    optimizer = Adam(0.1)
    first = minimize(bowl, np.zeros(2), optimizer, max_iter=5, tol=None)
    second = minimize(bowl, first.w, optimizer, max_iter=5, tol=None)
    whole = minimize(bowl, np.zeros(2), Adam(0.1), max_iter=10, tol=None)
    np.testing.assert_array_equal(second.w, whole.w)


@settings(max_examples=20)
@given(st.integers(1, 30), st.integers(1, 40))
def test_an_epoch_sees_each_row_once(n_samples, batch_size):
    batches = list(Objective(bowl, n_samples=n_samples, batch_size=batch_size).epoch(np.random.default_rng(0)))
    if batch_size >= n_samples:
        assert batches == [None]
    else:
        assert sorted(np.concatenate(batches)) == list(range(n_samples))
        assert max(map(len, batches)) == batch_size


def test_mini_batches_train_on_their_rows():
    """The mean of numbers, found from batches of them."""
    numbers = np.random.default_rng(0).normal(3.0, 1.0, 64)

    def loss_and_grad(w, rows):
        difference = w[0] - (numbers if rows is None else numbers[rows])
        return np.mean(difference**2) / 2, np.array([difference.mean()])

    options = {"n_samples": 64, "batch_size": 8, "max_iter": 100, "tol": None, "rng": 0}
    training = minimize(loss_and_grad, np.zeros(1), Adam(0.02), **options)
    assert training.w[0] == pytest.approx(numbers.mean(), abs=0.1)


def test_any_callable_is_an_optimizer():
    def descent(objective, w, report, rng):
        while True:
            loss, gradient = objective(w)
            w = w - 0.5 * gradient
            report(w, loss)

    training = minimize(bowl, np.zeros(2), descent, max_iter=60, tol=1e-12)
    np.testing.assert_allclose(training.w, [1, 2], atol=1e-4)
    assert training.ended_by == "tol"


def test_training_stops_where_the_loss_stands_still():
    training = minimize(bowl, np.zeros(2), Adam(0.3), max_iter=10_000, tol=1e-3, n_iter_no_change=7)
    lowest = np.minimum.accumulate(training.losses)
    falls = lowest[:-7] - lowest[7:]
    assert training.ended_by == "tol"
    assert falls[-1] <= 1e-3
    assert (falls[:-1] > 1e-3).all()


def test_reaching_max_iter_warns():
    with pytest.warns(ConvergenceWarning, match="max_iter=4"):
        training = minimize(bowl, np.zeros(2), Adam(0.01), max_iter=4)
    assert training.n_iter == len(training.losses) == 4
    assert training.ended_by == "max_iter"


def test_a_callback_sees_each_iteration_and_can_stop():
    seen = []
    training = minimize(bowl, np.zeros(2), Adam(0.1), callback=lambda w, loss: seen.append((w, loss)) or len(seen) == 3)
    assert training.ended_by == "callback"
    assert [loss for _, loss in seen] == training.losses
    for w, loss in seen:
        assert bowl(w)[0] == pytest.approx(loss)


def test_the_best_weights_are_kept():
    """However far the last steps lead away."""

    def walk(objective, w, report, rng):
        for step in (1.0, 2.0, -7.0, 9.0):
            report(w + step, objective.loss(w + step))

    training = minimize(bowl, np.zeros(1), walk)
    assert (training.w, training.loss, training.n_iter) == (1.0, 0.0, 4)
    assert training.ended_by == "optimizer"


def test_the_validation_loss_decides():
    training = minimize(bowl, np.zeros(1), Adam(0.1), validation_loss=lambda w: (w[0] - 0.5) ** 2, n_iter_no_change=3)
    assert abs(training.w[0] - 0.5) < 0.06
    assert len(training.validation_losses) == training.n_iter
    assert training.loss == min(training.validation_losses)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_divergence_keeps_the_last_good_weights(bad):
    def cliff(w, rows):
        return bowl(w) if w[0] < 0.35 else (bad, np.full_like(w, bad))

    with pytest.warns(ConvergenceWarning, match="iteration 4"):
        training = minimize(cliff, np.zeros(1), Adam(0.1))
    assert training.ended_by == "diverged"
    assert np.isfinite(training.loss)
    assert 0.25 < training.w[0] < 0.35


def test_weights_that_are_not_finite_are_never_simulated():
    def loss_and_grad(w, rows):
        assert np.isfinite(w).all()
        return w[0], np.array([np.nan])

    with pytest.raises(ValueError, match="nothing was trained"):
        minimize(loss_and_grad, np.zeros(1), Adam())


def test_lbfgs_backs_away_from_losses_that_are_not_finite():
    def barrier(w, rows):
        return (w[0] - np.log(w[0]), 1 - 1 / w) if w[0] > 0 else (np.nan, np.full(1, np.nan))

    assert minimize(barrier, np.array([20.0]), LBFGS(), tol=1e-12).w[0] == pytest.approx(1.0, abs=1e-4)


def test_a_start_without_a_loss_is_a_divergence():
    with pytest.raises(ValueError, match="nothing was trained"):
        minimize(lambda w, rows: (np.nan, w), np.ones(2), LBFGS())


def failing_after(n_calls, error, function=bowl):
    calls = iter(range(10_000))

    def loss_and_grad(w, rows):
        if next(calls) >= n_calls:
            raise error
        return function(w)

    return loss_and_grad


@pytest.mark.parametrize("optimizer", [LBFGS(), Adam(0.1)])
def test_an_interruption_keeps_the_best_weights(optimizer):
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        training = minimize(failing_after(9, KeyboardInterrupt(), rosenbrock), np.zeros(2), optimizer)
    assert training.ended_by == "interrupted"
    assert rosenbrock(training.w)[0] == training.loss < rosenbrock(np.zeros(2))[0]


def test_an_interruption_at_once_passes_on():
    """There is nothing yet to keep."""
    with pytest.raises(KeyboardInterrupt):
        minimize(failing_after(0, KeyboardInterrupt()), np.ones(2))


def test_an_error_on_the_way_names_the_iteration_and_keeps_what_was_reached():
    with pytest.raises(TrainingError, match=r"iteration 3.*lost the device") as caught:
        minimize(failing_after(5, OSError("lost the device")), np.zeros(2), Adam(0.1))
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.training.n_iter == 2
    assert bowl(caught.value.training.w)[0] == caught.value.training.loss


def test_an_error_at_the_start_is_left_as_it_is():
    with pytest.raises(OSError, match="lost"):
        minimize(failing_after(0, OSError("lost the device")), np.zeros(2))


@pytest.mark.parametrize(("verbose", "n_lines"), [(0, 0), (1, 6), (2, 3)])
def test_verbose_writes_plain_lines(verbose, n_lines, capsys):
    minimize(bowl, np.zeros(2), Adam(0.1), max_iter=6, tol=None, verbose=verbose)
    assert capsys.readouterr().out.count("\n") == n_lines


@pytest.mark.parametrize("optimizer", [Adam(), SPSA()])
def test_seeds_repeat(optimizer):
    runs = [minimize(bowl, np.zeros(3), type(optimizer)(), max_iter=20, tol=None, rng=seed).w for seed in (0, 0)]
    np.testing.assert_array_equal(*runs)


def test_a_warm_up_grows_to_full_steps():
    """Of a constant slope every step of Adam has the size of its rate."""
    w = [np.zeros(1)]
    options = {"max_iter": 7, "tol": None, "callback": lambda w_new, loss: w.append(w_new)}
    minimize(lambda w, rows: (3 * w.sum(), np.array([3.0])), w[0], Adam(0.4, n_warm_up=4), **options)
    np.testing.assert_allclose(-np.diff(np.ravel(w)), 0.1 * np.array([1, 2, 3, 4, 4, 4, 4]), rtol=1e-6)


def test_spsa_evaluates_two_losses_a_step():
    calls = []
    minimize(
        None,
        np.zeros(50),
        SPSA(n_calibration=4),
        loss=lambda w, rows: calls.append(w) or bowl(w)[0],
        max_iter=7,
        tol=None,
        rng=0,
    )
    assert len(calls) == 2 * (4 + 7)


def test_a_class_is_no_optimizer():
    with pytest.raises(TypeError, match=r"Adam\(\)"):
        minimize(bowl, np.zeros(2), Adam)


def test_nothing_to_train_takes_one_iteration():
    """Which older versions of SciPy refuse, whatever the stopping rules."""
    training = minimize(lambda w, rows: (2.0, w), [], max_iter=5, tol=None)
    assert training.losses == [2.0] and training.loss == 2.0 and len(training.w) == 0
