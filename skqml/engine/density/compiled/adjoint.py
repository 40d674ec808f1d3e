"""Compiled reverse sweeps: cotangents of states pulled back, with derivatives by all angles.

A channel cannot be undone, so the states before each block and turn are kept, a segment of the
circuit at a time; the segments before it are run again from states kept at their beginnings.
"""

from ...indexing import at, clear, copy_lines, part
from ...lanes import load, splat, store
from ...statevector.compiled.forward import add_lines
from ...statevector.compiled.kinds import jit
from ..tables import BLOCK, MAP
from .forward import (
    apply,
    apply_block,
    apply_map,
    apply_turn,
    build_blocks,
    fix_block,
    spread,
    start_block,
    turn_block,
)


@jit
def _add_outer(r, s, q, total) -> None:
    """Add to total (12, lanes) the cotangent of a block's matrix: that of its result times its input."""
    g0, g1, g2, g3 = load(total, 0), load(total, 1), load(total, 2), load(total, 3)
    g4, g5, g6, g7 = load(total, 4), load(total, 5), load(total, 6), load(total, 7)
    g8, g9, g10, g11 = load(total, 8), load(total, 9), load(total, 10), load(total, 11)
    step = 1 << (2 * q)
    for base in range(0, r.shape[0], 4 * step):
        for i in range(base, base + step):
            u, v, w, t = load(s, i), load(s, i + step), load(s, i + 2 * step), load(s, i + 3 * step)
            x, z, y = load(r, i + step), load(r, i + 2 * step), load(r, i + 3 * step)
            g0, g1, g2, g3 = g0 + x * u, g1 + x * v, g2 + x * w, g3 + x * t
            g4, g5, g6, g7 = g4 + z * u, g5 + z * v, g6 + z * w, g7 + z * t
            g8, g9, g10, g11 = g8 + y * u, g9 + y * v, g10 + y * w, g11 + y * t
    store(total, 0, g0)
    store(total, 1, g1)
    store(total, 2, g2)
    store(total, 3, g3)
    store(total, 4, g4)
    store(total, 5, g5)
    store(total, 6, g6)
    store(total, 7, g7)
    store(total, 8, g8)
    store(total, 9, g9)
    store(total, 10, g10)
    store(total, 11, g11)


@jit
def _add_turn(r, s, turns, k, total, slot) -> None:
    """Add the derivative by a turn's angle, from the state and the cotangent before it."""
    n_qubits, first_qubit = at(turns.shapes, k, 0), at(turns.shapes, k, 1)
    first_pair, n_pairs = at(turns.shapes, k, 2), at(turns.shapes, k, 3)
    g = load(total, slot)
    for base in range(s.shape[0] >> (2 * n_qubits)):
        i = spread(base, turns.qubits, first_qubit, n_qubits)
        for p in range(first_pair, first_pair + n_pairs):
            a, b = i + at(turns.pairs, p, 0), i + at(turns.pairs, p, 1)
            g = g + load(r, b) * load(s, a) - load(r, a) * load(s, b)
    store(total, slot, g)


@jit
def pull_elements(blocks, first, last, trig, matrix_totals, totals, work) -> None:
    """Turn cotangents (12 each) of some blocks' matrices into derivatives by their slots.

    `work` is (12 (longest block + 2), lanes).
    """
    for k in range(first, last):
        g, begin, end = part(matrix_totals, 12 * (k - first), 12), at(blocks.ends, k), at(blocks.ends, k + 1)
        start_block(work)
        for e in range(begin, end):  # the product after each element
            m, out = part(work, 12 * (e - begin), 12), part(work, 12 * (e - begin + 1), 12)
            a, b, slot = at(blocks.elements, e, 0), at(blocks.elements, e, 1), at(blocks.elements, e, 2)
            if a < 0:
                fix_block(m, out, at(blocks.fixed, b))
            else:
                turn_block(m, out, a, b, slot, trig)
        for e in range(end - 1, begin - 1, -1):
            a, b, slot = at(blocks.elements, e, 0), at(blocks.elements, e, 1), at(blocks.elements, e, 2)
            if a < 0:
                _pull_fixed(g, at(blocks.fixed, b))
            else:
                _pull_turn(g, part(work, 12 * (e - begin + 1), 12), a, b, slot, trig, totals)


@jit
def _pull_fixed(g, fixed) -> None:
    for j in range(4):
        x, z, y = load(g, j), load(g, 4 + j), load(g, 8 + j)
        for i in range(3):
            a, b, c = splat(g, at(fixed, i + 1)), splat(g, at(fixed, 5 + i)), splat(g, at(fixed, 9 + i))
            store(g, 4 * i + j, a * x + b * z + c * y)


@jit
def _pull_turn(g, m, a, b, slot, trig, totals) -> None:
    """Add the derivative by a slot, from the product m after the turn; then undo the turn on g."""
    c, s, total = load(trig, 2 * slot), load(trig, 2 * slot + 1), load(totals, slot)
    for j in range(4):
        i, k = 4 * a - 4 + j, 4 * b - 4 + j
        u, v = load(g, i), load(g, k)
        total = total + v * load(m, i) - u * load(m, k)
        store(g, i, c * u + s * v)
        store(g, k, c * v - s * u)
    store(totals, slot, total)


@jit
def record(ops, first, last, matrices, maps, turns, trig, kept, work) -> int:
    """Run some operations from kept[0]; kept[k] is the state before the k-th block or turn."""
    n = 0
    for k in range(first, last):
        kind, number = at(ops, k, 0), at(ops, k, 1)
        if kind == BLOCK:
            apply_block(at(kept, n), at(kept, n + 1), at(ops, k, 2), part(matrices, 12 * number, 12))
            n += 1
        elif kind == MAP:
            apply_map(at(kept, n), maps, number, work)
        else:
            copy_lines(at(kept, n + 1), at(kept, n))
            apply_turn(at(kept, n + 1), turns, number, at(ops, k, 2), trig, False)
            n += 1
    return n


@jit
def _run_to_segments(ops, segments, matrices, maps, turns, trig, starts, work) -> None:
    """Set starts[n] to the state before segment n, from starts[0]."""
    for n in range(segments.shape[0] - 2):
        copy_lines(at(starts, n + 1), at(starts, n))
        for k in range(at(segments, n), at(segments, n + 1)):
            apply(at(starts, n + 1), at(ops, k), matrices, maps, turns, trig, False, work)


@jit
def pull_segment(ops, first, last, matrices, transposed, turns, trig, kept, n, r, own, totals, work) -> None:
    """Pull r back through some operations, whose states are kept up to kept[n], and add derivatives."""
    for k in range(last - 1, first - 1, -1):
        kind, number = at(ops, k, 0), at(ops, k, 1)
        n -= kind != MAP
        if kind == BLOCK:  # needs the cotangent after it
            _add_outer(r, at(kept, n), at(ops, k, 2), part(own, 12 * number, 12))
        apply(r, at(ops, k), matrices, transposed, turns, trig, True, work)
        if kind != BLOCK and kind != MAP:
            _add_turn(r, at(kept, n), turns, number, totals, at(ops, k, 2))


@jit
def reverse(
    ops,
    segments,
    blocks,
    n_shared,
    maps,
    transposed,
    turns,
    shared,
    trig,
    states,
    cotangents,
    total,
    of_rows,
    kept,
    starts,
    work,
) -> None:
    """Derivatives by all slots from first states and cotangents of final ones.

    Parameters
    ----------
    ops, blocks, n_shared, maps, transposed, turns, shared, trig
        As in the forward sweep.
    segments : int64 (n_segments + 1,)
        Where the segments of the operations end; the first entry is 0.
    states : float (n_groups, 4**n_qubits, lanes)
        Before the first operation.
    cotangents : float (n_groups, 4**n_qubits, lanes), overwritten
        Of the final states; then of the first ones.
    total : float (12 n_shared, lanes)
        Cotangents of the matrices of the shared blocks, summed over groups, are added to it.
    of_rows : float (n_groups, n_slots, lanes)
        Derivatives by the slots of each row are added to it.
    kept, starts : float (n_kept + 1, 4**n_qubits, lanes), (n_segments, 4**n_qubits, lanes), overwritten
    work : float (24 n_blocks + 12 (longest block + 2) + largest map, lanes), overwritten
    """
    n_blocks = blocks.ends.shape[0] - 1
    matrices, own = part(work, 0, 12 * n_blocks), part(work, 12 * n_blocks, 12 * n_blocks)
    scratch, n_rows = part(work, 24 * n_blocks, work.shape[0] - 24 * n_blocks), n_blocks - n_shared
    copy_lines(matrices, shared)
    for g in range(states.shape[0]):
        r, t = at(cotangents, g), at(trig, g)
        build_blocks(blocks, n_shared, n_blocks, t, part(matrices, 12 * n_shared, 12 * n_rows), scratch)
        clear(own)
        copy_lines(at(starts, 0), at(states, g))
        _run_to_segments(ops, segments, matrices, maps, turns, t, starts, scratch)
        for n in range(segments.shape[0] - 2, -1, -1):
            first, last = at(segments, n), at(segments, n + 1)
            copy_lines(at(kept, 0), at(starts, n))
            n_kept = record(ops, first, last, matrices, maps, turns, t, kept, scratch)
            pull_segment(
                ops, first, last, matrices, transposed, turns, t, kept, n_kept, r, own, at(of_rows, g), scratch
            )
        add_lines(total, own)
        pull_elements(blocks, n_shared, n_blocks, t, part(own, 12 * n_shared, 12 * n_rows), at(of_rows, g), scratch)
