"""Operations of a formula on vectors inside compiled code: their values, and the cotangents of what goes in."""

import numpy as np

from .....engine.jit import compiled
from .....engine.statevector.compiled.kinds import FAST

jit = compiled(fastmath=FAST)

# What an operation does; a row of operations is (kind, target, first, second, length).
MEASURE, ADD, SUBTRACT, MULTIPLY, TANH, SIGMOID = range(6)


@jit
def calculate(kind, memory, target, first, second, length) -> None:
    """One operation that is no circuit."""
    for i in range(length):  # one loop, not one for each kind, which take Numba three times as long
        value = memory[first + i]
        if kind == TANH:
            value = np.tanh(value)
        elif kind == SIGMOID:
            value = 1.0 / (1.0 + np.exp(-value))
        elif kind == MULTIPLY:
            value *= memory[second + i]
        else:
            value += memory[second + i] if kind == ADD else -memory[second + i]
        memory[target + i] = value


@jit
def _pull(kind, memory, g, target, first, second, length):
    """Add the cotangents of what goes into one operation."""
    for i in range(length):
        slope, value = g[target + i], memory[target + i]
        if kind == TANH:
            g[first + i] += slope * (1.0 - value * value)
        elif kind == SIGMOID:
            g[first + i] += slope * value * (1.0 - value)
        elif kind == MULTIPLY:
            g[first + i] += slope * memory[second + i]
            g[second + i] += slope * memory[first + i]
        else:
            g[first + i] += slope
            g[second + i] += slope if kind == ADD else -slope


@jit
def run(operations, memory) -> None:
    """Run operations, none of them a circuit, on memories (n_rows, n_numbers)."""
    for row in memory:
        for o in operations:
            calculate(o[0], row, o[1], o[2], o[3], o[4])


@jit
def run_backwards(operations, memory, g) -> None:
    """Add to g (n_rows, n_numbers) the cotangents of all that goes into operations."""
    for row in range(memory.shape[0]):
        for k in range(operations.shape[0] - 1, -1, -1):
            o = operations[k]
            _pull(o[0], memory[row], g[row], o[1], o[2], o[3], o[4])
