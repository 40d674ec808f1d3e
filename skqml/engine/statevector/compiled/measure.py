"""Compiled expectation values of Pauli strings, and the cotangents that belong to them.

Those of strings of Z are functions of their own: most circuits have no others, and compile no more.

A row of `strings` is (x, z, number of Y): the Hermitian string i**(x.z) X^x Z^z. Strings without
X or Y come first; of the others, neighbours with the same x, all with an odd number of Y or all with an even one, are
read together.
"""

from ...indexing import at, clear, part, put
from ...lanes import Lanes, load, odd, splat, store, top_bit
from .forward import deal_out, set_signs
from .kinds import jit

_AT_ONCE = 64  # products of amplitudes that stay in the nearest cache while strings are read from them


@jit
def walsh(w) -> None:
    """Walsh-Hadamard transform over the rows of w, in place."""
    half = 1
    while half < w.shape[0]:
        for b in range(0, w.shape[0], 2 * half):
            for i in range(b, b + half):
                u, v = load(w, i), load(w, i + half)
                store(w, i, u + v)
                store(w, i + half, u - v)
        half *= 2


@jit
def probabilities(s, w, shift) -> None:
    """Probabilities of the basis states."""
    for i in range(w.shape[0]):
        u = load(s, i << shift)
        p = u * u
        if shift:
            u = load(s, 2 * i + 1)
            p = p + u * u
        store(w, i, p)


@jit
def diagonal(w, strings, value, signs) -> None:
    """Expectation values of strings of Z from probabilities w, which are used up."""
    if strings.shape[0] > 8:  # then one transform is cheaper than a pass for each string
        walsh(w)
        for k in range(strings.shape[0]):
            store(value, k, load(w, at(strings, k, 1)))
        return
    for k in range(strings.shape[0]):
        total, z = splat(w, 0.0), at(strings, k, 1)
        for i in range(w.shape[0]):
            total = total + load(signs, odd(i & z)) * load(w, i)
        store(value, k, total)


@jit
def _spread(k, half) -> int:
    """Number k of those that lack a bit."""
    return ((k & -half) << 1) | (k & (half - 1))


@jit
def _sign(signs, z, n_y, k) -> Lanes:
    """The sign that a string gives to basis state k."""
    return load(signs, odd(k & z) ^ (n_y >> 1 & 1))


@jit
def _twice_product(s, i, x, odd_y, shift) -> Lanes:
    """2 Re(conj(s[i]) s[i ^ x]), or 2 Im for an odd number of Y."""
    k, j = i << shift, (i ^ x) << shift
    if not shift:
        part = load(s, k) * load(s, j)
    elif odd_y:
        part = load(s, k) * load(s, j + 1) - load(s, k + 1) * load(s, j)
    else:
        part = load(s, k) * load(s, j) + load(s, k + 1) * load(s, j + 1)
    return part + part


@jit
def off_diagonals(s, strings, value, shift, w, signs) -> None:
    """Expectation values of strings with the same X and Y, a few pairs of amplitudes at a time."""
    x, odd_y = at(strings, 0, 0), at(strings, 0, 2) & 1
    half = top_bit(x)
    for q in range(strings.shape[0]):
        store(value, q, splat(s, 0.0))
    if odd_y and not shift:
        return
    n_pairs = s.shape[0] >> (shift + 1)
    n = n_pairs if n_pairs < _AT_ONCE else _AT_ONCE
    for first in range(0, n_pairs, n):
        for k in range(n):
            store(w, k, _twice_product(s, _spread(first + k, half), x, odd_y, shift))
        for q in range(strings.shape[0]):
            total, z, n_y = load(value, q), at(strings, q, 1), at(strings, q, 2)
            for k in range(n):
                total = total + _sign(signs, z, n_y, _spread(first + k, half)) * load(w, k)
            store(value, q, total)


@jit
def diagonal_means(states, n_qubits, strings, values, work) -> None:
    """Expectation values of strings of Z.

    Parameters
    ----------
    states : float (n_groups, parts 2**n_qubits, lanes)
    strings : int64 (n_diagonal, 3)
    values : float (n_samples, n_strings)
        The first columns are overwritten.
    work : float (2**n_qubits + 2 + n_strings, lanes), overwritten
    """
    n, shift = 1 << n_qubits, states.shape[1] >> (n_qubits + 1)
    w, signs, value = part(work, 0, n), part(work, n, 2), part(work, n + 2, strings.shape[0])
    set_signs(signs)
    for g in range(states.shape[0]):
        probabilities(at(states, g), w, shift)
        diagonal(w, strings, value, signs)
        deal_out(values, value, g)


@jit
def off_diagonal_means(states, n_qubits, strings, runs, values, work) -> None:
    """Expectation values of strings with X or Y.

    Parameters
    ----------
    states, work : ndarray
        As of strings of Z.
    strings : int64 (n_strings, 3)
    runs : int64 (n_runs + 1,)
        Where those that are read together begin, and the end.
    values : float (n_samples, n_strings), overwritten
        Columns of strings in no run have no meaning.
    """
    n, shift = 1 << n_qubits, states.shape[1] >> (n_qubits + 1)
    w, signs, value = part(work, 0, n), part(work, n, 2), part(work, n + 2, strings.shape[0])
    set_signs(signs)
    for g in range(states.shape[0]):
        for k in range(runs.shape[0] - 1):
            first, n_read = at(runs, k), at(runs, k + 1) - at(runs, k)
            off_diagonals(at(states, g), part(strings, first, n_read), part(value, first, n_read), shift, w, signs)
        deal_out(values, value, g)


@jit
def _add_pair(s, r, f, k, x, odd_y, shift) -> None:
    """Add 2 f times the other's amplitude to both of a pair."""
    f, i, j = f + f, k << shift, (k ^ x) << shift
    if not shift:
        store(r, i, load(r, i) + f * load(s, j))
        store(r, j, load(r, j) + f * load(s, i))
    elif odd_y:
        store(r, i, load(r, i) + f * load(s, j + 1))
        store(r, i + 1, load(r, i + 1) - f * load(s, j))
        store(r, j, load(r, j) - f * load(s, i + 1))
        store(r, j + 1, load(r, j + 1) + f * load(s, i))
    else:
        store(r, i, load(r, i) + f * load(s, j))
        store(r, i + 1, load(r, i + 1) + f * load(s, j + 1))
        store(r, j, load(r, j) + f * load(s, i))
        store(r, j + 1, load(r, j + 1) + f * load(s, i + 1))


@jit
def add_off_diagonals(s, r, strings, h, shift, signs) -> None:
    x, odd_y = at(strings, 0, 0), at(strings, 0, 2) & 1
    half = top_bit(x)
    if odd_y and not shift:
        return
    for b in range(0, s.shape[0] >> shift, 2 * half):
        for k in range(b, b + half):
            f = splat(s, 0.0)
            for q in range(strings.shape[0]):
                f = f + _sign(signs, at(strings, q, 1), at(strings, q, 2), k) * load(h, q)
            _add_pair(s, r, f, k, x, odd_y, shift)


@jit
def gather_diagonal(w, strings, h, signs) -> None:
    """Set w to the diagonal of 2 sum_k h[k] Z-string k."""
    clear(w)
    for k in range(strings.shape[0]):
        twice, z = load(h, k) + load(h, k), at(strings, k, 1)
        if strings.shape[0] > 8:
            store(w, z, load(w, z) + twice)
        else:
            for i in range(w.shape[0]):
                store(w, i, load(w, i) + load(signs, odd(i & z)) * twice)
    if strings.shape[0] > 8:
        walsh(w)


@jit
def gather(lines, rows, g) -> None:
    """Set lines to the rows of group g, lane by lane; behind the last row to zeros."""
    lanes = lines.shape[1]
    for k in range(rows.shape[1]):
        for lane in range(lanes):
            row = g * lanes + lane
            put(lines, k, lane, at(rows, row, k) if row < rows.shape[0] else 0.0)


@jit
def diagonal_cotangents(states, n_qubits, strings, h, cotangents, work) -> None:
    """Cotangents 2 sum_k h[k] P_k psi of states, from cotangents h of the expectation values of strings of Z.

    Parameters
    ----------
    states, cotangents : float (n_groups, parts 2**n_qubits, lanes), the second overwritten
    strings : int64 (n_diagonal, 3)
    h : float (n_samples, n_strings)
    work : float (2**n_qubits + 2 + n_strings, lanes), overwritten
    """
    n, shift = 1 << n_qubits, states.shape[1] >> (n_qubits + 1)
    w, signs, lines = part(work, 0, n), part(work, n, 2), part(work, n + 2, h.shape[1])
    set_signs(signs)
    for g in range(states.shape[0]):
        s, r = at(states, g), at(cotangents, g)
        gather(lines, h, g)
        gather_diagonal(w, strings, lines, signs)
        for i in range(s.shape[0]):
            store(r, i, load(w, i >> shift) * load(s, i))


@jit
def add_off_diagonal_cotangents(states, n_qubits, strings, runs, h, cotangents, work) -> None:
    """Add to cotangents what strings with X or Y add; arguments as in the other functions."""
    shift, signs, lines = states.shape[1] >> (n_qubits + 1), part(work, 0, 2), part(work, 2, h.shape[1])
    set_signs(signs)
    for g in range(states.shape[0]):
        gather(lines, h, g)
        for k in range(runs.shape[0] - 1):
            first, n_read = at(runs, k), at(runs, k + 1) - at(runs, k)
            read, h_read = part(strings, first, n_read), part(lines, first, n_read)
            add_off_diagonals(at(states, g), at(cotangents, g), read, h_read, shift, signs)
