"""Two rotations of a tile in one pass: each number is loaded and stored once for both.

They commute, and neither turns over the top bit of the other. The first is done without its cosine, by one product and
one sum a number, ``u - tan v``; the second carries both cosines. Cosines of floating-point numbers are never 0, and
what tan enlarges, the cosine makes small again: rounding stays that of a rotation.
"""

from ....lanes import Lanes, load, odd, store, top_bit
from ...compiled.forward import jit


@jit
def _factors(trig, first, second, lines) -> Lanes:
    """Set lines to tan of the first angle and sin of the second, both signs of each; return the product of cosines."""
    c, s = load(trig, 3 * first[5]), load(trig, 3 * second[5])
    for k in range(2):
        store(lines, k, load(trig, 3 * first[5] + 1 + k) / c)
        store(lines, 2 + k, load(trig, 3 * second[5] + 1 + k) * c)
    return c * s


@jit
def _signs(op, tile) -> int:
    """The mask of Z in the tile; bit x of a number, which is set where it counts, stands for the tile's sign."""
    return op[2] ^ top_bit(op[1]) * odd(tile & op[3])


@jit
def rotate_two(t, first, second, tile, trig, lines) -> None:
    """Rotate a tile by two lines of `ops`; lines (4, lanes) are overwritten."""
    x, y, z, w = first[1], second[1], _signs(first, tile), _signs(second, tile)
    high, low, c = top_bit(x), top_bit(y), _factors(trig, first, second, lines)
    for block in range(high, t.shape[0], 2 * high):
        for start in range(block + low, block + high, 2 * low):
            for i in range(start, start + low):
                p, q = load(lines, odd(i & z)), load(lines, 2 + odd(i & w))
                a, b, d, e = load(t, i), load(t, i ^ x), load(t, i ^ y), load(t, i ^ x ^ y)
                a, b, d, e = a - p * b, b + p * a, d - p * e, e + p * d
                store(t, i, c * a - q * d)
                store(t, i ^ x, c * b - q * e)
                store(t, i ^ y, c * d + q * a)
                store(t, i ^ x ^ y, c * e + q * b)


@jit
def undo_two(t, r, first, second, tile, trig, lines, signs, total) -> None:
    """Undo two rotations on state and cotangent, and collect their derivatives."""
    x, y, z, w = first[1], second[1], _signs(first, tile), _signs(second, tile)
    high, low, c = top_bit(x), top_bit(y), _factors(trig, first, second, lines)
    g, h = load(total, first[5]), load(total, second[5])
    for block in range(high, t.shape[0], 2 * high):
        for start in range(block + low, block + high, 2 * low):
            for i in range(start, start + low):
                m, n = odd(i & z), odd(i & w)
                p, q = load(lines, m), load(lines, 2 + n)
                a, b, d, e = load(t, i), load(t, i ^ x), load(t, i ^ y), load(t, i ^ x ^ y)
                ra, rb, rd, re = load(r, i), load(r, i ^ x), load(r, i ^ y), load(r, i ^ x ^ y)
                g = g + load(signs, m) * (rb * a - ra * b + re * d - rd * e)
                h = h + load(signs, n) * (rd * a - ra * d + re * b - rb * e)
                a, b, d, e = a + p * b, b - p * a, d + p * e, e - p * d
                store(t, i, c * a + q * d)
                store(t, i ^ x, c * b + q * e)
                store(t, i ^ y, c * d - q * a)
                store(t, i ^ x ^ y, c * e - q * b)
                ra, rb, rd, re = ra + p * rb, rb - p * ra, rd + p * re, re - p * rd
                store(r, i, c * ra + q * rd)
                store(r, i ^ x, c * rb + q * re)
                store(r, i ^ y, c * rd - q * ra)
                store(r, i ^ x ^ y, c * re - q * rb)
    store(total, first[5], g)
    store(total, second[5], h)
