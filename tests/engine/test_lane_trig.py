"""Cosine and sine of registers are those of NumPy to the last digit, for angles of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skqml.engine.jit import compiled
from skqml.engine.lane_trig import cos_sin, small_angles
from skqml.engine.lanes import LANES, load, store

EXACT = {np.float64: 3e-16, np.float32: 2e-7}


@compiled
def tabulate(angles, cos, sin):
    for k in range(angles.shape[0]):
        c, s = cos_sin(load(angles, k))
        store(cos, k, c)
        store(sin, k, s)


def cos_and_sin(angles, dtype):
    lines = small_angles(
        np.resize(angles, (-(-len(angles) // LANES[np.dtype(dtype)]), LANES[np.dtype(dtype)])), np.dtype(dtype)
    )
    cos, sin = np.empty_like(lines), np.empty_like(lines)
    tabulate(lines, cos, sin)
    return cos.ravel()[: len(angles)], sin.ravel()[: len(angles)]


@pytest.mark.parametrize("dtype", EXACT)
@given(arrays(float, 48, elements=st.floats(-1e300, 1e300) | st.floats(-20, 20) | st.floats(-1e6, 1e6)))
def test_any_angle(dtype, angles):
    np.testing.assert_allclose(cos_and_sin(angles, dtype), [np.cos(angles), np.sin(angles)], atol=EXACT[dtype])


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("size", [1.0, 100.0, 1e6, 1e9])
@pytest.mark.parametrize("n", [48, 48 * 200])
def test_many_angles(dtype, size, n):
    angles = np.random.default_rng(0).uniform(-size, size, n)
    np.testing.assert_allclose(cos_and_sin(angles, dtype), [np.cos(angles), np.sin(angles)], atol=EXACT[dtype])


@pytest.mark.parametrize("dtype", EXACT)
def test_multiples_of_a_quarter_turn(dtype):
    angles = np.arange(-48, 48) * np.pi / 2
    np.testing.assert_allclose(cos_and_sin(angles, dtype), [np.cos(angles), np.sin(angles)], atol=EXACT[dtype])
    assert (cos_and_sin(np.zeros(16), dtype)[0] == 1.0).all() and not cos_and_sin(np.zeros(16), dtype)[1].any()
