"""Widths that follow a series: an identity, what they may know, and what they forget."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skqml.models.base.forecasts.intervals import follow
from skqml.models.base.forecasts.windows import WindowPast

RATE = 0.1


def errors_of(seed, n_series=2, n_origins=30, n_steps=4, n_channels=2):
    rng = np.random.default_rng(seed)
    errors = np.abs(rng.standard_cauchy((n_series, n_origins, n_steps, n_channels)))
    errors[rng.random(errors.shape) < 0.1] = np.nan
    return errors, rng.uniform(0.5, 2.0, (n_steps, n_channels))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), coverage=st.floats(0.5, 0.99))
def test_the_width_counts_the_misses(seed, coverage):
    """Its logarithm grows by the rate times (misses - expected misses), so that one within bounds misses as many."""
    errors, half = errors_of(seed)
    widths = follow(half, errors, coverage)
    for h in range(errors.shape[2]):
        known = errors[:, : errors.shape[1] - h, h]
        missed = known > widths[:, : errors.shape[1] - h, h]
        surplus = missed.sum(axis=1) - (1 - coverage) * np.isfinite(known).sum(axis=1)
        np.testing.assert_allclose(np.log(widths[:, -1, h] / half[h]), RATE * surplus, atol=1e-10)


@pytest.mark.parametrize("origin", [0, 3, 20])
def test_a_width_knows_what_came_true_before_it_alone(origin):
    """The error of h steps ahead is known h steps later."""
    errors, half = errors_of(0)
    widths = follow(half, errors, 0.9)
    n_origins, n_steps = errors.shape[1:3]
    later = np.arange(n_origins)[:, None] + np.arange(1, n_steps + 1) > origin
    changed = follow(half, np.where(later[:, :, None], 1e6, errors), 0.9)
    np.testing.assert_array_equal(changed[:, origin], widths[:, origin])
    assert (changed[:, -1] != widths[:, -1]).any()


def test_rows_that_follow_no_other_have_the_width_of_the_fit():
    """Neither rows out of order, nor one row alone, nor rows of the fit know of misses; rows in order do."""
    series = np.random.default_rng(0).normal(size=60).cumsum()
    windows = np.lib.stride_tricks.sliding_window_view(series, 4)
    past = WindowPast.of(windows[:20], series[4:24])
    half, y = np.ones((3, 1)), np.zeros((len(windows), 3, 1))
    assert (past.follow(windows[::2], y[::2], half, 0.9) == 1).all()
    assert (past.follow(windows[:21], y[:21], half, 0.9) == 1).all()
    widths = past.follow(windows, y, half, 0.9)
    assert (widths[:21] == 1).all()
    assert (widths[21:, 0] != 1).all()
    np.testing.assert_array_equal(past.follow(windows[20:], y[20:], half, 0.9), widths[20:])
    one_step = WindowPast.of(series[:20, None], series[1:21])
    assert (one_step.follow(series[30:, None], y[:30], half, 0.9) == 1).all()
