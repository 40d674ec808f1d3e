"""Compiled growth of the Pauli strings that an observable becomes, gate by gate, last gate first.

A string is four words: two of the mask of X, two of the mask of Z. It keeps its number through all gates; Clifford
gates change what it stands for and its sign, and a rotation turns pairs of strings P and i G P into each other, the
second of which may be new. What is dropped keeps its number and is never touched again, so that all steps are
rotations of pairs of numbers.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ...jit import compiled
from ...lanes import odd

TURN = 0  # the kind of a rotation; that of a Clifford gate is its number of qubits
WORD = 64
STRING_BYTES = 256  # of one string while it grows and is swept
PAIR_BYTES = 32  # of a pair of strings that a rotation turns into each other


@intrinsic
def count(typingctx, bits) -> tuple:
    """Return the number of set bits."""

    def codegen(context, builder, sig, args) -> ir.Value:
        return builder.ctpop(args[0])

    return types.int64(types.int64), codegen


@compiled
def _weight(s) -> int:
    return count(s[0] | s[2]) + count(s[1] | s[3])


@compiled
def _place(table, strings, s) -> int:
    """Where a string is in a hash table of numbers, or where it would be."""
    h = s[0] * 0x1E3779B97F4A7C15 + s[1] * 0x3F58476D1CE4E5B9 + s[2] * 0x14D049BB133111EB + s[3] * 0x2545F4914F6CDD1D
    h = (h ^ (h >> 29)) * 0x1E3779B97F4A7C15
    at = (h ^ (h >> 32)) & (len(table) - 1)
    while table[at] >= 0:
        t = strings[table[at]]
        if t[0] == s[0] and t[1] == s[1] and t[2] == s[2] and t[3] == s[3]:
            break
        at = (at + 1) & (len(table) - 1)
    return at


@compiled
def _tabulated(strings, live, n_live) -> np.ndarray:
    """A hash table of the strings that live, at most a quarter full."""
    size = 1024
    while size < 4 * n_live:
        size *= 2
    table = np.full(size, -1, dtype=np.int32)
    for p in range(n_live):
        table[_place(table, strings, strings[live[p]])] = live[p]
    return table


@compiled
def _conjugate(strings, signs, live, n_live, gate, images, flips) -> None:
    """Let a Clifford gate act on all strings that live."""
    n_qubits, offset = gate[0], gate[4]
    for p in range(n_live):
        s, local = strings[live[p]], 0
        for k in range(n_qubits):
            word, bit = gate[1 + k] >> 6, gate[1 + k] & 63
            local |= ((s[word] >> bit & 1) | (s[2 + word] >> bit & 1) << 1) << 2 * k
        new = images[offset + local]
        signs[live[p]] *= flips[offset + local]
        change = local ^ new
        for k in range(n_qubits):
            word, bit = gate[1 + k] >> 6, gate[1 + k] & 63
            s[word] ^= (change >> 2 * k & 1) << bit
            s[2 + word] ^= (change >> (2 * k + 1) & 1) << bit


@compiled
def _mate(s, m, out) -> int:
    """Set out to the string of i G P, and return its sign; m are the masks of G, s those of P."""
    n_y, flips = 1, 0
    for k in range(2):
        out[k], out[2 + k] = m[k] ^ s[k], m[2 + k] ^ s[2 + k]
        n_y += count(m[k] & m[2 + k]) + count(s[k] & s[2 + k]) - count(out[k] & out[2 + k])
        flips += count(m[2 + k] & s[k])
    return 1 - 2 * ((n_y // 2 + flips) & 1)


@compiled
def _turn(strings, signs, table, live, n_live, n, m, max_weight, pairs, n_pairs) -> tuple[int, int, int]:
    """Pairs that a rotation about the string m turns into each other; new numbers of strings, living ones and pairs."""
    mate, n_old = np.empty(4, dtype=np.int64), n_live
    for p in range(n_old):
        i = live[p]
        s = strings[i]
        if not (odd(s[0] & m[2]) ^ odd(s[1] & m[3]) ^ odd(s[2] & m[0]) ^ odd(s[3] & m[1])):
            continue
        sign = signs[i] * _mate(s, m, mate)
        at = _place(table, strings, mate)
        j = table[at]
        if j >= 0 and signs[j]:
            if j < i:
                continue
            same = sign == signs[j]
        else:
            j, same = n, True
            n += 1
            for k in range(4):
                strings[j, k] = mate[k]
            signs[j] = 0
            if _weight(mate) <= max_weight:
                signs[j], table[at], live[n_live] = sign, j, j
                n_live += 1
        pairs[n_pairs, 0], pairs[n_pairs, 1] = (i, j) if same else (j, i)
        n_pairs += 1
    return n, n_live, n_pairs


@compiled
def _still_live(signs, live, n_live) -> int:
    """Leave out what has been dropped; how many live."""
    kept = 0
    for p in range(n_live):
        if signs[live[p]]:
            live[kept] = live[p]
            kept += 1
    return kept


@compiled
def _drop_heavy(strings, signs, live, n_live, max_weight) -> int:
    for p in range(n_live):
        if _weight(strings[live[p]]) > max_weight:
            signs[live[p]] = 0
    return _still_live(signs, live, n_live)


@compiled
def _drop_small(c, signs, live, n_live, pairs, first, n_pairs, trig, smallest) -> int:
    """Turn the coefficients of some pairs, and drop what becomes smaller than is allowed; how many live."""
    for p in range(first, n_pairs):
        i, j = pairs[p, 0], pairs[p, 1]
        c[i], c[j] = trig[0] * c[i] - trig[1] * c[j], trig[1] * c[i] + trig[0] * c[j]
        for k in (i, j):
            if abs(c[k]) < smallest:
                signs[k] = 0
    return _still_live(signs, live, n_live)


@compiled
def _with_room(strings, signs, live, c, n) -> tuple:
    """The arrays with room for n strings."""
    if n <= len(signs):
        return strings, signs, live, c
    room = max(n, 2 * len(signs))
    more = np.zeros((room, 4), dtype=np.int64), np.zeros(room, dtype=np.int64)
    numbers, values = np.zeros(room, dtype=np.int32), np.zeros(room)
    for i in range(len(signs)):
        for k in range(4):
            more[0][i, k] = strings[i, k]
        more[1][i], numbers[i], values[i] = signs[i], live[i], c[i]
    return more[0], more[1], numbers, values


@compiled
def _with_more(pairs, n_pairs, n_more) -> np.ndarray:
    """The pairs with room for more."""
    if n_pairs + n_more <= len(pairs):
        return pairs
    larger = np.empty((2 * (n_pairs + n_more), 2), dtype=np.int32)
    for p in range(n_pairs):
        larger[p, 0], larger[p, 1] = pairs[p, 0], pairs[p, 1]
    return larger


@compiled
def grow(rows, masks, images, flips, start, coefficients, max_weight, max_bytes, trig, smallest) -> tuple:
    """Grow the strings of an observable through all gates, the last gate first.

    Parameters
    ----------
    rows, masks, images, flips
        See `Gates`.
    start, coefficients : ndarray (n_terms, 4), (n_terms,)
        The observable.
    max_weight, max_bytes : int
        Strings of more letters are dropped; where strings and pairs take more bytes, growth stops.
    trig : ndarray (n_slots, 2)
        Cos and sin of the angles; where it is not empty, coefficients below ``smallest`` are dropped.
    smallest : float

    Returns
    -------
    fits : bool
    pairs : ndarray of int32 (n_pairs, 2)
    steps : ndarray of int64 (n_steps, 3)
        Slot, first pair and the one behind the last, of each rotation.
    n_strings : int
    strings, signs : ndarray (n_strings or more, 4), (n_strings or more,)
    live : ndarray of int32 (n_live,)
        The numbers of what is left.
    """
    n = n_live = n_filled = len(start)
    strings, signs = start.copy(), np.ones(n, dtype=np.int64)
    live, pairs, c = np.arange(n).astype(np.int32), np.empty((64, 2), dtype=np.int32), coefficients.copy()
    steps, n_steps, n_pairs = np.empty((len(rows), 3), dtype=np.int64), 0, 0
    table, moved = _tabulated(strings, live, n_live), True
    for k in range(len(rows) - 1, -1, -1):
        if rows[k, 0] != TURN:
            _conjugate(strings, signs, live, n_live, rows[k], images, flips)
            moved = True
            continue
        n_live = _drop_heavy(strings, signs, live, n_live, max_weight) if moved else n_live
        if moved or len(table) < 2 * (n_filled + n_live):  # it stays half empty when all that live find a new mate
            table, moved, n_filled = _tabulated(strings, live, n_live), False, n_live
        strings, signs, live, c = _with_room(strings, signs, live, c, n + n_live)
        pairs, first, n_old = _with_more(pairs, n_pairs, n_live), n_pairs, n_live
        n, n_live, n_pairs = _turn(strings, signs, table, live, n_live, n, masks[k], max_weight, pairs, n_pairs)
        n_filled += n_live - n_old
        if trig.size:
            n_live = _drop_small(c, signs, live, n_live, pairs, first, n_pairs, trig[rows[k, 1]], smallest)
        steps[n_steps, 0], steps[n_steps, 1], steps[n_steps, 2] = rows[k, 1], first, n_pairs
        n_steps += n_pairs > first
        if STRING_BYTES * n + PAIR_BYTES * n_pairs > max_bytes:
            return False, pairs, steps, n, strings, signs, live
    n_live = _drop_heavy(strings, signs, live, n_live, max_weight)
    return True, pairs[:n_pairs], steps[:n_steps], n, strings, signs, live[:n_live]


@compiled
def letters(strings, n_qubits) -> tuple:
    """Where the letters of each string begin, and the letters as components 3 q + (0, 1, 2) of Bloch vectors."""
    starts = np.zeros(len(strings) + 1, dtype=np.int64)
    for i in range(len(strings)):
        starts[i + 1] = starts[i] + _weight(strings[i])
    found = np.empty(starts[-1], dtype=np.int64)
    at = 0
    for i in range(len(strings)):
        for q in range(n_qubits):
            word, bit = q >> 6, q & 63
            x, z = strings[i, word] >> bit & 1, strings[i, 2 + word] >> bit & 1
            if x | z:
                found[at] = 3 * q + (1 if x & z else 2 * z)
                at += 1
    return starts, found
