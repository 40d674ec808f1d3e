"""Compiled sweeps of few rows, one call each way: from rows and weights to expectation values, and back.

What the sweeps of many rows are told in several calls is read here from tables of angles that are linear:

inputs, starts, factors
    Sparse matrix of the derivatives of the slots of rows (its rows) by features and, last, a constant 1 (its columns).
constants : float (n_lines, lanes)
    Of all angles that rows share, a line each eight of them; empty where `trig` is known.
firsts, terms, slopes : int64 (n_lines + 1,), (n_terms,), float (n_terms, lanes)
    Sparse matrix of the derivatives of these angles by weights: the first term of each line, weights, and numbers.
trig : float (lanes n_lines, 2)
    Cos and sin of these angles: of slots, then of phases.
kept : float (lanes (1 + n_groups (parts 2**n_qubits + n_features + 1)),)
    Final states of each group of rows, then its features and a line of ones.
strings, n_diagonal, runs
    Strings, how many have neither X nor Y, and where others that are read together begin; None if there are no others.
shift : int
    0 for real states, else 1.
"""

from ...indexing import at, behind, clear, copy_lines, in_blocks, lines_of, part, put
from ...lane_trig import LARGEST, cos_sin
from ...lanes import load, splat, store
from .adjoint import undo_all, undo_start
from .cubes import set_passes
from .forward import add_lines, apply_all, deal_out, first_state, join_shared, set_signs, set_slot
from .kinds import jit
from .measure import add_off_diagonals, diagonal, gather, gather_diagonal, off_diagonals, probabilities

_LANES, _MOST = 8, LARGEST**2


@jit
def _set_shared(trig, w, constants, firsts, terms, slopes, squares) -> None:
    """Set cos and sin of the angles that rows share, unless `constants` are empty; add the squares of the angles."""
    for k in range(constants.shape[0]):
        angles = load(constants, k)
        for j in range(at(firsts, k), at(firsts, k + 1)):
            angles = angles + splat(squares, at(w, at(terms, j))) * load(slopes, j)
        store(squares, 0, load(squares, 0) + angles * angles)
        c, t = cos_sin(angles)
        store(squares, 1, c)
        store(squares, 2, t)
        for lane in range(_LANES):
            put(trig, _LANES * k + lane, 0, at(squares, 1, lane))
            put(trig, _LANES * k + lane, 1, at(squares, 2, lane))


@jit
def _set_rows(slots, n_shared, x, starts, inputs, factors, squares, lines, ops, first, undone) -> None:
    """Set the slots of a group of rows, and the lines of passes with slots from the first on; add squares of angles."""
    total = load(squares, 0)
    for k in range(starts.shape[0] - 1):
        angles = splat(slots, 0.0)
        for j in range(at(starts, k), at(starts, k + 1)):
            angles = angles + splat(slots, at(factors, j)) * load(x, at(inputs, j))
        total = total + angles * angles
        set_slot(slots, 3 * (n_shared + k), angles)
    store(squares, 0, total)
    set_passes(lines, slots, ops, first, n_shared + starts.shape[0] - 1, undone)


@jit
def _sum(lines, k) -> float:
    """Sum over the lanes of a line."""
    total = 0.0
    for lane in range(_LANES):
        total += at(lines, k, lane)
    return total


@jit
def _begin(sums, signs) -> None:
    clear(sums)
    set_signs(signs)


@jit
def _means(s, strings, n_diagonal, runs, value, w, signs, shift) -> None:
    """Expectation values of all strings in the states of a group."""
    if runs is not None:
        for k in range(runs.shape[0] - 1):
            first, n_read = at(runs, k), at(runs, k + 1) - at(runs, k)
            off_diagonals(s, part(strings, first, n_read), part(value, first, n_read), shift, w, signs)
    probabilities(s, w, shift)
    diagonal(w, part(strings, 0, n_diagonal), value, signs)


@jit
def few_forward(
    ops,
    start,
    linear,
    quadratic,
    shift,
    strings,
    n_diagonal,
    runs,
    starts,
    inputs,
    factors,
    n_shared,
    constants,
    firsts,
    terms,
    slopes,
    w,
    X,
    trig,
    kept,
    values,
) -> bool:
    """Set `values` (n_samples, n_strings), `kept` and, unless `constants` are empty, `trig`.

    Returns
    -------
    bool
        Whether all angles are small enough for what is found to be right, and numbers.
    """
    n, n_features, n_slots = 1 << start.shape[0], X.shape[1], n_shared + starts.shape[0] - 1
    n_numbers, n_groups, lines = n << shift, (X.shape[0] + _LANES - 1) // _LANES, lines_of(kept)
    shared, phases = part(trig, 0, n_shared), in_blocks(part(trig, n_shared, trig.shape[0] - n_shared), n)
    n_kept = n_numbers + n_features + 1
    room = part(lines, n_groups * n_kept, lines.shape[0] - n_groups * n_kept)
    squares, signs, e, p = part(room, 0, 3), part(room, 3, 2), part(room, 5, 2 * n), part(room, 5 + 2 * n, n)
    slots, value = part(room, 5 + 3 * n, 3 * n_slots), part(room, 5 + 3 * n + 3 * n_slots, strings.shape[0])
    of_passes = behind(room, 5 + 3 * n + 3 * n_slots + strings.shape[0])
    _begin(squares, signs)
    _set_shared(trig, w, constants, firsts, terms, slopes, squares)
    join_shared(slots, shared)
    for g in range(n_groups):
        s, x = part(lines, g * n_kept, n_numbers), part(lines, g * n_kept + n_numbers, n_features + 1)
        gather(x, X, g)
        store(x, n_features, splat(x, 1.0))
        first = n_shared if g else 0
        _set_rows(slots, n_shared, x, starts, inputs, factors, squares, of_passes, ops, first, 0)
        first_state(s, part(x, n_features, 1), start, slots, shift)
        apply_all(s, ops, linear, quadratic, phases, slots, e, of_passes)
        _means(s, strings, n_diagonal, runs, value, p, signs, shift)
        deal_out(values, value, g)
    return _sum(squares, 0) <= _MOST


@jit
def _set_cotangents(s, r, strings, n_diagonal, runs, lines, w, signs, shift) -> None:
    """Cotangents of the states of a group from those of the expectation values."""
    gather_diagonal(w, part(strings, 0, n_diagonal), lines, signs)
    for i in range(s.shape[0]):
        store(r, i, load(w, i >> shift) * load(s, i))
    if runs is not None:
        for k in range(runs.shape[0] - 1):
            first, n_read = at(runs, k), at(runs, k + 1) - at(runs, k)
            add_off_diagonals(s, r, part(strings, first, n_read), part(lines, first, n_read), shift, signs)


@jit
def _set_features(dX, group, of_rows, starts, inputs, factors, dx) -> None:
    """Set a group's derivatives by features to what those by the slots of rows add up to."""
    clear(dx)
    for k in range(starts.shape[0] - 1):
        for j in range(at(starts, k), at(starts, k + 1)):
            i = at(inputs, j)
            store(dx, i, load(dx, i) + splat(dx, at(factors, j)) * load(of_rows, k))
    deal_out(dX, part(dx, 0, dX.shape[1]), group)


@jit
def _set_weights(dw, found, firsts, terms, slopes, line) -> None:
    """Set derivatives by weights to what those by angles, summed over lanes, add up to."""
    for i in range(found.shape[0]):
        put(found, i, 0, _sum(found, i))
    for k in range(firsts.shape[0] - 1):
        total = splat(line, 0.0)
        for j in range(at(firsts, k), at(firsts, k + 1)):
            total = total + splat(line, at(found, at(terms, j), 0)) * load(slopes, j)
        store(line, 0, total)
        for lane in range(_LANES):
            if _LANES * k + lane < dw.shape[0]:
                dw[_LANES * k + lane] = at(line, 0, lane)


@jit
def few_back(
    ops,
    start,
    linear,
    quadratic,
    shift,
    strings,
    n_diagonal,
    runs,
    starts,
    inputs,
    factors,
    n_shared,
    tracked,
    n_found,
    firsts,
    terms,
    slopes,
    trig,
    kept,
    room,
    g,
    dX,
    dw,
) -> None:
    """Set dX and dw to the cotangents that belong to those (n_samples, n_strings) of the expectation values.

    Parameters
    ----------
    tracked : int64 (n_phases,)
        As in the reverse sweep.
    n_found : int
        Shared slots and numbers of tracked phases.
    firsts, terms, slopes : ndarray
        Derivatives of these by weights, eight of which are a line: sparse as above, terms are of what is found.
    g : float (n_samples, n_strings)
    dX, dw : float (n_samples, n_features), (n_weights,), overwritten
    """
    n, n_features, n_slots = 1 << start.shape[0], dX.shape[1], n_shared + starts.shape[0] - 1
    n_numbers, lines, rest = n << shift, lines_of(kept), lines_of(room)
    shared, phases = part(trig, 0, n_shared), in_blocks(part(trig, n_shared, trig.shape[0] - n_shared), n)
    signs, e, w, first = part(rest, 0, 2), part(rest, 2, 2 * n), part(rest, 2 + 2 * n, n), 2 + 3 * n
    s, r, first = part(rest, first, n_numbers), part(rest, first + n_numbers, n_numbers), first + 2 * n_numbers
    slots, total, first = part(rest, first, 3 * n_slots), part(rest, first + 3 * n_slots, n_slots), first + 4 * n_slots
    found, line, first = part(rest, first, n_found), part(rest, first + n_found, 1), first + n_found + 1
    dx, cotangents = part(rest, first, n_features + 1), part(rest, first + n_features + 1, strings.shape[0])
    of_passes = behind(rest, first + n_features + 1 + strings.shape[0])
    of_phases = in_blocks(part(found, n_shared, n_found - n_shared), n)
    _begin(found, signs)
    join_shared(slots, shared)
    for group in range((dX.shape[0] + _LANES - 1) // _LANES):
        begin = group * (n_numbers + n_features + 1)
        copy_lines(s, part(lines, begin, n_numbers))
        x, first = part(lines, begin + n_numbers, n_features + 1), n_shared if group else 0
        _set_rows(slots, n_shared, x, starts, inputs, factors, line, of_passes, ops, first, 1)
        gather(cotangents, g, group)
        _set_cotangents(s, r, strings, n_diagonal, runs, cotangents, w, signs, shift)
        clear(total)
        undo_all(s, r, ops, linear, quadratic, phases, tracked, slots, e, w, signs, of_passes, total, of_phases)
        undo_start(s, r, start, slots, shift, total, line)
        add_lines(part(found, 0, n_shared), total)
        _set_features(dX, group, part(total, n_shared, n_slots - n_shared), starts, inputs, factors, dx)
    _set_weights(dw, found, firsts, terms, slopes, line)
