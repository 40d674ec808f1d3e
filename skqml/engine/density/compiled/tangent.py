"""Compiled sweeps of states and their derivatives in one direction of the angles, forwards or pulled back."""

from ...indexing import copy_lines
from ...lanes import load, splat, store
from ...statevector.compiled.kinds import jit
from ..tables import BLOCK, MAP
from .forward import apply, fix_block, spread, start_block, turn_block


@jit
def _turn_rate(out, rate, a, b, slot, trig, rates) -> None:
    """Set rate to the derivative of a turned block: turn the old one, and add the turn's own."""
    c, s, speed = load(trig, 2 * slot), load(trig, 2 * slot + 1), load(rates, slot)
    for j in range(4):
        i, k = 4 * a - 4 + j, 4 * b - 4 + j
        u, v = load(rate, i), load(rate, k)
        store(rate, i, c * u - s * v - speed * load(out, k))
        store(rate, k, s * u + c * v + speed * load(out, i))


@jit
def _fix_rate(rate, fixed) -> None:
    for j in range(4):
        u, v, w = load(rate, j), load(rate, 4 + j), load(rate, 8 + j)
        for i in range(3):
            x, z, y = splat(rate, fixed[4 * i + 1]), splat(rate, fixed[4 * i + 2]), splat(rate, fixed[4 * i + 3])
            store(rate, 4 * i + j, x * u + z * v + y * w)


@jit
def block_rates(blocks, first, last, trig, rates, matrices, matrix_rates, work) -> None:
    """Matrices (12 each) of some blocks and their derivatives, from the rates of their slots; work is (12, lanes)."""
    matrix_rates[: 12 * (last - first)] = 0.0
    out = work[:12]
    for k in range(first, last):
        m, rate = matrices[12 * (k - first) : 12 * (k - first + 1)], matrix_rates[12 * (k - first) :]
        start_block(m)
        for e in range(blocks.ends[k], blocks.ends[k + 1]):
            a, b, slot = blocks.elements[e, 0], blocks.elements[e, 1], blocks.elements[e, 2]
            if a < 0:
                fix_block(m, out, blocks.fixed[b])
                _fix_rate(rate, blocks.fixed[b])
            else:
                turn_block(m, out, a, b, slot, trig)
                _turn_rate(out, rate, a, b, slot, trig, rates)
            copy_lines(m, out)


@jit
def _add_block(s, d, q, m) -> None:
    """Add to d rows 1 to 3 of a matrix m (12, lanes) times s."""
    step = 1 << (2 * q)
    for base in range(0, s.shape[0], 4 * step):
        for i in range(base, base + step):
            u, v, w, t = load(s, i), load(s, i + step), load(s, i + 2 * step), load(s, i + 3 * step)
            for k in range(3):
                at, row = i + (k + 1) * step, 4 * k
                part = load(m, row) * u + load(m, row + 1) * v + load(m, row + 2) * w + load(m, row + 3) * t
                store(d, at, load(d, at) + part)


@jit
def _add_pulled_block(r, d, q, m) -> None:
    """Add to d the transpose of rows 1 to 3 of a matrix m (12, lanes) times r."""
    step = 1 << (2 * q)
    for base in range(0, r.shape[0], 4 * step):
        for i in range(base, base + step):
            x, z, y = load(r, i + step), load(r, i + 2 * step), load(r, i + 3 * step)
            for j in range(4):
                at = i + j * step
                part = load(m, j) * x + load(m, 4 + j) * z + load(m, 8 + j) * y
                store(d, at, load(d, at) + part)


@jit
def _add_turn_rate(s, d, turns, k, slot, rates, backwards) -> None:
    """Add to d the derivative of a turned state s by the turn's angle, times its rate."""
    n_qubits, first_qubit = turns.shapes[k, 0], turns.shapes[k, 1]
    first_pair, n_pairs = turns.shapes[k, 2], turns.shapes[k, 3]
    rate = load(rates, slot)
    if backwards:
        rate = splat(s, s.dtype.type(0.0)) - rate
    for base in range(s.shape[0] >> (2 * n_qubits)):
        i = spread(base, turns.qubits, first_qubit, n_qubits)
        for p in range(first_pair, first_pair + n_pairs):
            a, b = i + turns.pairs[p, 0], i + turns.pairs[p, 1]
            store(d, a, load(d, a) - rate * load(s, b))
            store(d, b, load(d, b) + rate * load(s, a))


@jit
def step(s, d, op, matrices, slopes, maps, turns, trig, rates, backwards, work) -> None:
    """Apply an operation, or its transpose, to a state and its derivative."""
    apply(d, op, matrices, maps, turns, trig, backwards, work)
    if op[0] == BLOCK and backwards:
        _add_pulled_block(s, d, op[2], slopes[12 * op[1] :])
    elif op[0] == BLOCK:
        _add_block(s, d, op[2], slopes[12 * op[1] :])
    apply(s, op, matrices, maps, turns, trig, backwards, work)
    if op[0] != BLOCK and op[0] != MAP:
        _add_turn_rate(s, d, turns, op[1], op[2], rates, backwards)


@jit
def tangent(
    ops, blocks, n_shared, maps, turns, shared, shared_rates, trig, rates, backwards, states, tangents, work
) -> None:
    """Send states and their derivatives through all operations, or cotangents back through their transposes.

    Parameters
    ----------
    ops, blocks, n_shared, turns, shared, trig
        As in the forward sweep.
    maps : Maps
        Transposed where the sweep runs backwards.
    shared_rates : float (12 n_shared, lanes)
        Derivatives of the shared blocks' matrices.
    rates : float (n_groups, n_slots, lanes)
        Derivatives of the slots' angles.
    states, tangents : float (n_groups, 4**n_qubits, lanes), overwritten
    work : float (24 n_blocks + 12 + largest map, lanes), overwritten
    """
    n_blocks, n_ops = blocks.ends.shape[0] - 1, ops.shape[0]
    matrices, slopes, scratch = work[: 12 * n_blocks], work[12 * n_blocks : 24 * n_blocks], work[24 * n_blocks :]
    copy_lines(matrices, shared)
    copy_lines(slopes, shared_rates)
    own, own_slopes = matrices[12 * n_shared :], slopes[12 * n_shared :]
    for g in range(states.shape[0]):
        block_rates(blocks, n_shared, n_blocks, trig[g], rates[g], own, own_slopes, scratch)
        for i in range(n_ops):
            op = ops[n_ops - 1 - i] if backwards else ops[i]
            step(states[g], tangents[g], op, matrices, slopes, maps, turns, trig[g], rates[g], backwards, scratch)
