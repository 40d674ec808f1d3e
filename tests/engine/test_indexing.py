"""Numbers and parts of arrays in compiled functions are those of NumPy, for arrays of any order and step."""

import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skqml.engine.indexing import at, clear, copy_lines, in_blocks, lines_of, part, put
from skqml.engine.jit import compiled


@compiled
def read(a, i, j, k):
    return at(a, i, j, k), at(a, i, j), at(a, i)


@compiled
def cut(a, first, n):
    return part(a, first, n), in_blocks(a, n)


@compiled
def write(a, i, j, number):
    put(a, i, j, number)


@compiled
def aligned(room):
    return lines_of(room), room.ctypes.data


@compiled
def fill(target, source):
    clear(target)
    copy_lines(target, source)


def as_given(draw, shape, dtype):
    """An array of a shape, as it may come: in C or Fortran order, every second of something, backwards."""
    a = np.arange(2 * np.prod(shape), dtype=dtype).reshape(2 * shape[0], *shape[1:])
    return draw(st.sampled_from([a[: shape[0]], np.asfortranarray(a[: shape[0]]), a[::2], a[::-2]]))


@st.composite
def places(draw):
    shape = tuple(draw(st.integers(1, 5)) for _ in range(3))
    a = as_given(draw, shape, draw(st.sampled_from([np.int64, np.float64, np.float32])))
    return a, [draw(st.integers(0, n - 1)) for n in shape]


@given(places())
def test_a_number_and_arrays_of_fewer_axes(case):
    a, (i, j, k) = case
    number, line, plane = read(a, i, j, k)
    assert number == a[i, j, k]
    np.testing.assert_array_equal(line, a[i, j])
    np.testing.assert_array_equal(plane, a[i])


@given(places(), st.data())
def test_a_part_and_blocks(case, data):
    a, (first, *_) = case
    n = data.draw(st.integers(1, len(a) - first))
    found, blocks = cut(a, first, n)
    np.testing.assert_array_equal(found, a[first : first + n])
    assert found.size == a[first : first + n].size
    np.testing.assert_array_equal(blocks, a[: len(a) // n * n].reshape(-1, n, *a.shape[1:]))


@given(places())
def test_a_number_is_set_alone(case):
    a, (i, j, k) = case
    a = a[:, :, k]
    expected = a.copy()
    expected[i, j] = 7
    write(a, i, j, 7)
    np.testing.assert_array_equal(a, expected)


@given(st.integers(0, 9), st.integers(16, 60))
def test_lines_are_cache_lines(first, n):
    room = np.arange(80.0)[first : first + n]
    lines, address = aligned(room)
    assert lines.ctypes.data % 64 == 0
    assert lines.shape == (n // 8 - 1, 8)
    begin = (lines.ctypes.data - address) // 8
    np.testing.assert_array_equal(lines.ravel(), room[begin : begin + lines.size])


@given(st.integers(1, 5), st.integers(0, 3))
def test_lines_are_cleared_and_copied(n, n_more):
    target, source = np.full((n + n_more, 8), 5.0), np.arange(8.0 * n).reshape(n, 8)
    fill(target, source)
    np.testing.assert_array_equal(target, np.vstack([source, np.zeros((n_more, 8))]))


def test_a_part_keeps_the_memory_of_the_whole():
    a = np.ones((4, 8))
    n = sys.getrefcount(a)
    found, _ = cut(a, 1, 2)
    assert sys.getrefcount(a) > n
    del a
    np.testing.assert_array_equal(found, np.ones((2, 8)))
