"""Compiled sweeps over the tiles of one state, a stage at a time: forwards, and backwards with derivatives."""

from ....lanes import load, odd, splat, store
from ...compiled.adjoint import undo, undo_row, undo_start
from ...compiled.forward import first_state, jit, multiply, rotate, scaled_phase
from .pairs import rotate_two, undo_two
from .tiles import FIRST, FLIP, PHASE, ROTATION, START, gather, is_set, rotate_lanes, scatter, undo_lanes


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
def _turned(c, t, trig, slot) -> tuple:
    """(c + i t) exp(i angle) as real and imaginary part."""
    a, b = load(trig, 3 * slot), load(trig, 3 * slot + 1)
    return c * a - t * b, c * b + t * a


@jit
def tile_phase(e, seed, linear, quadratic, trig, own, number) -> None:
    """Set e to a phase on one tile; the lines of trig from slot own[0] are overwritten.

    With the bits of the tile's number fixed, a phase of two bits a term has other linear terms, and a factor.
    """
    n_inside, one, zero = own.shape[0], splat(e, e.dtype.type(1.0)), splat(e, e.dtype.type(0.0))
    store(e, 0, load(trig, 3 * seed))
    store(e, 1, load(trig, 3 * seed + 1))
    for q in range(linear.shape[0]):
        if not is_set(number, q, n_inside):
            continue
        c, t = (one, zero) if q < n_inside else (load(e, 0), load(e, 1))
        if linear[q] >= 0:
            c, t = _turned(c, t, trig, linear[q])
        for j in range(max(q + 1, n_inside), linear.shape[0]):
            if quadratic[q, j] >= 0 and is_set(number, j, n_inside):
                c, t = _turned(c, t, trig, quadratic[q, j])
        to, at = (trig, 3 * own[q]) if q < n_inside else (e, 0)
        store(to, at, c)
        store(to, at + 1, t)
    scaled_phase(e, own, quadratic[:n_inside, :n_inside], trig)


@jit
def _add_phase(w, seed, linear, quadratic, total, own, number) -> None:
    """Derivatives by the slots of a phase, from those by the angles of a tile and by its factor, which is in w."""
    n_inside, of_factor = own.shape[0], load(w, 0)
    store(total, seed, load(total, seed) + of_factor)
    for q in range(linear.shape[0]):
        if is_set(number, q, n_inside):
            g = load(total, own[q]) if q < n_inside else of_factor
            if linear[q] >= 0:
                store(total, linear[q], load(total, linear[q]) + g)
            for j in range(max(q + 1, n_inside), linear.shape[0]):
                if quadratic[q, j] >= 0 and is_set(number, j, n_inside):
                    store(total, quadratic[q, j], load(total, quadratic[q, j]) + g)


@jit
def multiply_tile(t, e) -> None:
    if t.shape[0] == e.shape[0]:
        multiply(t, e)
        return
    for k in range(t.shape[0]):  # a real circuit: its phases are signs
        store(t, k, load(e, 2 * k) * load(t, k))


@jit
def forward(c, stage, first, last, initial, trig, state, work) -> None:
    """Let the operations of a stage act on the tiles from the first to the last of one state.

    Parameters
    ----------
    c : Circuit
    stage, first, last : int
    initial : float (1, lanes)
        Amplitudes of the qubits in lanes.
    trig : float (3 n_slots + 3 n_inside, lanes)
        The last lines, those of a tile, are overwritten.
    state : float (parts n_amplitudes / lanes, lanes), overwritten
    work : float (4 tile + 4, lanes), overwritten
    """
    combination = c.combinations[stage]
    n = combination.shape[0]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, e, lines = work[: n << shift], work[2 * n : 4 * n], work[4 * n :]
    for number in range(first, last):
        tile = c.tiles[stage, number]
        if c.ops[c.stages[stage], 0] != START:
            gather(state, t, combination, tile, shift)
        for k in range(c.stages[stage], c.stages[stage + 1]):
            op = c.ops[k]
            kind, slot, back = op[0], op[5], odd(tile & op[3])
            if kind == FIRST:
                rotate_two(t, op, c.ops[k + 1], tile, trig, lines)
            elif kind == ROTATION:
                rotate(t, op[1], op[2], trig, slot, back)
            elif kind == FLIP:
                rotate_lanes(t, op[1], op[2], op[4], trig, slot, back)
            elif kind == PHASE:
                tile_phase(e, c.seeds[slot], c.linear[slot], c.quadratic[slot], trig, c.own, number)
                multiply_tile(t, e)
            elif kind == START:
                _first_tile(t, e, initial, c.start, trig, c.own.shape[0], number, shift)
        scatter(state, t, combination, tile, shift)


@jit
def _undo_phase(c, phase, number, trig, t, r, e, w, total) -> None:
    seed, linear, quadratic, n_inside = c.seeds[phase], c.linear[phase], c.quadratic[phase], c.own.shape[0]
    tile_phase(e, seed, linear, quadratic, trig, c.own, number)
    if t.shape[0] != e.shape[0]:  # a real circuit: its phases are constant signs
        multiply_tile(t, e)
        multiply_tile(r, e)
        return
    for q in range(n_inside):
        store(total, c.own[q], splat(t, t.dtype.type(0.0)))
    undo_row(t, r, e, w, c.own, quadratic[:n_inside, :n_inside], total)
    _add_phase(w, seed, linear, quadratic, total, c.own, number)


@jit
def adjoint(c, stage, first, last, trig, source, state, cotangent, left, total, work) -> None:
    """Undo a stage on some tiles of a state and of its cotangent, and collect derivatives.

    Parameters
    ----------
    c, stage, first, last, trig : Circuit, int, int, int, ndarray
        As in the forward sweep.
    source, state, cotangent : float (parts n_amplitudes / lanes, lanes)
        The state behind the stage; that in front of it, overwritten; and the cotangent, overwritten.
    left : float (2, n_tiles, lanes)
        Set to what the first product state leaves of state and cotangent in each tile.
    total : float (n_slots + n_inside, lanes)
        Derivatives by the slots are added to it.
    work : float (7 tile + 6, lanes), overwritten
    """
    combination, n = c.combinations[stage], c.combinations.shape[1]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, r, e = work[: n << shift], work[2 * n : (2 + (1 << shift)) * n], work[4 * n : 6 * n]
    w, signs, lines = work[6 * n : 7 * n], work[7 * n : 7 * n + 2], work[7 * n + 2 :]
    signs[0], signs[1] = 1.0, -1.0
    for number in range(first, last):
        tile = c.tiles[stage, number]
        gather(source, t, combination, tile, shift)
        gather(cotangent, r, combination, tile, shift)
        for k in range(c.stages[stage + 1] - 1, c.stages[stage] - 1, -1):
            op, kind, slot, back = c.ops[k], c.ops[k, 0], c.ops[k, 5], odd(tile & c.ops[k, 3])
            if kind == FIRST:
                undo_two(t, r, op, c.ops[k + 1], tile, trig, lines, signs, total)
            elif kind == ROTATION:
                undo(t, r, op[1], op[2], trig, slot, back, signs, total)
            elif kind == FLIP:
                undo_lanes(t, r, op[1], op[2], op[4], trig, slot, back, signs, total)
            elif kind == PHASE:
                _undo_phase(c, slot, number, trig, t, r, e, w, total)
        if c.ops[c.stages[stage], 0] == START:
            undo_start(t, r, c.start[: c.own.shape[0]], trig, shift, total, left[1, number : number + 1])
            store(left[0], number, load(t, 0))
        else:
            scatter(state, t, combination, tile, shift)
            scatter(cotangent, r, combination, tile, shift)
