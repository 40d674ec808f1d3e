"""Compiled sweeps over the tiles of one state and of its derivative in one direction, a stage at a time."""

from ....lanes import flip, load, odd, store
from ...compiled.forward import rotate
from ...compiled.kinds import jit
from ...compiled.tangent import start_tangent
from .phases import turn_phase_along
from .tiles import PHASE, START, gather, is_set, rotate_lanes, scatter


@jit
def _first_tile(t, d, e, initial, moves, start, trig, steps, n_inside, number, shift) -> None:
    """The tile of a product state and of its derivative; `initial` and `moves` are those of the qubits in lanes."""
    u, du = load(initial, 0), load(moves, 0)
    for q in range(n_inside, start.shape[0]):
        up, slot = is_set(number, q, n_inside), start[q]
        if slot >= 0:
            factor, slope = load(trig, 3 * slot + up), load(trig, 3 * slot + 2 * (1 - up))  # -sin, or cos
            u, du = factor * u, factor * du + load(steps, slot) * (slope * u)
        elif up:
            u, du = u - u, du - du
    store(e, 0, u)
    store(e, 1, du)
    start_tangent(t, d, e[:1], e[1:2], start[:n_inside], trig, steps, shift)


@jit
def _add_generator(t, d, x, z, lanes, rate, back, signs) -> None:
    """Add to d what a rotated tile t adds to its derivative, by the rate of the angle."""
    for i in range(t.shape[0]):
        step = load(signs, odd(i & z) ^ back) * rate
        store(d, i, load(d, i) - step * flip(load(t, i ^ x), lanes))


@jit
def _turn(op, back, trig, steps, t, d, signs) -> None:
    """Rotate both."""
    x, z, lanes, slot = op[1], op[2], op[4], op[5]
    for s in (t, d):
        if lanes:
            rotate_lanes(s, x, z, lanes, trig, slot, back)
        else:
            rotate(s, x, z, trig, slot, back)
    _add_generator(t, d, x, z, lanes, load(steps, slot), back, signs)


@jit
def tangent(c, stage, first, last, initial, moves, trig, steps, state, slope, work) -> None:
    """Let a stage act on some tiles of a state and of its derivative.

    Parameters
    ----------
    c, stage, first, last, initial, trig
        As in the forward sweep.
    moves : float (1, lanes)
        Derivatives of the amplitudes of the qubits in lanes.
    steps : float (n_slots + n_inside, lanes)
        Derivatives of the angles; the last lines are overwritten.
    state, slope : float (parts n_amplitudes / lanes, lanes), overwritten
    work : float (6 tile + 2, lanes), overwritten
    """
    combination = c.combinations[stage]
    n = combination.shape[0]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, d, e = work[: n << shift], work[2 * n : (2 + (1 << shift)) * n], work[4 * n : 6 * n]
    signs = work[6 * n :]
    signs[0], signs[1] = 1.0, -1.0
    for number in range(first, last):
        tile = c.tiles[stage, number]
        if c.ops[c.stages[stage], 0] != START:
            gather(state, t, combination, tile, shift)
            gather(slope, d, combination, tile, shift)
        for k in range(c.stages[stage], c.stages[stage + 1]):
            kind, slot, back = c.ops[k, 0], c.ops[k, 5], odd(tile & c.ops[k, 3])
            if kind == START:
                _first_tile(t, d, e, initial, moves, c.start, trig, steps, c.own.shape[1], number, shift)
            elif kind == PHASE:
                turn_phase_along(c, slot, number, trig, steps, t, d, e)
            else:
                _turn(c.ops[k], back, trig, steps, t, d, signs)
        scatter(state, t, combination, tile, shift, t.dtype.type(1.0))
        scatter(slope, d, combination, tile, shift, t.dtype.type(1.0))
