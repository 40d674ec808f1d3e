"""Compiled sweeps over pairs of amplitudes, and quadratic forms of them.

A state is an array (n_rows, lanes), its lanes rows of X side by side. `trig` holds, for each slot, cos and sin of an
angle, lane by lane.
"""

from ...lanes import load, splat, store
from ..compiled.kinds import jit


@jit
def forward(ops, pairs, trig, states) -> None:
    """Set states to what pairwise turns make of the first basis state.

    Parameters
    ----------
    ops : int64 (n_ops, 3)
        Slot, first pair and the one behind the last.
    pairs : int32 (n_pairs, 2)
    trig : float (n_groups, 2 n_slots, lanes)
    states : float (n_groups, n_rows, lanes), overwritten
    """
    states[:] = 0.0
    states[:, 0] = 1.0
    for g in range(states.shape[0]):
        s = states[g]
        for k in range(ops.shape[0]):
            c, t = load(trig[g], 2 * ops[k, 0]), load(trig[g], 2 * ops[k, 0] + 1)
            for p in range(ops[k, 1], ops[k, 2]):
                i, j = pairs[p, 0], pairs[p, 1]
                u, v = load(s, i), load(s, j)
                store(s, i, c * u - t * v)
                store(s, j, c * v + t * u)


@jit
def adjoint(ops, pairs, trig, states, cotangents, total) -> None:
    """Undo all turns on states and their cotangents, both overwritten, and collect derivatives.

    Parameters
    ----------
    ops, pairs, trig : ndarray
        As in the forward sweep.
    states, cotangents : float (n_groups, n_rows, lanes), overwritten
    total : float (n_groups, n_slots, lanes)
        Derivatives by the angles are added to it.
    """
    for g in range(states.shape[0]):
        s, r = states[g], cotangents[g]
        for k in range(ops.shape[0] - 1, -1, -1):
            c, t = load(trig[g], 2 * ops[k, 0]), load(trig[g], 2 * ops[k, 0] + 1)
            d = load(total[g], ops[k, 0])
            for p in range(ops[k, 1], ops[k, 2]):
                i, j = pairs[p, 0], pairs[p, 1]
                u, v, a, b = load(s, i), load(s, j), load(r, i), load(r, j)
                d = d + (b * u - a * v)
                store(s, i, c * u + t * v)
                store(s, j, c * v - t * u)
                store(r, i, c * a + t * b)
                store(r, j, c * b - t * a)
            store(total[g], ops[k, 0], d)


@jit
def values(blocks, products, forms, coefficients, states, found) -> None:
    """Add the values of quadratic forms to found.

    Parameters
    ----------
    blocks, products, forms, coefficients : ndarray
        Of `Forms`.
    states : float (n_groups, n_rows, lanes)
    found : float (n_groups, n_forms, lanes)
    """
    for g in range(states.shape[0]):
        s, f = states[g], found[g]
        for k in range(blocks.shape[0] - 1):
            first, n = blocks[k, 1], blocks[k + 1, 1] - blocks[k, 1]
            for m in range(blocks[k, 0], blocks[k + 1, 0]):
                product = load(s, products[m, 0]) * load(s, products[m, 1])
                at = blocks[k, 2] + (m - blocks[k, 0]) * n
                for o in range(n):
                    to = forms[first + o]
                    store(f, to, load(f, to) + splat(s, s.dtype.type(coefficients[at + o])) * product)


@jit
def cotangents(blocks, products, forms, coefficients, states, g_values, found) -> None:
    """Set found to the derivatives by the states, from those (n_groups, n_forms, lanes) by the values of forms."""
    found[:] = 0.0
    for g in range(states.shape[0]):
        s, r, h = states[g], found[g], g_values[g]
        for k in range(blocks.shape[0] - 1):
            first, n = blocks[k, 1], blocks[k + 1, 1] - blocks[k, 1]
            for m in range(blocks[k, 0], blocks[k + 1, 0]):
                i, j = products[m, 0], products[m, 1]
                at = blocks[k, 2] + (m - blocks[k, 0]) * n
                d = splat(s, s.dtype.type(0.0))
                for o in range(n):
                    d = d + splat(s, s.dtype.type(coefficients[at + o])) * load(h, forms[first + o])
                store(r, i, load(r, i) + d * load(s, j))
                store(r, j, load(r, j) + d * load(s, i))
