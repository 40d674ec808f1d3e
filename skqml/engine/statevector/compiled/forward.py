"""Compiled sweeps over the amplitudes of several rows at once: forward and tangent.

A state is an array (2**n_qubits * parts, lanes): row ``parts * i + p`` holds part p of amplitude
i (0 the real part, 1 the imaginary part; real circuits have the real part alone), lanes are rows
of X side by side. `trig` holds, for each slot, cos, sin and -sin of an angle, lane by lane.
"""

from ...indexing import at, behind, part, put
from ...lane_trig import cos_sin
from ...lanes import load, odd, splat, store, top_bit
from .cubes import n_together, set_passes, turn_together
from .kinds import ROW_PHASE, TURN_BACK, jit


@jit
def rotate(s, x, z, trig, slot, back) -> None:
    """Rotation of amplitudes i and i ^ x, by minus the angle if an odd number of the bits i & z and `back` is set."""
    c, half = load(trig, 3 * slot), top_bit(x)
    z ^= back * half  # a bit that is set in each i below
    for b in range(half, s.shape[0], 2 * half):
        for i in range(b, b + half):
            t = load(trig, 3 * slot + 1 + odd(i & z))
            u, v = load(s, i), load(s, i ^ x)
            store(s, i, c * u - t * v)
            store(s, i ^ x, c * v + t * u)


@jit
def _multiply_shared(s, phase) -> None:
    if s.shape[0] == phase.shape[0]:  # a real circuit: signs
        for i in range(s.shape[0]):
            store(s, i, splat(s, at(phase, i, 0)) * load(s, i))
        return
    for k in range(phase.shape[0]):
        fr, fi = splat(s, at(phase, k, 0)), splat(s, at(phase, k, 1))
        ur, ui = load(s, 2 * k), load(s, 2 * k + 1)
        store(s, 2 * k, fr * ur - fi * ui)
        store(s, 2 * k + 1, fr * ui + fi * ur)


@jit
def row_phase(e, linear, quadratic, trig) -> None:
    """Set e to exp(i sum_q a_q b_q + i sum_{j<q} a_qj b_q b_j) for all bit strings b."""
    store(e, 0, splat(e, 1.0))
    store(e, 1, splat(e, 0.0))
    scaled_phase(e, linear, quadratic, trig)


@jit
def scaled_phase(e, linear, quadratic, trig) -> None:
    """Set e to such a phase times e[0], by doubling."""
    one, zero = splat(e, 1.0), splat(e, 0.0)
    for q in range(linear.shape[0]):
        half, slot, last = 1 << q, at(linear, q), q - 1
        c, t = (load(trig, 3 * slot), load(trig, 3 * slot + 1)) if slot >= 0 else (one, zero)
        while last >= 0 and at(quadratic, q, last) < 0:
            last -= 1
        f, g, size = c, t, half
        if last >= 0:  # the last of the other bits is part of the factor of the first pass
            slot, size = at(quadratic, q, last), 1 << last
            u, v = load(trig, 3 * slot), load(trig, 3 * slot + 1)
            f, g = c * u - t * v, c * v + t * u
        for a in range(0, half, size):
            for b in range(a, a + size):
                _turn(e, b, b + half, c, t)
            c, t, f, g = f, g, c, t
        for j in range(last):
            slot = at(quadratic, q, j)
            if slot >= 0:
                c, t = load(trig, 3 * slot), load(trig, 3 * slot + 1)
                for a in range(half + (1 << j), 2 * half, 2 << j):
                    for b in range(a, a + (1 << j)):
                        _turn(e, b, b, c, t)


@jit
def _turn(a, source, target, c, t) -> None:
    """a[target] = a[source] * (c + i t) for complex numbers."""
    ur, ui = load(a, 2 * source), load(a, 2 * source + 1)
    store(a, 2 * target, c * ur - t * ui)
    store(a, 2 * target + 1, c * ui + t * ur)


@jit
def multiply(s, e) -> None:
    """Multiply each amplitude by its complex number."""
    for i in range(0, s.shape[0], 2):
        fr, fi, ur, ui = load(e, i), load(e, i + 1), load(s, i), load(s, i + 1)
        store(s, i, fr * ur - fi * ui)
        store(s, i + 1, fr * ui + fi * ur)


@jit
def first_state(s, initial, start, trig, shift) -> None:
    """Real amplitudes of the first qubits, then RY(angle)|0>, qubit by qubit; slot -1 is |0>."""
    for i in range(initial.shape[0]):
        store(s, i << shift, load(initial, i))
    if shift:
        for i in range(s.shape[0] >> 1):
            store(s, 2 * i + 1, splat(s, 0.0))
    zero = splat(s, 0.0)
    for q in range(start.shape[0]):
        half, slot = initial.shape[0] << q, at(start, q)
        for i in range(half):
            u, up = load(s, i << shift), zero
            if slot >= 0:
                up = load(trig, 3 * slot + 1) * u
                store(s, i << shift, load(trig, 3 * slot) * u)
            store(s, (i + half) << shift, up)


@jit
def apply(s, op, phases, trig) -> None:
    """An operation that is no phase of each row."""
    kind, x, z, slot = at(op, 0), at(op, 1), at(op, 2), at(op, 3)
    if kind <= TURN_BACK:
        rotate(s, x, z, trig, slot, kind)
    else:
        _multiply_shared(s, at(phases, slot))


@jit
def join(trig, shared, rows, g) -> None:
    """Set trig to the slots that all rows share, and to those of group g of the rows; of none, to an angle of 0."""
    n_shared, lanes = shared.shape[0], trig.shape[1]
    join_shared(trig, shared)
    for k in range(rows.shape[1]):
        line = 3 * (n_shared + k)
        for lane in range(lanes):
            row = g * lanes + lane
            put(trig, line, lane, at(rows, row, k) if row < rows.shape[0] else 0.0)
        set_slot(trig, line, load(trig, line))


@jit
def join_shared(trig, shared) -> None:
    """Set trig to the slots that all rows share."""
    for k in range(shared.shape[0]):
        t = splat(trig, at(shared, k, 1))
        store(trig, 3 * k, splat(trig, at(shared, k, 0)))
        store(trig, 3 * k + 1, t)
        store(trig, 3 * k + 2, splat(trig, 0.0) - t)


@jit
def set_slot(trig, line, angles) -> None:
    """Set the lines of a slot, from the first of them on, to what belongs to its angles."""
    c, t = cos_sin(angles)
    store(trig, line, c)
    store(trig, line + 1, t)
    store(trig, line + 2, splat(trig, 0.0) - t)


@jit
def set_signs(signs) -> None:
    """Set two lines to 1 and -1."""
    store(signs, 0, splat(signs, 1.0))
    store(signs, 1, splat(signs, -1.0))


@jit
def add_lines(target, source) -> None:
    """Add to all lines of the target the first ones of the source."""
    for k in range(target.shape[0]):
        store(target, k, load(target, k) + load(source, k))


@jit
def deal_out(rows, lines, g) -> None:
    """Set the first columns of the rows of group g to what is in their lanes."""
    lanes = lines.shape[1]
    for lane in range(lanes):
        row = g * lanes + lane
        if row < rows.shape[0]:
            for k in range(lines.shape[0]):
                put(rows, row, k, at(lines, k, lane))


@jit
def apply_all(s, ops, linear, quadratic, phases, trig, e, lines) -> None:
    """All operations on the states of a group; e is room for a phase of each row, lines those of `set_passes`."""
    current, k = -1, 0
    while k < ops.shape[0]:
        n = n_together(at(ops, k, 4))
        if n > 1:
            turn_together(s, ops, k, n, lines)
        elif linear is None or at(ops, k, 0) != ROW_PHASE:
            apply(s, at(ops, k), phases, trig)
        else:
            if at(ops, k, 3) != current:
                current = at(ops, k, 3)
                row_phase(e, at(linear, current), at(quadratic, current), trig)
            multiply(s, e)
        k += n


@jit
def forward(ops, start, linear, quadratic, phases, shared, rows, initial, states, work) -> None:
    """States after all operations, for each group of rows.

    Parameters
    ----------
    ops : int64 (n_ops, 5)
    start : int64 (n_qubits - n_prepared,)
    linear, quadratic : int64 (n_row_phases, n_qubits[, n_qubits]) or None
        None where there are no phases of rows: Numba then leaves out, and compiles not, what is for these alone.
    phases : float (n_shared_phases, 2**n_qubits, 2)
    shared, rows : float (n_shared, 2), (n_samples, n_rows)
        Cos and sin of the angles in slots that all rows share, and the angles, `small_angles`, in those of each row.
    initial : float (n_groups, 2**n_prepared, lanes)
        Amplitudes of the first qubits; of none, ones.
    states : float (n_groups, parts 2**n_qubits, lanes), overwritten
    work : float (2 2**n_qubits + 3 n_slots + n_lines(ops), lanes), overwritten
    """
    n = initial.shape[1] << start.shape[0]
    shift = states.shape[1] // (
        2 * n
    )  # the row of an amplitude is its number, shifted by 0 or, if it has two parts, by 1
    n_slots = shared.shape[0] + rows.shape[1]
    e, trig, lines = part(work, 0, 2 * n), part(work, 2 * n, 3 * n_slots), behind(work, 2 * n + 3 * n_slots)
    for g in range(states.shape[0]):
        join(trig, shared, rows, g)
        set_passes(lines, trig, ops, shared.shape[0] if g else 0, n_slots, 0)
        first_state(at(states, g), at(initial, g), start, trig, shift)
        apply_all(at(states, g), ops, linear, quadratic, phases, trig, e, lines)


@jit
def unpack(states, out) -> None:
    """Copy states into an array (n_samples, parts, 2**n_qubits), one row of X after another."""
    parts, lanes, n = out.shape[1], states.shape[2], out.shape[2]
    for a in range(0, out.shape[0], lanes):
        # Eight amplitudes are one cache line of a row; all rows at once would evict each other.
        for first in range(0, n, 8):
            for p in range(parts):
                for r in range(a, min(a + lanes, out.shape[0])):
                    for i in range(first, min(first + 8, n)):
                        out[r, p, i] = states[a // lanes, parts * i + p, r - a]
