"""Compiled sweeps of few rows, one call each way: from rows and weights to expectation values, and back.

What the sweeps of many rows are told in several calls is read here from tables of angles that are linear:

inputs, starts, factors
    Sparse matrix of the derivatives of the slots of rows (its rows) by features and, last, a constant 1 (its columns).
of_weights : float (n_lines, n_weights + 1, lanes)
    Derivatives by weights of all angles that rows share, a line each eight of them, then their constants.
trig : float (lanes n_lines, 2)
    Cos and sin of these angles: of slots, then of phases.
kept : float (lanes (1 + n_groups (parts 2**n_qubits + n_features + 1)),)
    Final states of each group of rows, then its features and a line of ones.
strings, n_diagonal, runs
    Strings, how many have neither X nor Y, and where others that are read together begin; None if there are no others.
shift : int
    0 for real states, else 1.
"""

import numpy as np

from ...lane_trig import LARGEST, cos_sin
from ...lanes import load, splat, store
from .adjoint import undo_all, undo_start
from .forward import add_lines, apply_all, clear, copy_lines, deal_out, first_state, jit, join_shared, set_slot
from .measure import add_off_diagonals, diagonal, gather, gather_diagonal, off_diagonals, probabilities

_LANES, _LINE = 8, 64  # numbers of a line, and its bytes


@jit
def _lines(room) -> np.ndarray:
    """A flat array as lines of lanes that are cache lines: one fewer than would fit."""
    first = -room.ctypes.data % _LINE >> 3
    n = room.shape[0] // _LANES - 1
    return room[first : first + _LANES * n].reshape(n, _LANES)


@jit
def _set_shared(trig, w, of_weights, squares) -> None:
    """Set cos and sin of the angles that rows share, unless `of_weights` is empty; add the squares of the angles."""
    line, n_weights = squares[1:], w.shape[0]
    for k in range(of_weights.shape[0]):
        angles = load(of_weights[k], n_weights)
        for j in range(n_weights):
            angles = angles + splat(squares, w[j]) * load(of_weights[k], j)
        store(squares, 0, load(squares, 0) + angles * angles)
        c, t = cos_sin(angles)
        store(line, 0, c)
        store(line, 1, t)
        for lane in range(_LANES):
            trig[_LANES * k + lane, 0] = line[0, lane]
            trig[_LANES * k + lane, 1] = line[1, lane]


@jit
def _set_rows(slots, n_shared, x, starts, inputs, factors, squares) -> None:
    """Set the slots of a group of rows; add the squares of their angles."""
    total = load(squares, 0)
    for k in range(starts.shape[0] - 1):
        angles = splat(slots, 0.0)
        for j in range(starts[k], starts[k + 1]):
            angles = angles + splat(slots, factors[j]) * load(x, inputs[j])
        total = total + angles * angles
        set_slot(slots, 3 * (n_shared + k), angles)
    store(squares, 0, total)


@jit
def _sum(lane_sums) -> float:
    """Sum over lanes."""
    total = 0.0
    for lane in range(_LANES):
        total += lane_sums[lane]
    return total


@jit
def _means(s, strings, n_diagonal, runs, value, w, signs, shift) -> None:
    """Expectation values of all strings in the states of a group."""
    if runs is not None:
        for k in range(runs.shape[0] - 1):
            run = slice(runs[k], runs[k + 1])
            off_diagonals(s, strings[run], value[run], shift, w, signs)
    probabilities(s, w, shift)
    diagonal(w, strings[:n_diagonal], value, signs)


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
    of_weights,
    w,
    X,
    trig,
    kept,
    values,
) -> bool:
    """Set `values` (n_samples, n_strings), `kept` and, unless `of_weights` is empty, `trig`.

    Returns
    -------
    bool
        Whether all angles are small enough for what is found to be right, and numbers.
    """
    n, n_features, n_slots = 1 << start.shape[0], X.shape[1], n_shared + starts.shape[0] - 1
    n_numbers, n_phases = n << shift, (trig.shape[0] - n_shared) // n
    shared, phases = trig[:n_shared], trig[n_shared : n_shared + n_phases * n].reshape(-1, n, 2)
    rest = _lines(np.empty(_LANES * (1 + 5 + 3 * n + 3 * n_slots + strings.shape[0])))
    squares, signs, rest = rest[:3], rest[3:5], rest[5:]
    e, p, rest = rest[: 2 * n], rest[2 * n : 3 * n], rest[3 * n :]
    slots, value = rest[: 3 * n_slots], rest[3 * n_slots :]
    clear(squares)
    signs[0], signs[1] = 1.0, -1.0
    _set_shared(trig, w, of_weights, squares)
    join_shared(slots, shared)
    lines = _lines(kept)
    for g in range((X.shape[0] + _LANES - 1) // _LANES):
        s = lines[g * (n_numbers + n_features + 1) :]
        s, x = s[:n_numbers], s[n_numbers : n_numbers + n_features + 1]
        gather(x, X, g)
        store(x, n_features, splat(x, 1.0))
        _set_rows(slots, n_shared, x, starts, inputs, factors, squares)
        first_state(s, x[n_features:], start, slots, shift)
        apply_all(s, ops, linear, quadratic, phases, slots, e)
        _means(s, strings, n_diagonal, runs, value, p, signs, shift)
        deal_out(values, value, g)
    return _sum(squares[0]) <= LARGEST**2


@jit
def _set_cotangents(s, r, strings, n_diagonal, runs, lines, w, signs, shift) -> None:
    """Cotangents of the states of a group from those of the expectation values."""
    gather_diagonal(w, strings[:n_diagonal], lines, signs)
    for i in range(s.shape[0]):
        store(r, i, load(w, i >> shift) * load(s, i))
    if runs is not None:
        for k in range(runs.shape[0] - 1):
            run = slice(runs[k], runs[k + 1])
            add_off_diagonals(s, r, strings[run], lines[run], shift, signs)


@jit
def _add_features(dx, of_rows, starts, inputs, factors) -> None:
    """Set the derivatives by features to what those by the slots of rows add up to."""
    clear(dx)
    for k in range(starts.shape[0] - 1):
        for j in range(starts[k], starts[k + 1]):
            store(dx, inputs[j], load(dx, inputs[j]) + splat(dx, factors[j]) * load(of_rows, k))


@jit
def _set_weights(dw, found, back, line) -> None:
    """Set derivatives by weights to what those by angles, summed over lanes, add up to."""
    for i in range(found.shape[0]):
        found[i, 0] = _sum(found[i])
    for k in range(back.shape[0]):
        total = splat(line, 0.0)
        for i in range(found.shape[0]):
            total = total + splat(line, found[i, 0]) * load(back[k], i)
        store(line, 0, total)
        for lane in range(min(_LANES, dw.shape[0] - _LANES * k)):
            dw[_LANES * k + lane] = line[0, lane]


@jit
def _room_back(n, n_numbers, n_slots, n_found, n_features, n_strings) -> tuple:
    """Lines for a reverse sweep, signs set and sums at 0."""
    n_work = 5 + 3 * n + 2 * n_numbers + 4 * n_slots + n_found + n_features + n_strings
    rest = _lines(np.empty(_LANES * (1 + n_work)))
    signs, line, squares, rest = rest[:2], rest[2:3], rest[3:4], rest[4:]
    e, w, rest = rest[: 2 * n], rest[2 * n : 3 * n], rest[3 * n :]
    s, r, rest = rest[:n_numbers], rest[n_numbers : 2 * n_numbers], rest[2 * n_numbers :]
    slots, total, rest = rest[: 3 * n_slots], rest[3 * n_slots : 4 * n_slots], rest[4 * n_slots :]
    found, dx, cotangents = rest[:n_found], rest[n_found : n_found + n_features + 1], rest[n_found + n_features + 1 :]
    signs[0], signs[1] = 1.0, -1.0
    clear(squares)
    clear(found)
    return signs, line, squares, e, w, s, r, slots, total, found, dx, cotangents


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
    back,
    trig,
    kept,
    g,
    dX,
    dw,
) -> None:
    """Set dX and dw to the cotangents that belong to those (n_samples, n_strings) of the expectation values.

    Parameters
    ----------
    tracked : int64 (n_phases,)
        As in the reverse sweep.
    back : float (n_lines, n_shared + n_tracked 2**n_qubits, lanes)
        Derivatives of shared angles and tracked phases by weights, eight of them a line.
    g : float (n_samples, n_strings)
    dX, dw : float (n_samples, n_features), (n_weights,), overwritten
    """
    n, n_features, n_slots = 1 << start.shape[0], dX.shape[1], n_shared + starts.shape[0] - 1
    n_numbers, n_phases = n << shift, (trig.shape[0] - n_shared) // n
    shared, phases = trig[:n_shared], trig[n_shared : n_shared + n_phases * n].reshape(-1, n, 2)
    signs, line, squares, e, w, s, r, slots, total, found, dx, cotangents = _room_back(
        n, n_numbers, n_slots, back.shape[1], n_features, strings.shape[0]
    )
    of_phases = found[n_shared:].reshape(-1, n, _LANES)
    join_shared(slots, shared)
    lines = _lines(kept)
    for group in range((dX.shape[0] + _LANES - 1) // _LANES):
        final = lines[group * (n_numbers + n_features + 1) :]
        x = final[n_numbers : n_numbers + n_features + 1]
        copy_lines(s, final[:n_numbers])
        _set_rows(slots, n_shared, x, starts, inputs, factors, squares)
        gather(cotangents, g, group)
        _set_cotangents(s, r, strings, n_diagonal, runs, cotangents, w, signs, shift)
        clear(total)
        undo_all(s, r, ops, linear, quadratic, phases, tracked, slots, e, w, signs, total, of_phases)
        undo_start(s, r, start, slots, shift, total, line)
        add_lines(found[:n_shared], total)
        _add_features(dx, total[n_shared:], starts, inputs, factors)
        deal_out(dX, dx[:n_features], group)
    _set_weights(dw, found, back, line)
