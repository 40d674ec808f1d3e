"""Rotations that are put side by side, to be done in one pass, mean what they meant in the order in which they came."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skqml.engine.statevector.compiled.kinds import SHARED_PHASE, TURN, TURN_BACK
from skqml.engine.statevector.passes import in_passes

N_BITS = 5
masks = st.integers(1, 2**N_BITS - 1)
turns = st.tuples(st.sampled_from([TURN, TURN_BACK]), masks, masks).filter(lambda t: (t[1] & t[2]).bit_count() % 2 == 1)
phases = st.tuples(st.just(SHARED_PHASE), st.just(0), st.just(0))


def matrix(kind, x, z, angle):
    """A rotation of numbers i and i ^ x, or another sign for each number."""
    i = np.arange(2**N_BITS)
    if kind == SHARED_PHASE:
        return np.diag(np.where(np.cos(1e3 * (i + angle)) < 0, -1.0, 1.0))
    turned = np.zeros((len(i), len(i)))
    turned[i, i ^ x] = np.where(np.bitwise_count(i & z) % 2 ^ (kind == TURN_BACK), 1.0, -1.0)
    return np.cos(angle) * np.eye(len(i)) + np.sin(angle) * turned


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(turns, turns, turns, phases), max_size=20))
def test_passes_mean_the_same(rows):
    angles = np.random.default_rng(0).normal(size=len(rows))
    ops = np.array([(*row, slot) for slot, row in enumerate(rows)], dtype=np.int64).reshape(-1, 4)

    def product(ops):
        found = np.eye(2**N_BITS)
        for kind, x, z, slot in ops.tolist():
            found = matrix(kind, x, z, angles[slot]) @ found
        return found

    found = in_passes(ops)
    assert sorted(found[:, 3]) == list(range(len(rows)))
    assert np.allclose(product(found[:, :4]), product(ops), rtol=0, atol=1e-12)
    tops = [0 if kind == SHARED_PHASE else 1 << int(x).bit_length() - 1 for kind, x in found[:, :2]]
    k = 0
    while k < len(found):
        n = max(1, int(found[k, 4]).bit_count())
        assert set(found[k : k + n, 4]) == {sum(tops[k : k + n])}
        k += n
