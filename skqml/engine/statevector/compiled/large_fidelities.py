"""Compiled fidelities of large states: panels of groups of rows with two other groups, three products for four."""

from ...kept_sums import N_SUMS, ask_for, keep_sums, kept_sums, squares
from ...lane_sums import add_products, store_part
from ...lanes import load, store, transpose
from .kinds import jit

TOGETHER = 64  # amplitudes of three groups that lie in a processor's first cache
SUMS = 6  # of a group with two others
_ASKED = 16  # lines to come that each group of a panel asks for


@jit
def _add_overlaps(s, t, u, parts, n_rows, start, mixed, sums, row) -> None:
    """Add products of some amplitudes of a group with those of two others to sums; behind the last, square.

    Three real products are a complex one: for ``s = a + i b`` and ``t = c + i d``, ``p = a c``, ``q = b d`` and
    ``m = (a + b) (c - d)``. Real states have the first alone.
    """
    lanes, n_amplitudes = t.shape[1], t.shape[0] // parts
    stop = min(start + TOGETHER, n_amplitudes)
    if parts == 2:
        for k in range(start, stop):
            store(mixed, k - start, load(s, 2 * k) + load(s, 2 * k + 1))
    for first in range(0, n_rows, N_SUMS):
        i, j = row + first, row + first + 3 * lanes
        p, x = kept_sums(sums, i, start), kept_sums(sums, j, start)
        q, y = kept_sums(sums, i + lanes, start), kept_sums(sums, j + lanes, start)
        m, z = kept_sums(sums, i + 2 * lanes, start), kept_sums(sums, j + 2 * lanes, start)
        if parts == 1:
            for k in range(start, stop):
                p, x = add_products(p, s, k, first, load(t, k)), add_products(x, s, k, first, load(u, k))
            m, z = p, x
        else:
            for k in range(start, stop):
                c, d, e, f = load(t, 2 * k), load(t, 2 * k + 1), load(u, 2 * k), load(u, 2 * k + 1)
                p, x = add_products(p, s, 2 * k, first, c), add_products(x, s, 2 * k, first, e)
                q, y = add_products(q, s, 2 * k + 1, first, d), add_products(y, s, 2 * k + 1, first, f)
                m, z = add_products(m, mixed, k - start, first, c - d), add_products(z, mixed, k - start, first, e - f)
        if stop == n_amplitudes:
            p, x = squares(p, q, m), squares(x, y, z)
        _keep(p, q, m, sums, i)
        _keep(x, y, z, sums, j)


@jit
def _keep(p, q, m, sums, row) -> None:
    lanes = sums.shape[1]
    keep_sums(p, sums, row)
    keep_sums(q, sums, row + lanes)
    keep_sums(m, sums, row + 2 * lanes)


@jit
def _copy_tile(sums, row, out, g, h, own) -> None:
    """Set out to a tile, where there is room, and, if states are their own others, to its mirror image."""
    lanes, (n_rows, n_columns) = sums.shape[1], out.shape
    for r in range(min(lanes, n_rows - g * lanes)):
        store_part(out, g * lanes + r, h * lanes, n_columns - h * lanes, load(sums, row + r))
    if own:  # also on the diagonal, where the halves are equal but for rounding
        transpose(sums, row)
        for r in range(min(lanes, n_columns - h * lanes)):
            store_part(out, h * lanes + r, g * lanes, r if g == h else lanes, load(sums, row + r))


@jit
def _fill_panel(S, T, parts, first, last, own, mixed, sums, out) -> None:
    lanes, n_amplitudes = T.shape[2], T.shape[1] // parts
    for h in range(first if own else 0, T.shape[0], 2):
        n = min(2, T.shape[0] - h)
        t, u = T[h], T[h + n - 1]
        for start in range(0, n_amplitudes, TOGETHER):
            stop = start + TOGETHER
            for g in range(first, min(last, h + n) if own else last):
                row = SUMS * (g - first) * lanes
                if stop < n_amplitudes:
                    line = parts * stop + (g - first) * _ASKED
                    for k in range(line, line + _ASKED):
                        ask_for(t, k)
                        ask_for(u, k)
                _add_overlaps(S[g], t, u, parts, min(lanes, out.shape[0] - g * lanes), start, mixed, sums, row)
                for c in range(n if stop >= n_amplitudes else 0):
                    if not own or g <= h + c:
                        _copy_tile(sums, row + 3 * c * lanes, out, g, h + c, own)


@jit
def fill_panels(S, T, parts, first, last, own, n_together, work, out) -> None:
    """Fidelities of some groups of rows with all others, or with those behind them and, mirrored, in front.

    Parameters
    ----------
    S, T : float (n_groups, parts 2**n_qubits, lanes)
    parts, first, last : int
        The groups of S are those from the first to the last.
    own : bool
        Whether T is S.
    n_together : int
        How many groups of S stay in a processor's cache.
    work : float (TOGETHER + n_together SUMS lanes, lanes), overwritten
    out : float64 (n_samples_S, n_samples_T)
        Some rows are overwritten, and, if T is S, the same columns.
    """
    for start in range(first, last, n_together):
        stop = min(start + n_together, last)
        _fill_panel(S, T, parts, start, stop, own, work[:TOGETHER], work[TOGETHER:], out)
