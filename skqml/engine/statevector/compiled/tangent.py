"""Compiled forward sweeps of a state together with its derivative in one direction."""

from ...lanes import load, odd, splat, store
from .forward import apply, join, multiply, row_phase
from .kinds import ROW_PHASE, TURN_BACK, jit


@jit
def _add_rate(s, d, op, rates, step, signs) -> None:
    """Add to d what an operation on s that is no phase of each row adds to its derivative."""
    if op[0] <= TURN_BACK:
        _add_generator(s, d, op, step, signs)
    else:
        _add_shared(s, d, rates[op[3]])


@jit
def _add_generator(s, d, op, step, signs) -> None:
    """Add to d what a rotated state s adds to its derivative, by the rate of the angle."""
    x, z, t = op[1], op[2], load(signs, op[0]) * load(step, op[3])
    for i in range(s.shape[0]):  # from i to i ^ x; the pair's other half has the opposite sign
        f = load(signs, odd(i & z)) * t
        store(d, i ^ x, load(d, i ^ x) + f * load(s, i))


@jit
def _add_shared(s, d, rates) -> None:
    """d += i rate s with a rate for each amplitude, alike for all rows."""
    if s.shape[0] == rates.shape[0]:  # a real circuit: its phases are constant
        return
    for k in range(rates.shape[0]):
        f = splat(s, rates[k])
        store(d, 2 * k, load(d, 2 * k) - f * load(s, 2 * k + 1))
        store(d, 2 * k + 1, load(d, 2 * k + 1) + f * load(s, 2 * k))


@jit
def row_rates(w, linear, quadratic, step) -> None:
    """Set w to sum_q a_q b_q + sum_{j<q} a_qj b_q b_j, by doubling."""
    store(w, 0, splat(w, w.dtype.type(0.0)))
    for q in range(linear.shape[0]):
        half = 1 << q
        # The upper half first holds what bit q adds, itself built by doubling.
        store(w, half, splat(w, w.dtype.type(0.0)))
        if linear[q] >= 0:
            store(w, half, load(step, linear[q]))
        for j in range(q):
            for b in range(1 << j):
                u = load(w, half + b)
                if quadratic[q, j] >= 0:
                    u = u + load(step, quadratic[q, j])
                store(w, half + b + (1 << j), u)
        for b in range(half):
            store(w, half + b, load(w, half + b) + load(w, b))


@jit
def add_row(s, d, w) -> None:
    for k in range(w.shape[0]):
        f = load(w, k)
        store(d, 2 * k, load(d, 2 * k) - f * load(s, 2 * k + 1))
        store(d, 2 * k + 1, load(d, 2 * k + 1) + f * load(s, 2 * k))


@jit
def start_tangent(s, d, initial, rate_of_initial, start, trig, step, shift) -> None:
    zero = splat(s, s.dtype.type(0.0))
    s[:], d[:] = 0.0, 0.0
    for i in range(initial.shape[0]):
        store(s, i << shift, load(initial, i))
        store(d, i << shift, load(rate_of_initial, i))
    for q in range(start.shape[0]):
        half, slot = initial.shape[0] << q, start[q]
        c, t, rate = splat(s, s.dtype.type(1.0)), zero, zero
        if slot >= 0:
            c, t, rate = load(trig, 3 * slot), load(trig, 3 * slot + 1), load(step, slot)
        for b in range(half):
            i, j = b << shift, (b + half) << shift
            u, du = load(s, i), load(d, i)
            store(s, i, c * u)
            store(s, j, t * u)
            store(d, i, c * du - rate * (t * u))
            store(d, j, t * du + rate * (c * u))


@jit
def tangent(
    ops,
    start,
    linear,
    quadratic,
    phases,
    rates,
    shared,
    rows,
    steps,
    initial,
    rates_of_initial,
    states,
    tangents,
    work,
) -> None:
    """States and their derivatives when all angles move at given rates.

    Parameters
    ----------
    ops, start, linear, quadratic, phases, shared, rows : ndarray
        As in the forward sweep.
    rates : float (n_shared_phases, 2**n_qubits)
        Derivatives of the shared phases' angles.
    steps : float (n_groups, n_slots, lanes)
        Derivatives of the slots' angles.
    initial, rates_of_initial : float (n_groups, 2**n_prepared, lanes)
        Amplitudes of the first qubits, and their derivatives.
    states, tangents : float (n_groups, parts 2**n_qubits, lanes), overwritten
    work : float (3 2**n_qubits + 2 + 3 n_slots, lanes), overwritten
    """
    n = initial.shape[1] << start.shape[0]
    shift = states.shape[1] // (2 * n)
    e, w, signs, trig = work[: 2 * n], work[2 * n : 3 * n], work[3 * n : 3 * n + 2], work[3 * n + 2 :]
    signs[0], signs[1] = 1.0, -1.0
    for g in range(states.shape[0]):
        s, d, step, current = states[g], tangents[g], steps[g], -1
        join(trig, shared, rows, g)
        start_tangent(s, d, initial[g], rates_of_initial[g], start, trig, step, shift)
        for k in range(ops.shape[0]):
            kind, slot = ops[k, 0], ops[k, 3]
            if linear is None or kind != ROW_PHASE:
                apply(s, ops[k], phases, trig)
                apply(d, ops[k], phases, trig)
                _add_rate(s, d, ops[k], rates, step, signs)
                continue
            if slot != current:
                current = slot
                row_phase(e, linear[slot], quadratic[slot], trig)
                row_rates(w, linear[slot], quadratic[slot], step)
            multiply(s, e)
            multiply(d, e)
            add_row(s, d, w)
