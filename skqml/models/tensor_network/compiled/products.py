"""Products of one matrix a token along sequences, real or complex, and their derivatives."""

import numpy as np

from ....engine.jit import compiled

_TINY = 1e-300  # a norm of exactly 0 leaves zeros, not NaN


@compiled(error_model="numpy")
def step_matrices(boxes, tokens, pairs, out) -> None:
    """Put tokens into boxes: ``out[p, k, a, b] = sum_c boxes[i, k, a, c, b] tokens[l, c]`` for each pair p = (i, l)."""
    for p in range(pairs.shape[0]):
        box, token = boxes[pairs[p, 0]], tokens[pairs[p, 1]]
        for k in range(out.shape[1]):
            for a in range(out.shape[2]):
                for b in range(out.shape[3]):
                    total = 0.0j
                    for c in range(token.shape[0]):
                        total += box[k, a, c, b] * token[c]
                    out[p, k, a, b] = total


@compiled(error_model="numpy")
def step_slopes(boxes, tokens, pairs, g, of_boxes, of_tokens) -> None:
    """Add the cotangents of boxes and tokens for those of the matrices."""
    for p in range(pairs.shape[0]):
        i, t = pairs[p, 0], pairs[p, 1]
        for k in range(g.shape[1]):
            for a in range(g.shape[2]):
                for b in range(g.shape[3]):
                    for c in range(tokens.shape[1]):
                        of_boxes[i, k, a, c, b] += g[p, k, a, b] * np.conj(tokens[t, c])
                        of_tokens[t, c] += g[p, k, a, b] * np.conj(boxes[i, k, a, c, b])


@compiled(error_model="numpy")
def fold(matrices, start, first, steps, scale, states, norms) -> None:
    """Multiply states by matrices, and, if told so, scale each to norm 1.

    A row begins with the state of number ``first``; its ``steps`` (n_samples, n_steps) are numbers of matrices, -1
    behind the end. States (n_samples, n_steps + 1, d) keep all that is passed, the last behind the end too.
    """
    d = start.shape[1]
    for r in range(steps.shape[0]):
        states[r, 0] = start[first[r]]
        for t in range(steps.shape[1]):
            p, norms[r, t] = steps[r, t], 1.0
            if p < 0:
                states[r, t + 1] = states[r, t]
                continue
            size = 0.0
            for a in range(d):
                total = matrices[p, a, 0] * states[r, t, 0]
                for b in range(1, d):
                    total += matrices[p, a, b] * states[r, t, b]
                states[r, t + 1, a] = total
                size += total.real * total.real + total.imag * total.imag
            if scale:
                norms[r, t] = np.sqrt(size) + _TINY
                for a in range(d):
                    states[r, t + 1, a] /= norms[r, t]


@compiled(error_model="numpy")
def unfold(matrices, first, steps, states, norms, g, of_matrices, of_start) -> None:
    """Add the cotangents of matrices and of first states for those g (n_samples, d) of the last, which are changed.

    Where states are scaled, what comes behind must not change with the scale: g must be at right angles to the last.
    """
    d = g.shape[1]
    before = np.empty_like(g[0])
    for r in range(steps.shape[0]):
        for t in range(steps.shape[1] - 1, -1, -1):
            p = steps[r, t]
            if p < 0:
                continue
            before[:] = 0.0
            for a in range(d):
                slope = g[r, a] / norms[r, t]
                for b in range(d):
                    of_matrices[p, a, b] += slope * np.conj(states[r, t, b])
                    before[b] += np.conj(matrices[p, a, b]) * slope
            g[r] = before
        of_start[first[r]] += g[r]
