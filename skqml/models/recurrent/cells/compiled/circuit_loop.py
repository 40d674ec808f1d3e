"""Recurrent circuits over many steps inside compiled code.

A step taken by Python costs ten times the circuit itself, so the loop over steps is compiled too, one row (a sequence
in one reservoir) after another. Between rotations RY, whose cosines and sines are real and frozen, every run of
diagonal gates and permutations is one monomial matrix: a permutation and a phase for each amplitude.
"""

from collections import namedtuple

import numpy as np

from .....engine.lanes import odd
from .vectors import MEASURE, calculate, jit

# Kinds of gates; a row of `ops` is (kind, qubit, number, function of the value that turns by).
MONOMIAL, ROTATE, TURN_Y, TURN_Z = range(4)
# The angle by which a value turns a qubit, as a function of the value.
ARCTAN, ARCTAN_OF_SQUARE, ITSELF = range(3)

Block = namedtuple("Block", "n_qubits start ops sources strings")
Steps = namedtuple("Steps", "operations memory results n_inputs n_hidden")
Room = namedtuple("Room", "v psi spare weight")


@jit
def encoding(v) -> tuple[float, float, float, float]:
    """cos, sin of arctan(v) / 2, and cos, sin of arctan(v^2)."""
    c = 1.0 / np.sqrt(1.0 + v * v)
    half = np.sqrt(0.5 + 0.5 * c)
    square = v * v  # powers are functions of Numba's, compiled apart
    d = 1.0 / np.sqrt(1.0 + square * square)
    return half, 0.5 * v * c / half, d, square * d


@jit
def angles_of(used, v, out) -> None:
    """Set columns of `out` to functions of values v (n_rows, n_values); a row of `used` is (function, value)."""
    for row in range(v.shape[0]):
        for k in range(used.shape[0]):
            a = v[row, used[k, 1]]
            if used[k, 0] == ARCTAN_OF_SQUARE:
                a = a * a
            out[row, k] = a if used[k, 0] == ITSELF else np.arctan(a)


@jit
def slopes_of(used, v, g, dv) -> None:
    """Add to `dv` the cotangents of the values for those of the columns."""
    for row in range(v.shape[0]):
        for k in range(used.shape[0]):
            a, slope = v[row, used[k, 1]], 1.0
            if used[k, 0] == ARCTAN:
                slope = 1.0 / (1.0 + a * a)
            elif used[k, 0] == ARCTAN_OF_SQUARE:
                slope = 2.0 * a / (1.0 + a**4)
            dv[row, used[k, 1]] += slope * g[row, k]


@jit
def product_state(psi, start, v) -> None:
    """Product state of H, RY(arctan v), RZ(arctan v^2) on qubits with a value in `start`, |0> on others."""
    psi[:, 0] = 0.0
    psi[0, 0] = 1.0
    for q in range(start.shape[0]):
        half, first, er, ei = 1 << q, 1.0, 0.0, 0.0
        if start[q] >= 0:
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
def _turn(psi, about_z, q, function, v):
    """RY or, up to a phase, RZ by a function of a value."""
    if function == ITSELF:
        c, s = np.cos(0.5 * v), np.sin(0.5 * v)
    else:
        c, s, _, _ = encoding(v if function == ARCTAN else v * v)
    if not about_z:
        _rotate(psi, q, c, s)
        return
    dr, di = c * c - s * s, 2.0 * c * s
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
    total, p = 0.0, n_y & 1
    for i in range(psi.shape[1]):
        j = i ^ x
        part = psi[p, j] * psi[0, i] + (1 - 2 * p) * (psi[1 - p, j] * psi[1, i])
        total += (1 - 2 * odd(i & z)) * part
    return total if n_y & 2 == 0 else -total


@jit
def _run(block, turns, phases, rotations, room):
    """The state of the circuit for the values v, and in `weight` the expectation values of all products of Z."""
    psi, v, w = room.psi, room.v, room.weight
    product_state(psi, block.start, v)
    for k in range(block.ops.shape[0]):
        kind, q, number, function = block.ops[k, 0], block.ops[k, 1], block.ops[k, 2], block.ops[k, 3]
        if kind == ROTATE:
            _rotate(psi, q, rotations[number, 0, 0], rotations[number, 1, 0])
        elif kind == MONOMIAL:
            _multiply(psi, room.spare, block.sources[number], phases[number])
        elif turns is not None:
            _turn(psi, kind == TURN_Z, q, function, v[number])
    for i in range(w.shape[0]):
        w[i] = psi[0, i] * psi[0, i] + psi[1, i] * psi[1, i]
    _walsh(w)


@jit
def _feed(v, memory, first, second, length, n_inputs):
    """Set the values that the next circuit takes: inputs, zeros in place of further ones, and the hidden state."""
    for i in range(n_inputs):
        v[i] = memory[first + i] if i < length else 0.0
    for i in range(v.shape[0] - n_inputs):
        v[n_inputs + i] = memory[second + i]


@jit
def _read(psi, weight, strings, mixed, out):
    """Expectation values of strings."""
    for k in range(out.shape[0]):
        out[k] = weight[strings[k, 1]]
    if mixed is not None:
        for k in range(out.shape[0]):
            if mixed[k, 0]:
                out[k] = _off_diagonal(psi, mixed[k, 0], mixed[k, 1], mixed[k, 2])


@jit
def _step(operations, block, turns, phases, rotations, r, room, memory, n_inputs):
    """Run the operations of one step on the memory."""
    circuit = 0
    for k in range(operations.shape[0]):
        kind, target, length = operations[k, 0], operations[k, 1], operations[k, 4]
        if kind == MEASURE:
            _feed(room.v, memory, operations[k, 2], operations[k, 3], length, n_inputs)
            _run(block, turns, phases[r, circuit], rotations[r, circuit], room)
            for q in range(block.n_qubits):
                memory[target + q] = room.weight[1 << q]
            circuit += 1
        else:
            calculate(kind, memory, target, operations[k, 2], operations[k, 3], length)


@jit
def add_up(w, terms, factors, angles) -> None:
    """Add up the angles of each circuit of each reservoir.

    Row by row, and by no matrix library: numbers are the same to the last bit whoever runs beside.

    Parameters
    ----------
    w : float (n_circuits, n_weights)
    terms : int (n_terms, 2)
        Number of an angle, and of a weight in it.
    factors : float (n_terms, size)
    angles : float (n_circuits, n_angles, size), added to
    """
    for c in range(w.shape[0]):
        for t in range(terms.shape[0]):
            weight, part = w[c, terms[t, 1]], angles[c, terms[t, 0]]
            for i in range(part.shape[0]):
                part[i] += weight * factors[t, i]


@jit
def recur(steps, block, turns, mixed, phases, rotations, X, first, state, scales, out) -> None:
    """Run rows first, first + 1, ... over all steps; row number is sequence * n_reservoirs + reservoir.

    Parameters
    ----------
    steps : Steps
        A `Formula` as arrays; the memory is overwritten.
    block : Block
    turns : bool or None
        None where no value turns a qubit behind the start: Numba then compiles nothing for that.
    mixed : int64 (n_strings, 3) or None
        The strings, likewise None where all are products of Z.
    phases, rotations : float (n_reservoirs, n_circuits, n_monomials, 2, 2**n_qubits), (..., n_rotations, 2, 1)
    X : float (n_sequences, n_steps, n_inputs)
    state : float (n_rows, n_state), overwritten
    scales : float (n_reservoirs,)
    out : float (n_sequences, n_steps, n_reservoirs, n_strings), overwritten
    """
    size, n_inputs, n_hidden = 1 << block.n_qubits, steps.n_inputs, steps.n_hidden
    # Arrays that are made here overlap with no others: loops over them are a fifth faster.
    room = Room(np.empty(n_inputs + n_hidden), np.empty((2, size)), np.empty((2, size)), np.empty(size))
    memory, results, begin = steps.memory, steps.results, n_inputs + n_hidden
    operations, psi, weight, strings = steps.operations, room.psi, room.weight, block.strings
    for row in range(state.shape[0]):
        s, r = (first + row) // phases.shape[0], (first + row) % phases.shape[0]
        # Number by number: slices that are set to arrays take Numba two seconds to compile.
        for i in range(n_hidden):
            memory[n_inputs + i] = scales[r]
        for i in range(results.shape[0]):
            memory[begin + i] = state[row, i]
        for t in range(X.shape[1]):
            for i in range(n_inputs):
                memory[i] = X[s, t, i]
            _step(operations, block, turns, phases, rotations, r, room, memory, n_inputs)
            _read(psi, weight, strings, mixed, out[s, t, r])
            for i in range(results.shape[0]):
                memory[begin + i] = memory[results[i]]
        for i in range(results.shape[0]):
            state[row, i] = memory[begin + i]
