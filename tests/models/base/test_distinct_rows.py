"""Equal rows are one kind, whatever order rows come in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skqml.models.base import distinct_rows
from skqml.models.base.distinct_rows import kinds_of_rows


@pytest.mark.parametrize("digests", ["good", "all alike"])
@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.integers(1, 12), st.integers(1, 3), st.integers(0, 10**6), st.booleans())
def test_two_rows_are_one_of_weight_2(digests, n_samples, n_columns, seed, alike):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, 3, (n_samples, n_columns)).astype(float), rng.integers(0, 2, n_samples)
    weight = np.full(n_samples, 2) if alike else rng.integers(0, 3, n_samples)
    weight[0] += not weight.any()
    many = np.repeat(np.arange(n_samples), weight)
    if np.ptp(kinds_of_rows(weight, X, y)[2]) > 0:  # else kinds are numbered as they come
        many = rng.permutation(many)
    with pytest.MonkeyPatch.context() as patch:
        if digests == "all alike":
            patch.setattr(distinct_rows.np, "einsum", lambda *_, **__: np.uint64(7))
        first, kinds, totals = kinds_of_rows(weight, X, y)
        first_of_many, kinds_of_many, totals_of_many = kinds_of_rows(np.ones(len(many)), X[many], y[many])
    found = [tuple(row) for row in np.column_stack([X, y])[first]]
    assert found == [tuple(row) for row in np.column_stack([X, y])[many][first_of_many]]
    assert len(set(found)) == len(found)
    np.testing.assert_array_equal(totals, totals_of_many)
    np.testing.assert_array_equal(kinds[many], kinds_of_many)
    np.testing.assert_array_equal(
        np.column_stack([X, y])[first][kinds[weight > 0]], np.column_stack([X, y])[weight > 0]
    )


def test_distinct_rows_that_count_alike_keep_their_places():
    X = np.random.default_rng(0).normal(size=(20, 3))
    first, kinds, _ = kinds_of_rows(np.full(20, 0.5), X)
    np.testing.assert_array_equal(first, np.arange(20))
    np.testing.assert_array_equal(kinds, np.arange(20))
