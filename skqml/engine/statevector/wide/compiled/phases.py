"""Phases of a tile: with the bits of its number fixed, one of two bits a term is another one, times a factor."""

from ....lanes import load, splat, store
from ...compiled.adjoint import undo_row
from ...compiled.forward import multiply, scaled_phase
from ...compiled.kinds import jit
from ...compiled.tangent import add_row, row_rates


@jit
def _turned(c, t, trig, slot) -> tuple:
    """(c + i t) exp(i angle) as real and imaginary part."""
    a, b = load(trig, 3 * slot), load(trig, 3 * slot + 1)
    return c * a - t * b, c * b + t * a


@jit
def _set_phase(e, c, phase, number, factor, trig) -> None:
    """Set e to a phase on one tile, times a factor; lines of trig behind all others are overwritten."""
    own, seed, scale = c.own[phase], 3 * c.seeds[phase], splat(e, factor)
    for q in range(own.shape[0]):
        if own[q] >= c.n_slots:
            store(trig, 3 * own[q], splat(e, e.dtype.type(1.0)))
            store(trig, 3 * own[q] + 1, splat(e, e.dtype.type(0.0)))
    u, v = scale * load(trig, seed), scale * load(trig, seed + 1)
    for k in range(c.firsts[phase], c.firsts[phase + 1]):
        mask, to, slot = c.terms[k, 0], 3 * c.terms[k, 1], c.terms[k, 2]
        if number & mask == mask:
            if to < 0:
                u, v = _turned(u, v, trig, slot)
            else:
                a, b = _turned(load(trig, to), load(trig, to + 1), trig, slot)
                store(trig, to, a)
                store(trig, to + 1, b)
    store(e, 0, u)
    store(e, 1, v)
    scaled_phase(e, own, c.quadratic[phase], trig)


@jit
def _multiply(t, e) -> None:
    if t.shape[0] == e.shape[0]:
        multiply(t, e)
        return
    for k in range(t.shape[0]):  # a real circuit: its phases are signs
        store(t, k, load(e, 2 * k) * load(t, k))


@jit
def turn_phase(c, phase, number, factor, trig, t, e) -> None:
    """Multiply a tile by a phase and a factor; e is room for as many complex numbers."""
    _set_phase(e, c, phase, number, factor, trig)
    _multiply(t, e)


@jit
def undo_phase(c, phase, number, factor, trig, t, r, e, total) -> None:
    """Undo a phase, times a factor, on state and cotangent, and collect derivatives."""
    _set_phase(e, c, phase, number, factor, trig)
    if t.shape[0] != e.shape[0]:
        _multiply(t, e)
        _multiply(r, e)
        return
    own, w, zero = c.own[phase], e[: e.shape[0] // 2], splat(t, t.dtype.type(0.0))  # e is read before it is w
    for q in range(own.shape[0]):
        if own[q] >= c.n_slots:
            store(total, own[q], zero)
    undo_row(t, r, e, w, own, c.quadratic[phase], total)
    of_factor = load(w, 0)
    _add(total, c.seeds[phase], of_factor)
    for k in range(c.firsts[phase], c.firsts[phase + 1]):
        mask, to = c.terms[k, 0], c.terms[k, 1]
        if number & mask == mask:
            _add(total, c.terms[k, 2], load(total, to) if to >= 0 else of_factor)


@jit
def _add(lines, at, value) -> None:
    store(lines, at, load(lines, at) + value)


@jit
def turn_phase_along(c, phase, number, trig, steps, t, d, e) -> None:
    """Multiply a tile and its derivative by a phase, and add to the latter what the angles' rates add."""
    turn_phase(c, phase, number, t.dtype.type(1.0), trig, t, e)
    _multiply(d, e)
    if t.shape[0] != e.shape[0]:  # the phases of a real circuit are constant signs
        return
    own, constant, w = c.own[phase], load(steps, c.seeds[phase]), e[: e.shape[0] // 2]
    for q in range(own.shape[0]):
        if own[q] >= c.n_slots:
            store(steps, own[q], splat(e, e.dtype.type(0.0)))
    for k in range(c.firsts[phase], c.firsts[phase + 1]):
        mask, to, rate = c.terms[k, 0], c.terms[k, 1], load(steps, c.terms[k, 2])
        if number & mask == mask:
            if to >= 0:
                _add(steps, to, rate)
            else:
                constant = constant + rate
    row_rates(w, own, c.quadratic[phase], steps)
    for b in range(w.shape[0]):
        _add(w, b, constant)
    add_row(t, d, w)
