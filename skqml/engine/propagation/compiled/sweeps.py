"""Compiled sweeps over the coefficients of Pauli strings, several rows side by side, and back.

A string of an observable has a number, and its coefficients in all lanes are one line of an array. Each step turns
pairs of lines by the angle in its slot; nothing is overwritten that a way back would miss. What is left is taken in a
product state, given by the Bloch vectors of its qubits.
"""

import numpy as np

from ...jit import compiled
from ...lanes import load, splat, store


@compiled
def _set_lines(lines, first, stop, value) -> None:
    for k in range(first, stop):
        store(lines, k, splat(lines, value))


@compiled
def _turn(lines, pairs, step, trig, back) -> None:
    """Turn pairs of lines by the angle of a step, or back."""
    cos, sin = load(trig, 2 * step[0]), load(trig, 2 * step[0] + 1)
    if back:
        sin = splat(trig, 0.0) - sin
    for p in range(step[1], step[2]):
        i, j = pairs[p, 0], pairs[p, 1]
        a, b = load(lines, i), load(lines, j)
        store(lines, i, cos * a - sin * b)
        store(lines, j, sin * a + cos * b)


@compiled
def _slope(c, r, pairs, step, slopes) -> None:
    """Add to a slot the derivative by its angle, from coefficients behind the step and their cotangents."""
    total = load(slopes, step[0])
    for p in range(step[1], step[2]):
        i, j = pairs[p, 0], pairs[p, 1]
        total = total + load(r, j) * load(c, i) - load(r, i) * load(c, j)
    store(slopes, step[0], total)


@compiled
def start_state(start, images, flips, trig, bloch) -> None:
    """Set the Bloch vectors (3 n_qubits, lanes) of a product state behind |0...0>."""
    for k in range(bloch.shape[0]):
        store(bloch, k, splat(bloch, 1.0 if k % 3 == 2 else 0.0))
    for k in range(len(start)):
        _start_gate(start[k], images, flips, trig, bloch, False)


@compiled
def _start_gate(gate, images, flips, trig, bloch, back) -> None:
    q, axis, at = gate[0], gate[1], gate[2]
    if axis < 0:
        _permute(q, at, images, flips, bloch, back)
        return
    i, j = 3 * q + (axis + 1) % 3, 3 * q + (axis + 2) % 3
    cos, sin = load(trig, 2 * at), load(trig, 2 * at + 1)
    if back:
        sin = splat(trig, 0.0) - sin
    a, b = load(bloch, i), load(bloch, j)
    store(bloch, i, cos * a - sin * b)
    store(bloch, j, sin * a + cos * b)


@compiled
def _permute(q, at, images, flips, bloch, back) -> None:
    """Let a Clifford gate act on a Bloch vector: the mean of P is that of the image of P before."""
    old = np.empty((3, bloch.shape[1]))
    for k in range(3):
        store(old, k, load(bloch, 3 * q + k))
    for k in range(3):
        code = (1, 3, 2)[k]
        source = (0, 0, 2, 1)[images[at + code]]
        sign = splat(bloch, float(flips[at + code]))
        if back:
            store(bloch, 3 * q + source, sign * load(old, k))
        else:
            store(bloch, 3 * q + k, sign * load(old, source))


@compiled
def start_slopes(start, images, flips, trig, bloch, r, slopes) -> None:
    """Undo the product state, and add derivatives to its slots; r are the cotangents of the Bloch vectors."""
    for k in range(len(start) - 1, -1, -1):
        q, axis, at = start[k, 0], start[k, 1], start[k, 2]
        if axis >= 0:
            i, j = 3 * q + (axis + 1) % 3, 3 * q + (axis + 2) % 3
            step = load(r, j) * load(bloch, i) - load(r, i) * load(bloch, j)
            store(slopes, at, load(slopes, at) + step)
        _start_gate(start[k], images, flips, trig, bloch, True)
        _start_gate(start[k], images, flips, trig, r, True)


@compiled
def _carried(part, coefficients, pairs, steps, trig, c) -> None:
    """Coefficients of all strings of one observable behind all steps."""
    n_terms = part[3] - part[2]
    for k in range(n_terms):
        store(c, k, splat(c, coefficients[part[2] + k]))
    _set_lines(c, n_terms, part[6], 0.0)
    for k in range(part[0], part[1]):
        _turn(c, pairs, steps[k], trig, False)


@compiled
def values(parts, coefficients, pairs, steps, live, signs, starts, letters, trig, bloch, c, out, dropped) -> None:
    """Set the means of observables in a product state, and the sums of |c| and c^2 of what was dropped.

    Parameters
    ----------
    parts : ndarray of int (n_observables, 7)
        First step, that behind the last, likewise for terms and for the strings that are left, and how many
        strings there are.
    coefficients, pairs, steps
        See `grow`.
    live, signs : ndarray (n_left,)
        Numbers and signs of the strings that are left.
    starts, letters
        See `letters`.
    trig, bloch : ndarray (2 n_slots, lanes), (3 n_qubits, lanes)
    c : ndarray (n_strings, lanes)
        Room for coefficients.
    out, dropped : ndarray (n_observables, lanes), (2 n_observables, lanes)
    """
    for o in range(len(parts)):
        part = parts[o]
        _carried(part, coefficients, pairs, steps, trig, c)
        total = splat(out, 0.0)
        for k in range(part[4], part[5]):
            term = splat(out, signs[k]) * load(c, live[k])
            store(c, live[k], splat(c, 0.0))
            for e in range(starts[k], starts[k + 1]):
                term = term * load(bloch, letters[e])
            total = total + term
        store(out, o, total)
        for lane in range(c.shape[1]):
            size = square = 0.0
            for k in range(part[6]):
                size += abs(c[k, lane])
                square += c[k, lane] ** 2
            dropped[2 * o, lane], dropped[2 * o + 1, lane] = size, square


@compiled
def _cotangents(part, live, signs, starts, letters, bloch, g, c, r, of_bloch, work) -> None:
    """Cotangents of coefficients behind all steps, and of Bloch vectors, from one of the mean."""
    _set_lines(r, 0, part[6], 0.0)
    for k in range(part[4], part[5]):
        first, stop = starts[k], starts[k + 1]
        sign, total = splat(r, signs[k]) * g, splat(r, 1.0)
        for e in range(first, stop):
            store(work, e - first, total)
            total = total * load(bloch, letters[e])
        store(r, live[k], sign * total)
        total = sign * load(c, live[k])
        for e in range(stop - 1, first - 1, -1):
            at = letters[e]
            store(of_bloch, at, load(of_bloch, at) + total * load(work, e - first))
            total = total * load(bloch, at)


@compiled
def slopes(
    parts, coefficients, pairs, steps, live, signs, starts, letters, trig, bloch, g, c, r, of_bloch, work, out
) -> None:
    """Add derivatives by slots (n_slots, lanes), and by Bloch vectors, for cotangents g of the means."""
    for o in range(len(parts)):
        part = parts[o]
        _carried(part, coefficients, pairs, steps, trig, c)
        _cotangents(part, live, signs, starts, letters, bloch, load(g, o), c, r, of_bloch, work)
        for k in range(part[1] - 1, part[0] - 1, -1):
            _slope(c, r, pairs, steps[k], out)
            _turn(c, pairs, steps[k], trig, True)
            _turn(r, pairs, steps[k], trig, True)
