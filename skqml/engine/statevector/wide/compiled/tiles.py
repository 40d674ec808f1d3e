"""What happens to one tile of a state: some amplitudes that fit in the nearest cache, copied out of it and back.

The number of an amplitude is that of its tile, XOR one of a few combinations, and its lane. A number in the tile is
local; rows of a complex tile hold real and imaginary part in turn, so that the lowest bit of their masks is the part.
"""

from typing import NamedTuple

import numpy as np

from ....lanes import flip, load, odd, splat, store, top_bit
from ...compiled.kinds import jit

# Kinds of operations; a row of `ops` is (kind, x, z, z on the number of the tile, x on lanes, slot or phase).
# The first of three in one pass says so, and the rest stand behind it.
START, ROTATION, FLIP, PHASE, THREE, THREE_FLIPS, REST = range(7)


class Circuit(NamedTuple):
    """A circuit in stages, each a list of operations that act inside tiles.

    Attributes
    ----------
    ops : int64 (n_ops, 6)
    stages : int64 (n_stages + 1,)
        The first operation of each.
    combinations, tiles : int64 (n_stages, tile), (n_stages, n_tiles)
        Numbers inside a tile, and of tiles.
    start : int64 (n_bits,)
        Slots of the first product state, the bits inside a tile of the first stage first.
    seeds, own, quadratic : int64 (n_phases,), (n_phases, n_inside), (n_phases, n_inside, n_inside)
        Slots of the phase exp(i a + i sum_q a_q b_q + i sum_{j<q} a_qj b_q b_j) on the bits inside a tile; -1 for none.
        Those from n_slots on stand for angles that depend on the tile.
    terms, firsts : int64 (n_terms, 3), (n_phases + 1,)
        For a tile in whose number all bits of a mask are set, (mask, to, slot): the angle of the slot is added to that
        of another, or to a if this is -1. The first term of each phase, and the end.
    n_slots : int
    """

    ops: np.ndarray
    stages: np.ndarray
    combinations: np.ndarray
    tiles: np.ndarray
    start: np.ndarray
    seeds: np.ndarray
    own: np.ndarray
    quadratic: np.ndarray
    terms: np.ndarray
    firsts: np.ndarray
    n_slots: int


@jit
def gather(s, t, combination, tile, shift) -> None:
    """Copy a tile out of a state."""
    for k in range(combination.shape[0]):
        i = (tile ^ combination[k]) << shift
        store(t, k << shift, load(s, i))
        if shift:
            store(t, 2 * k + 1, load(s, i + 1))


@jit
def scatter(s, t, combination, tile, shift, factor) -> None:
    """Copy a tile back, times a factor."""
    c = splat(t, factor)
    for k in range(combination.shape[0]):
        i = (tile ^ combination[k]) << shift
        store(s, i, c * load(t, k << shift))
        if shift:
            store(s, i + 1, c * load(t, 2 * k + 1))


@jit
def rotate_lanes(t, x, z, lanes, trig, slot, back) -> None:
    """Rotation that moves amplitudes to other lanes, and by x to other rows."""
    if not x:
        if lanes == 1:  # a constant, then one shuffle does what else takes three
            _rotate_rows(t, z, 1, trig, slot, back)
        elif lanes == 2:
            _rotate_rows(t, z, 2, trig, slot, back)
        elif lanes == 4:
            _rotate_rows(t, z, 4, trig, slot, back)
        else:
            _rotate_rows(t, z, lanes, trig, slot, back)
    else:
        _rotate_pairs(t, x, z, lanes, trig, slot, back)


@jit
def _rotate_pairs(t, x, z, lanes, trig, slot, back) -> None:
    c, half = load(trig, 3 * slot), top_bit(x)
    for b in range(0, t.shape[0], 2 * half):
        for i in range(b, b + half):
            j = i ^ x
            u, v = load(t, i), load(t, j)
            store(t, i, c * u - load(trig, 3 * slot + 1 + (odd(i & z) ^ back)) * flip(v, lanes))
            store(t, j, c * v - load(trig, 3 * slot + 1 + (odd(j & z) ^ back)) * flip(u, lanes))


@jit
def _rotate_rows(t, z, lanes, trig, slot, back) -> None:
    c = load(trig, 3 * slot)
    for i in range(t.shape[0]):
        u = load(t, i)
        store(t, i, c * u - load(trig, 3 * slot + 1 + (odd(i & z) ^ back)) * flip(u, lanes))


@jit
def undo_lanes(t, r, x, z, lanes, trig, slot, back, signs, total) -> None:
    """Undo such a rotation on state and cotangent."""
    if not x:
        if lanes == 1:
            _undo_rows(t, r, z, 1, trig, slot, back, signs, total)
        elif lanes == 2:
            _undo_rows(t, r, z, 2, trig, slot, back, signs, total)
        elif lanes == 4:
            _undo_rows(t, r, z, 4, trig, slot, back, signs, total)
        else:
            _undo_rows(t, r, z, lanes, trig, slot, back, signs, total)
        return
    g = load(total, slot)
    for i in range(t.shape[0]):
        g = g - load(signs, odd(i & z) ^ back) * (load(r, i) * flip(load(t, i ^ x), lanes))
    store(total, slot, g)
    _rotate_pairs(t, x, z, lanes, trig, slot, 1 - back)
    _rotate_pairs(r, x, z, lanes, trig, slot, 1 - back)


@jit
def _undo_rows(t, r, z, lanes, trig, slot, back, signs, total) -> None:
    c, g = load(trig, 3 * slot), load(total, slot)
    for i in range(t.shape[0]):
        odds = odd(i & z) ^ back
        u, p, sine = load(t, i), load(r, i), load(trig, 3 * slot + 1 + odds)
        moved = flip(u, lanes)
        g = g - load(signs, odds) * (p * moved)
        store(t, i, c * u + sine * moved)
        store(r, i, c * p + sine * flip(p, lanes))
    store(total, slot, g)


@jit
def is_set(number, q, n_inside) -> bool:
    """Whether bit q is inside the tile, or set in the number of the tile."""
    return q < n_inside or number >> (q - n_inside) & 1 == 1
