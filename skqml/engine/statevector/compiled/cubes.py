"""Some rotations of states in one pass: each number is loaded and stored once for all of them.

None changes the signs of another, and each turns over a top bit of its own. Each is done without its cosine, by one
product and one sum a number, ``u - tan v``; the cosines are a factor of all numbers. What tan enlarges, they make small
again: rounding stays that of a rotation. A cosine next to 0 is a tenth of a rounding error instead, as the cube of tan
would be infinite in single precision.
"""

from ...indexing import at, part
from ...lane_cubes import add_slopes, lines_at, load_cube, scaled, store_cube, turned
from ...lanes import away_from_zero, load, splat, store
from .kinds import jit

MOST = 3  # rotations of one pass
_N_LINES = 4 * MOST + 1  # of work: tangents for both signs, then signs, then the product of cosines


def n_lines(ops) -> int:
    """Lines that all passes of some operations work with."""
    return _N_LINES * (len(ops) // 2 + 1)


@jit
def _first_line(k) -> int:
    """Of the pass that begins at operation k."""
    return _N_LINES * (k >> 1)


@jit
def n_together(pivots) -> int:
    """How many operations one pass does, from the last column of these: as many as it has bits, or one."""
    rest = pivots & (pivots - 1)
    return 1 + (rest != 0) + (rest & (rest - 1) != 0)


@jit
def _set_lines(lines, trig, ops, k, n, undone) -> None:
    """Set lines to tan of the angles, to signs, and to the product of cosines."""
    one = splat(lines, 1.0)
    product = one
    for axis in range(n):
        back, slot = at(ops, k + axis, 0), 3 * at(ops, k + axis, 3)
        c = away_from_zero(load(trig, slot))
        inverse = one / c
        for sign in range(2):
            store(lines, 2 * axis + sign, inverse * load(trig, slot + 1 + (sign ^ back ^ undone)))
            store(lines, 2 * MOST + 2 * axis + sign, splat(lines, 1.0 - 2.0 * (sign ^ back)))
        product = product * c
    store(lines, 4 * MOST, product)


@jit
def set_passes(lines, trig, ops, begin, end, undone) -> None:
    """Set the lines of all passes with an angle whose slot is from the first one to the last one."""
    k = 0
    while k < ops.shape[0]:
        n, is_new = n_together(at(ops, k, 4)), False
        for axis in range(n):
            is_new |= begin <= at(ops, k + axis, 3) < end
        if n > 1 and is_new:
            _set_lines(part(lines, _first_line(k), _N_LINES), trig, ops, k, n, undone)
        k += n


@jit
def _turn(s, masks, signs, pivots, lines) -> None:
    row, factor = pivots, load(lines, 4 * MOST)
    for _ in range(s.shape[0] >> len(masks)):
        store_cube(s, row, masks, scaled(turned(load_cube(s, row, masks), lines_at(lines, row, signs)), factor))
        row = (row + 1) | pivots


@jit
def _undo(s, r, masks, signs, pivots, lines, sums) -> tuple:
    row, factor, of_signs = pivots, load(lines, 4 * MOST), part(lines, 2 * MOST, 2 * MOST)
    for _ in range(s.shape[0] >> len(masks)):
        u, v, tangents = load_cube(s, row, masks), load_cube(r, row, masks), lines_at(lines, row, signs)
        sums = add_slopes(sums, lines_at(of_signs, row, signs), u, v)
        store_cube(s, row, masks, scaled(turned(u, tangents), factor))
        store_cube(r, row, masks, scaled(turned(v, tangents), factor))
        row = (row + 1) | pivots
    return sums


@jit
def _two(ops, k, column) -> tuple:
    return at(ops, k, column), at(ops, k + 1, column)


@jit
def _three(ops, k, column) -> tuple:
    return at(ops, k, column), at(ops, k + 1, column), at(ops, k + 2, column)


@jit
def turn_together(s, ops, k, n, lines) -> None:
    """Rotations of n lines of `ops`, from k on."""
    pivots, of_pass = at(ops, k, 4), part(lines, _first_line(k), _N_LINES)
    if n == 2:
        _turn(s, _two(ops, k, 1), _two(ops, k, 2), pivots, of_pass)
    else:
        _turn(s, _three(ops, k, 1), _three(ops, k, 2), pivots, of_pass)


@jit
def undo_together(s, r, ops, k, n, lines, total) -> None:
    """Undo them on state and cotangent, and collect derivatives."""
    pivots, of_pass, zero = at(ops, k, 4), part(lines, _first_line(k), _N_LINES), splat(s, 0.0)
    if n == 2:
        f, g = _undo(s, r, _two(ops, k, 1), _two(ops, k, 2), pivots, of_pass, (zero, zero))
    else:
        f, g, h = _undo(s, r, _three(ops, k, 1), _three(ops, k, 2), pivots, of_pass, (zero, zero, zero))
        _add(total, at(ops, k + 2, 3), h)
    _add(total, at(ops, k, 3), f)
    _add(total, at(ops, k + 1, 3), g)


@jit
def _add(total, slot, value) -> None:
    store(total, slot, load(total, slot) + value)
