"""Compiled fidelities of states in groups of rows: eight rows with eight others, nothing in between stored."""

from ...lane_sums import add_products, no_sums, store_part, store_squares
from ...lanes import load, splat, transpose
from .kinds import jit


@jit
def _fill_tile(s, t, parts, n_rows, tile) -> None:
    """Set tile[i, :] to the fidelities of row i of a group with all rows of another."""
    zero = splat(t, t.dtype.type(0.0))
    for first in range(0, n_rows, len(no_sums(t))):
        real, imaginary = no_sums(t), no_sums(t)
        if parts == 1:
            for k in range(t.shape[0]):
                real = add_products(real, s, k, first, load(t, k))
        else:
            for k in range(0, t.shape[0], 2):
                u, v = load(t, k), load(t, k + 1)
                real = add_products(add_products(real, s, k, first, u), s, k + 1, first, v)
                imaginary = add_products(add_products(imaginary, s, k, first, zero - v), s, k + 1, first, u)
        store_squares(real, imaginary, tile, first)


@jit
def _copy_tile(tile, out, i, j, below) -> None:
    """Set out[i:, j:] to as much of a tile as there is room for, or to what is below its diagonal."""
    n_rows, n_columns = out.shape
    for r in range(tile.shape[0]):
        if i + r < n_rows:
            store_part(out, i + r, j, r if below else n_columns - j, load(tile, r))


@jit
def fill(S, T, parts, first, last, own, tile, out) -> None:
    """Fidelities of some groups of rows with all others, or with those behind them and, mirrored, in front.

    Parameters
    ----------
    S, T : float (n_groups, parts 2**n_qubits, lanes)
    parts, first, last : int
        The groups of S are those from the first to the last.
    own : bool
        Whether T is S.
    tile : float (lanes, lanes), overwritten
    out : float64 (n_samples_S, n_samples_T)
        Some rows are overwritten, and, if T is S, the same columns.
    """
    lanes = tile.shape[0]
    for h in range(first if own else 0, T.shape[0]):
        for g in range(first, h + 1 if own and h < last else last):
            i, j = g * lanes, h * lanes
            n_rows = out.shape[0] - i
            _fill_tile(S[g], T[h], parts, n_rows if n_rows < lanes else lanes, tile)
            _copy_tile(tile, out, i, j, False)
            if own:  # also on the diagonal, where the halves are equal but for rounding
                transpose(tile, 0)
                _copy_tile(tile, out, j, i, g == h)
