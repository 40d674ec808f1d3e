"""Compiled reverse sweeps: undo each operation on state and cotangent, and collect derivatives.

For a state psi and a cotangent r (d loss = Re <r|d psi>), the derivative with respect to the angle
t of exp(-i t P) is Im <r|P psi>, before or after the operation alike (Jones and Gacon 2020,
arXiv 2009.02823).
"""

from ...indexing import at, behind, clear, copy_lines, part
from ...lanes import load, odd, splat, store, top_bit
from .cubes import n_together, set_passes, undo_together
from .forward import add_lines, deal_out, join, row_phase, set_signs
from .kinds import SHARED_PHASE, TURN_BACK, jit


@jit
def undo(s, r, x, z, trig, slot, back, signs, total) -> None:
    """Undo a rotation."""
    c, half = load(trig, 3 * slot), top_bit(x)
    z ^= back * half
    g = load(total, slot)
    for b in range(half, s.shape[0], 2 * half):
        for i in range(b, b + half):
            odds = odd(i & z)
            t = load(trig, 3 * slot + 1 + odds)
            u, v, ru, rv = load(s, i), load(s, i ^ x), load(r, i), load(r, i ^ x)
            g = g + load(signs, odds) * (rv * u - ru * v)
            store(s, i, c * u + t * v)
            store(s, i ^ x, c * v - t * u)
            store(r, i, c * ru + t * rv)
            store(r, i ^ x, c * rv - t * ru)
    store(total, slot, g)


@jit
def _undo_shared(s, r, phase, of_phases, place) -> None:
    """Undo a shared phase; add Im(conj(r) psi) to the place of its derivatives, unless that is -1: it is constant."""
    if s.shape[0] == phase.shape[0]:
        for i in range(s.shape[0]):
            f = splat(s, at(phase, i, 0))
            store(s, i, f * load(s, i))
            store(r, i, f * load(r, i))
        return
    for k in range(phase.shape[0]):
        fr, fi, i = splat(s, at(phase, k, 0)), splat(s, at(phase, k, 1)), 2 * k
        ur, ui, pr, pi = load(s, i), load(s, i + 1), load(r, i), load(r, i + 1)
        if place >= 0:
            total = at(of_phases, place)
            store(total, k, load(total, k) + pr * ui - pi * ur)
        store(s, i, fr * ur + fi * ui)
        store(s, i + 1, fr * ui - fi * ur)
        store(r, i, fr * pr + fi * pi)
        store(r, i + 1, fr * pi - fi * pr)


@jit
def undo_row(s, r, e, w, linear, quadratic, total) -> None:
    """Undo the phase e of each row; w is room for as many numbers as there are amplitudes.

    If e has a factor that makes state and cotangent whole, derivatives are those of whole ones.
    """
    for k in range(s.shape[0] >> 1):
        i = 2 * k
        fr, fi = load(e, i), load(e, i + 1)
        ur, ui, pr, pi = load(s, i), load(s, i + 1), load(r, i), load(r, i + 1)
        ur, ui = fr * ur + fi * ui, fr * ui - fi * ur
        pr, pi = fr * pr + fi * pi, fr * pi - fi * pr
        store(w, k, pi * ur - pr * ui)
        store(s, i, ur)
        store(s, i + 1, ui)
        store(r, i, pr)
        store(r, i + 1, pi)
    _fold(w, linear, quadratic, total)


@jit
def _fold(w, linear, quadratic, total) -> None:
    """Add sum_b w[b] b_q and sum_b w[b] b_q b_j to the slots of each q and j < q; w is used up."""
    for q in range(linear.shape[0] - 1, -1, -1):
        half, lowest = 1 << q, 0
        while lowest < q and at(quadratic, q, lowest) < 0:
            lowest += 1
        for b in range(half):
            store(w, b, load(w, b) + load(w, b + half))
        for j in range(q - 1, lowest - 1, -1):
            found = splat(w, 0.0)
            for b in range(half, half + (1 << j)):
                found = found + load(w, b + (1 << j))
                store(w, b, load(w, b) + load(w, b + (1 << j)))
            slot = at(quadratic, q, j)
            if slot >= 0:
                store(total, slot, load(total, slot) + found)
        slot = at(linear, q)
        if slot >= 0:
            found = load(total, slot)
            for b in range(half, half + (1 << lowest)):
                found = found + load(w, b)
            store(total, slot, found)


@jit
def undo_start(s, r, start, trig, shift, total, initial) -> None:
    """Shrink state and cotangent qubit by qubit, to those of `initial`; the state is real here."""
    for q in range(start.shape[0] - 1, -1, -1):
        slot = at(start, q)
        if slot < 0:
            continue
        c, t, g = load(trig, 3 * slot), load(trig, 3 * slot + 1), load(total, slot)
        half = initial.shape[0] << q
        for b in range(half):
            i, j = b << shift, (b + half) << shift
            u = c * load(s, i) + t * load(s, j)
            g = g + u * (c * load(r, j) - t * load(r, i))
            store(r, i, c * load(r, i) + t * load(r, j))
            store(s, i, u)
        store(total, slot, g)
    for i in range(initial.shape[0]):
        store(initial, i, load(r, i << shift))


@jit
def undo_all(s, r, ops, linear, quadratic, phases, tracked, trig, e, w, signs, lines, total, of_phases) -> None:
    """Undo all operations; add derivatives by slots to `total`, those by shared phases to their places."""
    current, k = -1, ops.shape[0] - 1
    while k >= 0:
        kind, x, z, slot, n = at(ops, k, 0), at(ops, k, 1), at(ops, k, 2), at(ops, k, 3), n_together(at(ops, k, 4))
        if n > 1:
            undo_together(s, r, ops, k - n + 1, n, lines, total)
        elif kind <= TURN_BACK:
            undo(s, r, x, z, trig, slot, kind, signs, total)
        elif kind == SHARED_PHASE:
            _undo_shared(s, r, at(phases, slot), of_phases, at(tracked, slot))
        elif linear is not None:
            if slot != current:
                current = slot
                row_phase(e, at(linear, slot), at(quadratic, slot), trig)
            undo_row(s, r, e, w, at(linear, slot), at(quadratic, slot), total)
        k -= n


@jit
def adjoint(
    ops,
    start,
    linear,
    quadratic,
    phases,
    tracked,
    shared,
    rows,
    states,
    cotangents,
    of_initial,
    of_rows,
    of_shared,
    of_phases,
    work,
) -> None:
    """Derivatives with respect to all slots, from final states and their cotangents.

    Parameters
    ----------
    ops, start, linear, quadratic, phases, shared, rows : ndarray
        As in the forward sweep.
    tracked : int64 (n_shared_phases,)
        Where in `of_phases` a phase's derivatives go; -1 for constant phases.
    states, cotangents : float (n_groups, parts 2**n_qubits, lanes), the second overwritten
    of_initial : float (n_groups, 2**n_prepared, lanes), overwritten
        Derivatives with respect to the amplitudes of the first qubits.
    of_rows : float (n_samples, n_rows), overwritten
        Derivatives with respect to the slots of each row.
    of_shared, of_phases : float (n_shared, lanes), (n_tracked, 2**n_qubits, lanes)
        Derivatives summed over groups are added to them.
    work : float ((3 + parts) 2**n_qubits + 4 n_slots + 2 + n_lines(ops), lanes), overwritten
    """
    n = of_initial.shape[1] << start.shape[0]
    n_shared, n_slots = of_shared.shape[0], of_shared.shape[0] + of_rows.shape[1]
    e, w, signs, first = part(work, 0, 2 * n), part(work, 2 * n, n), part(work, 3 * n, 2), 3 * n + 2
    trig, total = part(work, first, 3 * n_slots), part(work, first + 3 * n_slots, n_slots)
    s, lines = part(work, first + 4 * n_slots, states.shape[1]), behind(work, first + 4 * n_slots + states.shape[1])
    shift = states.shape[1] // (2 * n)
    set_signs(signs)
    for g in range(states.shape[0]):
        r, initial = at(cotangents, g), at(of_initial, g)
        copy_lines(s, at(states, g))
        join(trig, shared, rows, g)
        set_passes(lines, trig, ops, n_shared if g else 0, n_slots, 1)
        clear(total)
        undo_all(s, r, ops, linear, quadratic, phases, tracked, trig, e, w, signs, lines, total, of_phases)
        undo_start(s, r, start, trig, shift, total, initial)
        add_lines(of_shared, total)
        deal_out(of_rows, part(total, n_shared, of_rows.shape[1]), g)
