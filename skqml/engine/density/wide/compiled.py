"""Compiled sweeps over the tiles of one noisy state, a stage at a time: forwards, backwards, with derivatives.

A state is an array (4**n_qubits,), a tile one of (tile, lanes), on which what runs on eight rows runs as it is:
angles are the same in all lanes.
"""

from ...lanes import load, store, transpose
from ...statevector.compiled.kinds import jit
from ..compiled.adjoint import pull_segment, record
from ..compiled.forward import apply
from ..compiled.tangent import step

_LANE_BITS = 3


@jit
def _gather(s, t, stage, number) -> None:
    """Copy a tile out of a state."""
    inside, lanes, tile, n = stage.inside, stage.lanes, stage.tiles[number], stage.lanes.shape[0]
    lines = s.reshape(-1, n)
    if lanes[n - 1] == n - 1:  # neighbours in memory
        for k in range(inside.shape[0]):
            store(t, k, load(lines, (tile + inside[k]) >> _LANE_BITS))
    elif inside[n - 1] == n - 1:  # neighbours are in the tile
        for k in range(0, inside.shape[0], n):
            for lane in range(n):
                store(t, k + lane, load(lines, (tile + inside[k] + lanes[lane]) >> _LANE_BITS))
            transpose(t, k)
    else:
        for k in range(inside.shape[0]):
            for lane in range(n):
                t[k, lane] = s[tile + inside[k] + lanes[lane]]


@jit
def _scatter(s, t, stage, number) -> None:
    """Copy a tile back; its own lines are overwritten."""
    inside, lanes, tile, n = stage.inside, stage.lanes, stage.tiles[number], stage.lanes.shape[0]
    lines = s.reshape(-1, n)
    if lanes[n - 1] == n - 1:
        for k in range(inside.shape[0]):
            store(lines, (tile + inside[k]) >> _LANE_BITS, load(t, k))
    elif inside[n - 1] == n - 1:
        for k in range(0, inside.shape[0], n):
            transpose(t, k)
            for lane in range(n):
                store(lines, (tile + inside[k] + lanes[lane]) >> _LANE_BITS, load(t, k + lane))
    else:
        for k in range(inside.shape[0]):
            for lane in range(n):
                s[tile + inside[k] + lanes[lane]] = t[k, lane]


@jit
def forward(stage, first, last, matrices, trig, backwards, source, target, work) -> None:
    """Let the operations of a stage act on some tiles of a state, or their transposes on a cotangent.

    Parameters
    ----------
    stage : Stage
    first, last : int
        The tiles.
    matrices : float (12 n_blocks, lanes)
        Of all blocks.
    trig : float (2 n_slots, lanes)
    backwards : bool
    source, target : float (4**n_qubits,)
        The state in front of the stage, and that behind it, overwritten; they may be the same.
    work : float (tile + largest map, lanes), overwritten
    """
    n, n_ops = stage.inside.shape[0], stage.ops.shape[0]
    t, scratch = work[:n], work[n:]
    maps = stage.transposed if backwards else stage.maps
    for number in range(first, last):
        _gather(source, t, stage, number)
        for k in range(n_ops):
            op = stage.ops[n_ops - 1 - k] if backwards else stage.ops[k]
            apply(t, op, matrices, maps, stage.turns, trig, backwards, scratch)
        _scatter(target, t, stage, number)


@jit
def reverse(stage, first, last, matrices, trig, state, cotangent, own, totals, kept, work) -> None:
    """Pull a cotangent back through a stage on some tiles, and add derivatives.

    Parameters
    ----------
    stage, first, last, matrices, trig
        As in the forward sweep.
    state : float (4**n_qubits,)
        In front of the stage.
    cotangent : float (4**n_qubits,), overwritten
        Of the state behind it; then of that in front of it.
    own : float (12 n_blocks, lanes)
        Cotangents of the matrices of blocks are added to it.
    totals : float (n_slots, lanes)
        Derivatives by the slots of turns are added to it.
    kept : float (n_kept + 1, tile, lanes), overwritten
    work : float (tile + largest map, lanes), overwritten
    """
    n, n_ops = stage.inside.shape[0], stage.ops.shape[0]
    r, scratch = work[:n], work[n:]
    for number in range(first, last):
        _gather(state, kept[0], stage, number)
        _gather(cotangent, r, stage, number)
        at = record(stage.ops, 0, n_ops, matrices, stage.maps, stage.turns, trig, kept, scratch)
        circuit = stage.ops, 0, n_ops, matrices, stage.transposed, stage.turns, trig
        pull_segment(*circuit, kept, at, r, own, totals, scratch)
        _scatter(cotangent, r, stage, number)


@jit
def tangent(stage, first, last, matrices, slopes, trig, rates, backwards, state, slope, work) -> None:
    """Send a state and its derivative through a stage on some tiles, or a cotangent and its own back.

    Parameters
    ----------
    stage, first, last, matrices, trig, backwards
        As in the forward sweep.
    slopes, rates : float (12 n_blocks, lanes), (n_slots, lanes)
        Derivatives of the matrices and of the slots' angles.
    state, slope : float (4**n_qubits,), overwritten
    work : float (2 tile + largest map, lanes), overwritten
    """
    n, n_ops = stage.inside.shape[0], stage.ops.shape[0]
    t, d, scratch = work[:n], work[n : 2 * n], work[2 * n :]
    maps = stage.transposed if backwards else stage.maps
    for number in range(first, last):
        _gather(state, t, stage, number)
        _gather(slope, d, stage, number)
        for k in range(n_ops):
            op = stage.ops[n_ops - 1 - k] if backwards else stage.ops[k]
            step(t, d, op, matrices, slopes, maps, stage.turns, trig, rates, backwards, scratch)
        _scatter(state, t, stage, number)
        _scatter(slope, d, stage, number)
