"""Three rotations of a tile in one pass: each number is loaded and stored once for all of them.

They commute, and none turns over the top bit of another. Each is done without its cosine, by one product and one sum a
number, ``u - tan v``; the cosines are a factor of the tile, kept until something multiplies the tile anyway. Cosines
next to 0 are a tenth of a rounding error, as in ``statevector/compiled/cubes.py``.
"""

from ....lane_cubes import add_slopes, lines_at, load_cube, store_cube, turned
from ....lanes import away_from_zero, flip, load, odd, splat, store, top_bit
from ...compiled.kinds import jit

N_LINES = 13  # of work: tangents of three rotations for both signs, then signs, and the product of cosines
_SMALL = 1e-6  # below, a factor is not kept: one pass more may make it smaller by 1e-24 in single precision


@jit
def _set_lines(trig, ops, k, tile, undone, lines, square) -> float:
    """Set lines to tan of three angles, and to signs times a square; return the product of cosines."""
    product = splat(lines, trig.dtype.type(1.0))
    for axis in range(3):
        slot, back = 3 * ops[k + axis, 5], odd(tile & ops[k + axis, 3])
        c = away_from_zero(load(trig, slot))
        product = product * c
        for sign in range(2):
            store(lines, 2 * axis + sign, load(trig, slot + 1 + (sign ^ back ^ undone)) / c)
            store(lines, 6 + 2 * axis + sign, splat(lines, square if sign == back else -square))
    store(lines, N_LINES - 1, product)
    return lines[N_LINES - 1, 0]


@jit
def _tops(masks) -> int:
    """The top bits of all masks."""
    found = 0
    for mask in masks:
        found |= top_bit(mask)
    return found


@jit
def _turn(t, masks, signs, lines) -> None:
    """Turn all cubes of a tile."""
    tops = _tops(masks)
    row = tops
    for _ in range(t.shape[0] >> len(masks)):
        store_cube(t, row, masks, turned(load_cube(t, row, masks), lines_at(lines, row, signs)))
        row = (row + 1) | tops


@jit
def _undo(t, r, masks, signs, lines, sums) -> tuple:
    """Turn all cubes of state and cotangent; return derivatives added to sums."""
    tops = _tops(masks)
    row = tops
    for _ in range(t.shape[0] >> len(masks)):
        s, p, tangents = load_cube(t, row, masks), load_cube(r, row, masks), lines_at(lines, row, signs)
        sums = add_slopes(sums, lines_at(lines[6:], row, signs), s, p)
        store_cube(t, row, masks, turned(s, tangents))
        store_cube(r, row, masks, turned(p, tangents))
        row = (row + 1) | tops
    return sums


@jit
def rotate_three(t, ops, k, tile, trig, lines) -> float:
    """Rotate a tile by three lines of `ops`, from k on, but for a factor, which is returned; lines are for work."""
    factor = _set_lines(trig, ops, k, tile, 0, lines, t.dtype.type(1.0))
    _turn(t, (ops[k, 1], ops[k + 1, 1], ops[k + 2, 1]), (ops[k, 2], ops[k + 1, 2], ops[k + 2, 2]), lines)
    return factor


@jit
def flip_three(t, ops, k, tile, trig, lines) -> float:
    """The same by lines that move amplitudes by 4, by 2 and by 1 in lanes alone."""
    factor = _set_lines(trig, ops, k, tile, 0, lines, t.dtype.type(1.0))
    signs = ops[k, 2], ops[k + 1, 2], ops[k + 2, 2]
    for i in range(t.shape[0]):
        store(t, i, _flipped(load(t, i), lines_at(lines, i, signs)))
    return factor


@jit
def _flipped(u, tangents) -> tuple:
    u = u - tangents[0] * flip(u, 4)
    u = u - tangents[1] * flip(u, 2)
    return u - tangents[2] * flip(u, 1)


@jit
def undo_three(t, r, ops, k, tile, trig, lines, square, total) -> float:
    """Undo three rotations on state and cotangent, but for a factor; collect derivatives times a square."""
    factor, zero = _set_lines(trig, ops, k, tile, 1, lines, square), splat(t, t.dtype.type(0.0))
    masks, signs = (ops[k, 1], ops[k + 1, 1], ops[k + 2, 1]), (ops[k, 2], ops[k + 1, 2], ops[k + 2, 2])
    sums = _undo(t, r, masks, signs, lines, (zero, zero, zero))
    for axis in range(3):
        _add(total, ops[k + axis, 5], sums[axis])
    return factor


@jit
def unflip_three(t, r, ops, k, tile, trig, lines, square, total) -> float:
    """The same for `flip_three`."""
    factor, zero = _set_lines(trig, ops, k, tile, 1, lines, square), splat(t, t.dtype.type(0.0))
    signs, f, g, h = (ops[k, 2], ops[k + 1, 2], ops[k + 2, 2]), zero, zero, zero
    for i in range(t.shape[0]):
        u, p = load(t, i), load(r, i)
        tangents, (a, b, c) = lines_at(lines, i, signs), lines_at(lines[6:], i, signs)
        f, g, h = f - a * (p * flip(u, 4)), g - b * (p * flip(u, 2)), h - c * (p * flip(u, 1))
        store(t, i, _flipped(u, tangents))
        store(r, i, _flipped(p, tangents))
    _add(total, ops[k, 5], f)
    _add(total, ops[k + 1, 5], g)
    _add(total, ops[k + 2, 5], h)
    return factor


@jit
def _add(total, slot, value) -> None:
    store(total, slot, load(total, slot) + value)


@jit
def bounded(t, factor) -> float:
    """The factor of a tile that is left when a small one has been multiplied into it."""
    if abs(factor) > _SMALL:
        return factor
    multiply_all(t, factor)
    return t.dtype.type(1.0)


@jit
def multiply_all(t, factor) -> None:
    """Multiply a tile by a number."""
    for i in range(t.shape[0]):
        store(t, i, splat(t, factor) * load(t, i))
