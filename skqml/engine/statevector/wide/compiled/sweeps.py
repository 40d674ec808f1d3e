"""Compiled sweeps over the tiles of one state, a stage at a time: forwards, and backwards with derivatives."""

from ....lanes import load, odd, splat, store
from ...compiled.adjoint import undo, undo_start
from ...compiled.forward import first_state, rotate
from ...compiled.kinds import jit
from .cubes import (
    N_LINES,
    bounded,
    flip_three,
    multiply_all,
    rotate_three,
    undo_three,
    unflip_three,
)
from .phases import turn_phase, undo_phase
from .tiles import (
    FLIP,
    PHASE,
    ROTATION,
    START,
    THREE,
    THREE_FLIPS,
    gather,
    is_set,
    rotate_lanes,
    scatter,
    undo_lanes,
)


@jit
def _first_tile(t, e, initial, start, trig, n_inside, number, shift) -> None:
    """The tile of a product state; `initial` has the amplitudes of the qubits in lanes."""
    u = load(initial, 0)
    for q in range(n_inside, start.shape[0]):
        up = is_set(number, q, n_inside)
        if start[q] >= 0:
            u = u * load(trig, 3 * start[q] + up)
        elif up:
            u = u - u
    store(e, 0, u)
    first_state(t, e[:1], start[:n_inside], trig, shift)


@jit
def _act(c, stage, number, initial, trig, t, e, lines, shift) -> float:
    """Let the operations of a stage act on a tile, but for a factor, which is returned."""
    tile, factor = c.tiles[stage, number], t.dtype.type(1.0)
    for k in range(c.stages[stage], c.stages[stage + 1]):
        op = c.ops[k]
        kind, slot, back = op[0], op[5], odd(tile & op[3])
        if kind == THREE:
            factor = bounded(t, factor * rotate_three(t, c.ops, k, tile, trig, lines))
        elif kind == THREE_FLIPS:
            factor = bounded(t, factor * flip_three(t, c.ops, k, tile, trig, lines))
        elif kind == ROTATION:
            rotate(t, op[1], op[2], trig, slot, back)
        elif kind == FLIP:
            rotate_lanes(t, op[1], op[2], op[4], trig, slot, back)
        elif kind == PHASE:
            turn_phase(c, slot, number, factor, trig, t, e)
            factor = t.dtype.type(1.0)
        elif kind == START:
            _first_tile(t, e, initial, c.start, trig, c.own.shape[1], number, shift)
    return factor


@jit
def forward(c, begin, end, first, last, initial, trig, room, state, work) -> None:
    """Let the operations of some stages act on the tiles from the first to the last of one state.

    Parameters
    ----------
    c : Circuit
    begin, end : int
        Several stages where these are all tiles.
    first, last : int
    initial : float (1, lanes)
        Amplitudes of the qubits in lanes.
    trig : float (3 n_slots + 3 n_inside, lanes)
        The last lines, those of a tile, are overwritten.
    room, state : float (parts n_amplitudes / lanes, lanes), overwritten
        The state between stages, and behind the last.
    work : float (4 tile + N_LINES, lanes), overwritten
    """
    n = c.combinations.shape[1]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, e, lines = work[: n << shift], work[2 * n : 4 * n], work[4 * n :]
    for stage in range(begin, end):
        combination, target = c.combinations[stage], state if stage == c.tiles.shape[0] - 1 else room
        for number in range(first, last):
            if c.ops[c.stages[stage], 0] != START:
                gather(room, t, combination, c.tiles[stage, number], shift)
            factor = _act(c, stage, number, initial, trig, t, e, lines, shift)
            scatter(target, t, combination, c.tiles[stage, number], shift, factor)


@jit
def _undo(c, stage, number, trig, t, r, e, lines, total) -> float:
    """Undo the operations of a stage on a tile of state and cotangent but for a factor, which is returned."""
    tile, factor, signs = c.tiles[stage, number], t.dtype.type(1.0), lines[N_LINES:]
    for k in range(c.stages[stage + 1] - 1, c.stages[stage] - 1, -1):
        op, kind, slot, back = c.ops[k], c.ops[k, 0], c.ops[k, 5], odd(tile & c.ops[k, 3])
        square = factor * factor
        store(signs, 0, splat(signs, square))
        store(signs, 1, splat(signs, -square))
        if kind == THREE:
            factor *= undo_three(t, r, c.ops, k, tile, trig, lines, square, total)
        elif kind == THREE_FLIPS:
            factor *= unflip_three(t, r, c.ops, k, tile, trig, lines, square, total)
        elif kind == ROTATION:
            undo(t, r, op[1], op[2], trig, slot, back, signs, total)
        elif kind == FLIP:
            undo_lanes(t, r, op[1], op[2], op[4], trig, slot, back, signs, total)
        elif kind == PHASE:
            undo_phase(c, slot, number, factor, trig, t, r, e, total)
            factor = t.dtype.type(1.0)
        bounded(t, factor)
        factor = bounded(r, factor)
    return factor


@jit
def adjoint(c, begin, end, first, last, trig, source, state, cotangent, left, total, work) -> None:
    """Undo some stages, the last first, on some tiles of a state and of its cotangent, and collect derivatives.

    Parameters
    ----------
    c, begin, end, first, last, trig : Circuit, int, int, int, int, ndarray
        As in the forward sweep.
    source, state, cotangent : float (parts n_amplitudes / lanes, lanes)
        The state behind the last stage of all; that between stages, overwritten; and the cotangent, overwritten.
    left : float (2, n_tiles, lanes)
        Set to what the first product state leaves of state and cotangent in each tile.
    total : float (n_slots + n_inside, lanes)
        Derivatives by the slots are added to it.
    work : float (6 tile + N_LINES + 2, lanes), overwritten
    """
    n = c.combinations.shape[1]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, r, e, lines = work[: n << shift], work[2 * n : (2 + (1 << shift)) * n], work[4 * n : 6 * n], work[6 * n :]
    for stage in range(end - 1, begin - 1, -1):
        combination, before = c.combinations[stage], source if stage == c.tiles.shape[0] - 1 else state
        for number in range(first, last):
            tile = c.tiles[stage, number]
            gather(before, t, combination, tile, shift)
            gather(cotangent, r, combination, tile, shift)
            factor = _undo(c, stage, number, trig, t, r, e, lines, total)
            if c.ops[c.stages[stage], 0] == START:
                multiply_all(t, factor)
                multiply_all(r, factor)
                undo_start(t, r, c.start[: c.own.shape[1]], trig, shift, total, left[1, number : number + 1])
                store(left[0], number, load(t, 0))
            else:
                scatter(state, t, combination, tile, shift, factor)
                scatter(cotangent, r, combination, tile, shift, factor)
