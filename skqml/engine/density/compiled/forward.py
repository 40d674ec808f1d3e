"""Compiled sweeps over the Pauli expectation values of several rows at once.

A state is an array (4**n_qubits, lanes): row P holds r_P of rows of X side by side. `trig` holds
cos and sin of each slot's angle, lane by lane.
"""

from ...indexing import at, copy_lines, part
from ...lanes import Lanes, load, splat, store
from ...statevector.compiled.kinds import jit
from ..tables import BLOCK, MAP


@jit
def zero_state(s) -> None:
    """The state |0..0>: 1 for strings of I and Z (digits 0 and 2), else 0."""
    one, zero = splat(s, 1.0), splat(s, 0.0)
    store(s, 0, one)
    size = 1
    while size < s.shape[0]:
        for i in range(size):
            u = load(s, i)
            store(s, i + size, zero)
            store(s, i + 2 * size, u)
            store(s, i + 3 * size, zero)
        size *= 4


@jit
def spread(i, qubits, first, n_qubits) -> int:
    """The i-th index whose digits at some qubits, in ascending order, are 0."""
    for k in range(first, first + n_qubits):
        shift = 2 * at(qubits, k)
        low = i & ((1 << shift) - 1)
        i = ((i >> shift) << (shift + 2)) | low
    return i


@jit
def start_block(m) -> None:
    """The identity as rows 1 to 3 of a matrix, (12, lanes)."""
    one, zero = splat(m, 1.0), splat(m, 0.0)
    for k in range(12):
        store(m, k, one if k % 5 == 1 else zero)


@jit
def turn_block(m, out, a, b, slot, trig) -> None:
    """out = (turn in the plane of digits a, b) m."""
    c, s = load(trig, 2 * slot), load(trig, 2 * slot + 1)
    copy_lines(out, m)
    for j in range(4):
        u, v = load(m, 4 * a - 4 + j), load(m, 4 * b - 4 + j)
        store(out, 4 * a - 4 + j, c * u - s * v)
        store(out, 4 * b - 4 + j, s * u + c * v)


@jit
def fix_block(m, out, fixed) -> None:
    """out = fixed m, both with a first row (1, 0, 0, 0)."""
    for i in range(3):
        x, z, y = splat(m, at(fixed, 4 * i + 1)), splat(m, at(fixed, 4 * i + 2)), splat(m, at(fixed, 4 * i + 3))
        for j in range(4):
            total = x * load(m, j) + z * load(m, 4 + j) + y * load(m, 8 + j)
            if j == 0:
                total = total + splat(m, at(fixed, 4 * i))
            store(out, 4 * i + j, total)


@jit
def build_blocks(blocks, first, last, trig, matrices, work) -> None:
    """Matrices (12 each) of some blocks from cos and sin of their slots; `work` is (12, lanes)."""
    for k in range(first, last):
        m, out = part(matrices, 12 * (k - first), 12), part(work, 0, 12)
        start_block(m)
        for e in range(at(blocks.ends, k), at(blocks.ends, k + 1)):
            a, b, slot = at(blocks.elements, e, 0), at(blocks.elements, e, 1), at(blocks.elements, e, 2)
            if a < 0:
                fix_block(m, out, at(blocks.fixed, b))
            else:
                turn_block(m, out, a, b, slot, trig)
            copy_lines(m, out)


@jit
def apply_block(source, target, q, m) -> None:
    """Apply a block's matrix to one qubit; target may be the source."""
    m0, m1, m2, m3 = load(m, 0), load(m, 1), load(m, 2), load(m, 3)
    m4, m5, m6, m7 = load(m, 4), load(m, 5), load(m, 6), load(m, 7)
    m8, m9, m10, m11 = load(m, 8), load(m, 9), load(m, 10), load(m, 11)
    step = 1 << (2 * q)
    for base in range(0, source.shape[0], 4 * step):
        for i in range(base, base + step):
            u, x = load(source, i), load(source, i + step)
            z, y = load(source, i + 2 * step), load(source, i + 3 * step)
            store(target, i, u)
            store(target, i + step, m0 * u + m1 * x + m2 * z + m3 * y)
            store(target, i + 2 * step, m4 * u + m5 * x + m6 * z + m7 * y)
            store(target, i + 3 * step, m8 * u + m9 * x + m10 * z + m11 * y)


@jit
def _product(work, columns, values, first, width) -> Lanes:
    """Sum of `width` entries, a multiple of four, times rows of work."""
    total = splat(work, 0.0)
    for e in range(first, first + width, 4):
        four = splat(work, at(values, e)) * load(work, at(columns, e))
        four = four + splat(work, at(values, e + 1)) * load(work, at(columns, e + 1))
        four = four + splat(work, at(values, e + 2)) * load(work, at(columns, e + 2))
        total = total + four + splat(work, at(values, e + 3)) * load(work, at(columns, e + 3))
    return total


@jit
def apply_map(s, maps, k, work) -> None:
    """Apply a fixed map in place; `work` has room for its rows."""
    shape, begins, n_qubits = at(maps.shapes, k), at(maps.begins, k), at(maps.shapes, k, 0)
    n_local, n_single, n_double, n_wide = 1 << (2 * n_qubits), at(shape, 1), at(shape, 2), at(shape, 3)
    offsets, width = part(maps.offsets, at(begins, 1), n_local), at(shape, 4)
    single = part(maps.rows, at(begins, 2), n_single + n_double + n_wide)
    double, wide = part(single, n_single, n_double), part(single, n_single + n_double, n_wide)
    begin, n = at(begins, 3), n_single + 2 * n_double
    columns, values = part(maps.columns, begin, n), part(maps.values, begin, n)
    columns2, values2 = part(columns, n_single, 2 * n_double), part(values, n_single, 2 * n_double)
    columns4, values4 = part(maps.columns, begin + n, n_wide * width), part(maps.values, begin + n, n_wide * width)
    for base in range(s.shape[0] >> (2 * n_qubits)):
        i = spread(base, maps.qubits, at(begins, 0), n_qubits)
        for a in range(n_local):
            store(work, a, load(s, i + at(offsets, a)))
        for r in range(n_single):
            store(s, i + at(single, r), splat(s, at(values, r)) * load(work, at(columns, r)))
        for r in range(n_double):
            u, v = load(work, at(columns2, 2 * r)), load(work, at(columns2, 2 * r + 1))
            store(s, i + at(double, r), splat(s, at(values2, 2 * r)) * u + splat(s, at(values2, 2 * r + 1)) * v)
        for r in range(n_wide):
            store(s, i + at(wide, r), _product(work, columns4, values4, r * width, width))


@jit
def apply_turn(s, turns, k, slot, trig, backwards) -> None:
    """Turn about a string of several qubits in place, by minus the angle if asked for."""
    n_qubits, first_qubit = at(turns.shapes, k, 0), at(turns.shapes, k, 1)
    first_pair, n_pairs = at(turns.shapes, k, 2), at(turns.shapes, k, 3)
    cosine, sine = load(trig, 2 * slot), load(trig, 2 * slot + 1)
    if backwards:
        sine = splat(s, 0.0) - sine
    for base in range(s.shape[0] >> (2 * n_qubits)):
        i = spread(base, turns.qubits, first_qubit, n_qubits)
        for p in range(first_pair, first_pair + n_pairs):
            a, b = i + at(turns.pairs, p, 0), i + at(turns.pairs, p, 1)
            u, v = load(s, a), load(s, b)
            store(s, a, cosine * u - sine * v)
            store(s, b, sine * u + cosine * v)


@jit
def pull_block(r, q, m) -> None:
    """Apply the transpose of a block's matrix in place."""
    m0, m1, m2, m3 = load(m, 0), load(m, 1), load(m, 2), load(m, 3)
    m4, m5, m6, m7 = load(m, 4), load(m, 5), load(m, 6), load(m, 7)
    m8, m9, m10, m11 = load(m, 8), load(m, 9), load(m, 10), load(m, 11)
    step = 1 << (2 * q)
    for base in range(0, r.shape[0], 4 * step):
        for i in range(base, base + step):
            x, z, y = load(r, i + step), load(r, i + 2 * step), load(r, i + 3 * step)
            store(r, i, load(r, i) + m0 * x + m4 * z + m8 * y)
            store(r, i + step, m1 * x + m5 * z + m9 * y)
            store(r, i + 2 * step, m2 * x + m6 * z + m10 * y)
            store(r, i + 3 * step, m3 * x + m7 * z + m11 * y)


@jit
def apply(s, op, matrices, maps, turns, trig, backwards, work) -> None:
    """Apply an operation in place, or its transpose, for which maps are transposed ones."""
    if at(op, 0) == MAP:
        apply_map(s, maps, at(op, 1), work)
    elif at(op, 0) != BLOCK:
        apply_turn(s, turns, at(op, 1), at(op, 2), trig, backwards)
    elif backwards:
        pull_block(s, at(op, 2), part(matrices, 12 * at(op, 1), 12))
    else:
        apply_block(s, s, at(op, 2), part(matrices, 12 * at(op, 1), 12))


@jit
def forward(ops, blocks, n_shared, maps, turns, shared, trig, backwards, states, work) -> None:
    """Apply all operations to the states of some groups of rows, or pull cotangents back through them.

    Parameters
    ----------
    ops, blocks, n_shared, maps, turns
        See `Tables`; maps are transposed where the sweep runs backwards.
    shared : float (12 n_shared, lanes)
        Matrices of the blocks that all rows share.
    trig : float (n_groups, 2 n_slots, lanes)
        Cos and sin of the slots of each group of rows.
    backwards : bool
    states : float (n_groups, 4**n_qubits, lanes), overwritten
    work : float (12 n_blocks + 12 + largest map, lanes), overwritten
    """
    n_blocks, n_ops = blocks.ends.shape[0] - 1, ops.shape[0]
    matrices, scratch = part(work, 0, 12 * n_blocks), part(work, 12 * n_blocks, work.shape[0] - 12 * n_blocks)
    of_rows = part(matrices, 12 * n_shared, 12 * (n_blocks - n_shared))
    copy_lines(matrices, shared)
    for g in range(states.shape[0]):
        build_blocks(blocks, n_shared, n_blocks, at(trig, g), of_rows, scratch)
        for k in range(n_ops):
            op = at(ops, n_ops - 1 - k if backwards else k)
            apply(at(states, g), op, matrices, maps, turns, at(trig, g), backwards, scratch)
