"""Recurrent circuits over many steps inside compiled code.

A step taken by Python costs ten times the circuit itself, so the loop over steps is compiled too, one row (a sequence
in one reservoir) after another. Between rotations RY, whose cosines and sines are real and frozen, every run of CX and
RZ is one monomial matrix: a permutation and a phase for each amplitude.
"""

from collections import namedtuple

import numpy as np

from ....engine.lanes import odd
from ....engine.statevector.compiled.forward import jit

# How a cell gets its next state from measured values.
QRNN, QLSTM, QGRU = range(3)
# Kinds of operations; a row of `ops` is (kind, qubit, number).
MONOMIAL, ROTATE, ENCODE = range(3)

Block = namedtuple("Block", "n_qubits n_inputs start ops sources strings")
Room = namedtuple("Room", "v psi spare weight gates")


@jit
def encoding(v):
    """cos, sin of arctan(v) / 2, and cos, sin of arctan(v^2)."""
    c = 1.0 / np.sqrt(1.0 + v * v)
    half = np.sqrt(0.5 + 0.5 * c)
    d = 1.0 / np.sqrt(1.0 + v**4)
    return half, 0.5 * v * c / half, d, v * v * d


@jit
def _start(psi, start, v):
    """Product state of H, RY(arctan v), RZ(arctan v^2) on each qubit, up to a phase."""
    psi[:, 0] = 0.0
    psi[0, 0] = 1.0
    for q in range(start.shape[0]):
        half = 1 << q
        c, s, dr, di = encoding(v[start[q]])
        first, second = (c - s) * np.sqrt(0.5), (c + s) * np.sqrt(0.5)
        er, ei = second * dr, second * di
        for i in range(half):
            ur, ui = psi[0, i], psi[1, i]
            psi[0, i + half], psi[1, i + half] = er * ur - ei * ui, er * ui + ei * ur
            psi[0, i], psi[1, i] = first * ur, first * ui


@jit
def _rotate(psi, q, c, s):
    half = 1 << q
    for p in range(2):
        part = psi[p]
        for b in range(0, part.shape[0], 2 * half):
            low, high = part[b : b + half], part[b + half : b + 2 * half]
            for i in range(half):
                u, w = low[i], high[i]
                low[i], high[i] = c * u - s * w, s * u + c * w


@jit
def _multiply(psi, spare, source, phase):
    """Permute amplitudes and multiply each by its phase."""
    for i in range(psi.shape[1]):
        spare[0, i], spare[1, i] = psi[0, source[i]], psi[1, source[i]]
    for i in range(psi.shape[1]):
        psi[0, i] = phase[0, i] * spare[0, i] - phase[1, i] * spare[1, i]
        psi[1, i] = phase[0, i] * spare[1, i] + phase[1, i] * spare[0, i]


@jit
def _encode(psi, q, v):
    """RY(arctan v), RZ(arctan v^2) in the middle of a circuit, up to a phase."""
    c, s, dr, di = encoding(v)
    _rotate(psi, q, c, s)
    for i in range(psi.shape[1]):
        if i >> q & 1:
            ur, ui = psi[0, i], psi[1, i]
            psi[0, i], psi[1, i] = dr * ur - di * ui, dr * ui + di * ur


@jit
def _walsh(w):
    half = 1
    while half < w.shape[0]:
        for b in range(0, w.shape[0], 2 * half):
            low, high = w[b : b + half], w[b + half : b + 2 * half]
            for i in range(half):
                u, v = low[i], high[i]
                low[i], high[i] = u + v, u - v
        half *= 2


@jit
def _off_diagonal(psi, x, z, n_y):
    total = 0.0
    for i in range(psi.shape[1]):
        j = i ^ x
        if n_y & 1:
            part = psi[1, j] * psi[0, i] - psi[0, j] * psi[1, i]
        else:
            part = psi[0, j] * psi[0, i] + psi[1, j] * psi[1, i]
        total += (1 - 2 * odd(i & z)) * part
    return total if n_y & 2 == 0 else -total


@jit
def _measure(block, phases, rotations, room, out):
    """Expectation values of all strings for what is fed in, ``v = [x, h]``."""
    psi, v, w = room.psi, room.v, room.weight
    _start(psi, block.start, v)
    for k in range(block.ops.shape[0]):
        kind, q, number = block.ops[k, 0], block.ops[k, 1], block.ops[k, 2]
        if kind == ROTATE:
            _rotate(psi, q, rotations[number, 0], rotations[number, 1])
        elif kind == MONOMIAL:
            _multiply(psi, room.spare, block.sources[number], phases[number])
        else:
            _encode(psi, q, v[number])
    for i in range(w.shape[0]):
        w[i] = psi[0, i] ** 2 + psi[1, i] ** 2
    _walsh(w)
    for k in range(out.shape[0]):
        mask, z, n_y = block.strings[k, 0], block.strings[k, 1], block.strings[k, 2]
        out[k] = w[z] if mask == 0 else _off_diagonal(psi, mask, z, n_y)


@jit
def _feed(rule, k, block, x, state, scale, room):
    """Set v to what circuit k of a step takes."""
    v, gates, n_inputs = room.v, room.gates, block.n_inputs
    inner = rule == QLSTM and k > 3
    for i in range(x.shape[0]):
        v[i] = x[i] if not inner else gates[3, i] if i < n_inputs else 0.0
    for i in range(block.n_qubits - n_inputs):
        reset = gates[0, i] if rule == QGRU and k == 2 else 1.0
        v[x.shape[0] + i] = gates[3, n_inputs + i] if inner else scale * reset * state[i]


@jit
def _sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


@jit
def _digest(rule, k, block, state, leak, room, out):
    """Change gates and state by what was measured in circuit k of a step."""
    gates, n_hidden = room.gates, block.n_qubits - block.n_inputs
    last = rule == QRNN or (rule == QGRU and k == 2) or (rule == QLSTM and k == 4)
    for i in range(0 if last or k > 3 else block.n_qubits):
        gates[k, i] = np.tanh(out[i]) if rule == QLSTM and k == 2 else _sigmoid(out[i])
    for i in range(block.n_qubits if rule == QLSTM and k == 3 else 0):
        c = gates[0, i] * state[n_hidden + i] + gates[1, i] * gates[2, i]
        state[n_hidden + i] = c
        gates[3, i] *= np.tanh(c)
    for i in range(n_hidden if last else 0):
        new = out[i] if rule == QLSTM else np.tanh(out[i])
        if rule == QGRU:
            new = gates[1, i] * state[i] + (1.0 - gates[1, i]) * new
        state[i] += leak * (new - state[i])


@jit
def recur(rule, block, phases, rotations, X, first, state, scales, leak, out):
    """Run rows first, first + 1, ... over all steps; row number is sequence * n_reservoirs + reservoir.

    Parameters
    ----------
    rule : {QRNN, QLSTM, QGRU}
    block : Block
    phases, rotations : float (n_reservoirs, n_circuits, n_monomials, 2, 2**n_qubits), (..., n_rotations, 2)
    X : float (n_sequences, n_steps, n_channels), every input wire of every encoding its own channel
    state : float (n_rows, n_state), overwritten
    scales : float (n_reservoirs,)
    leak : float
    out : float (n_sequences, n_steps, n_reservoirs, n_strings), overwritten
    """
    size = 1 << block.n_qubits
    n, size = block.n_qubits, 1 << block.n_qubits
    room = Room(
        np.empty(X.shape[2] + n - block.n_inputs),
        np.empty((2, size)),
        np.empty((2, size)),
        np.empty(size),
        np.empty((4, n)),
    )
    for row in range(state.shape[0]):
        s, r = (first + row) // phases.shape[0], (first + row) % phases.shape[0]
        for t in range(X.shape[1]):
            for k in range(phases.shape[1]):
                _feed(rule, k, block, X[s, t], state[row], scales[r], room)
                _measure(block, phases[r, k], rotations[r, k], room, out[s, t, r])
                _digest(rule, k, block, state[row], leak, room, out[s, t, r])
