"""Compiled expectation values of Pauli strings from the tiles of one state, and the cotangents that belong to them."""

from typing import NamedTuple

import numpy as np

from ....lanes import flip, load, odd, splat, store
from ...compiled.kinds import jit
from ...compiled.measure import walsh
from .tiles import gather, scatter


class Reading(NamedTuple):
    """Pauli strings in stages, those with the same X and Y together: one Walsh-Hadamard transform gives them all.

    Attributes
    ----------
    groups : int64 (n_groups, 3)
        Local x, x on lanes, and 1 for an odd number of Y, else 0.
    stages, members : int64 (n_stages + 1,), (n_groups + 1,)
        The first group of each stage, and the first string of each group.
    strings : int64 (n_strings, 2)
        Local z, and z on the number of the tile.
    combinations, tiles : int64 (n_stages, tile), (n_stages, n_tiles)
        As in a `Circuit`.
    """

    groups: np.ndarray
    stages: np.ndarray
    members: np.ndarray
    strings: np.ndarray
    combinations: np.ndarray
    tiles: np.ndarray


@jit
def _products(t, w, x, lanes, odd_y, shift) -> None:
    """Set w to Re(conj(s[k]) s[k ^ x]), or to Im for an odd number of Y."""
    for k in range(w.shape[0]):
        i, j = k << shift, (k ^ x) << shift
        if not shift:
            p = splat(w, w.dtype.type(1 - odd_y)) * (load(t, i) * flip(load(t, j), lanes))
        elif odd_y:
            p = load(t, i) * flip(load(t, j + 1), lanes) - load(t, i + 1) * flip(load(t, j), lanes)
        else:
            p = load(t, i) * flip(load(t, j), lanes) + load(t, i + 1) * flip(load(t, j + 1), lanes)
        store(w, k, p)


@jit
def means(c, stage, first, last, state, total, work) -> None:
    """Add up, over some tiles of one state, the expectation values of the strings of a stage, without their signs.

    Parameters
    ----------
    c : Reading
    stage, first, last : int
    state : float (parts n_amplitudes / lanes, lanes)
    total : float (2 n_strings, lanes)
        Those from tiles of an odd number of Z, which count negative, in the second half.
    work : float (3 tile, lanes), overwritten
    """
    combination, n_strings = c.combinations[stage], c.strings.shape[0]
    n = combination.shape[0]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, w = work[: n << shift], work[2 * n : 3 * n]
    for number in range(first, last):
        tile = c.tiles[stage, number]
        gather(state, t, combination, tile, shift)
        for g in range(c.stages[stage], c.stages[stage + 1]):
            _products(t, w, c.groups[g, 0], c.groups[g, 1], c.groups[g, 2], shift)
            walsh(w)
            for k in range(c.members[g], c.members[g + 1]):
                to = k + n_strings * odd(tile & c.strings[k, 1])
                store(total, to, load(total, to) + load(w, c.strings[k, 0]))


@jit
def _add_products(t, r, w, x, lanes, odd_y, shift) -> None:
    for k in range(w.shape[0]):
        i, j, h = k << shift, (k ^ x) << shift, load(w, k)
        if not shift:
            store(r, i, load(r, i) + splat(w, w.dtype.type(1 - odd_y)) * (h * flip(load(t, j), lanes)))
        elif odd_y:
            store(r, i, load(r, i) + h * flip(load(t, j + 1), lanes))
            store(r, i + 1, load(r, i + 1) - h * flip(load(t, j), lanes))
        else:
            store(r, i, load(r, i) + h * flip(load(t, j), lanes))
            store(r, i + 1, load(r, i + 1) + h * flip(load(t, j + 1), lanes))


@jit
def cotangents(c, stage, first, last, h, state, cotangent, work) -> None:
    """Add to the cotangent of one state, from the first stage on, what belongs to cotangents of expectation values.

    Parameters
    ----------
    c, stage, first, last, state : Reading, int, int, int, ndarray
        As in `means`.
    h : float (2 n_strings, lanes)
        Twice the cotangents of the strings, with their signs, and minus these.
    cotangent : float (parts n_amplitudes / lanes, lanes), overwritten
    work : float (5 tile, lanes), overwritten
    """
    combination, n_strings = c.combinations[stage], c.strings.shape[0]
    n = combination.shape[0]
    shift = state.shape[0] // (2 * n * c.tiles.shape[1])
    t, r, w = work[: n << shift], work[2 * n : (2 + (1 << shift)) * n], work[4 * n : 5 * n]
    for number in range(first, last):
        tile = c.tiles[stage, number]
        gather(state, t, combination, tile, shift)
        if stage:
            gather(cotangent, r, combination, tile, shift)
        else:
            r[:] = 0.0
        for g in range(c.stages[stage], c.stages[stage + 1]):
            w[:] = 0.0
            for k in range(c.members[g], c.members[g + 1]):
                at = k + n_strings * odd(tile & c.strings[k, 1])
                store(w, c.strings[k, 0], load(w, c.strings[k, 0]) + load(h, at))
            walsh(w)
            _add_products(t, r, w, c.groups[g, 0], c.groups[g, 1], c.groups[g, 2], shift)
        scatter(cotangent, r, combination, tile, shift, r.dtype.type(1.0))
