"""Rotations ``exp(-i theta G / 2)`` of small states, gate after gate, and their derivatives.

A generator G is monomial: ``(G u)[i] = factor[i] u[source[i]]``, with ``source`` its own inverse and factors of modulus
1, or 0 where the gate does nothing.
"""

import numpy as np

from ....engine.jit import compiled


@compiled(error_model="numpy")
def turn(source, factor, theta, u) -> None:
    """Turn states u (n, d, m) in place by angles theta (n, n_gates)."""
    for r in range(u.shape[0]):
        for k in range(theta.shape[1]):
            _gate(source[k], factor[k], np.cos(0.5 * theta[r, k]), np.sin(0.5 * theta[r, k]), u[r])


@compiled(error_model="numpy")
def turn_back(source, factor, theta, u, du, slopes) -> None:
    """From turned states and their cotangents go back to the start, both in place, and set the slopes of theta."""
    for r in range(u.shape[0]):
        for k in range(theta.shape[1] - 1, -1, -1):
            total = 0.0
            for i in range(u.shape[1]):
                for j in range(u.shape[2]):
                    # Re(conj(du) (-i / 2) (G u)) is Im(conj(du) (G u)) / 2.
                    total += (np.conj(du[r, i, j]) * factor[k, i] * u[r, source[k, i], j]).imag
            slopes[r, k] = 0.5 * total
            c, s = np.cos(0.5 * theta[r, k]), -np.sin(0.5 * theta[r, k])
            _gate(source[k], factor[k], c, s, u[r])
            _gate(source[k], factor[k], c, s, du[r])


@compiled(error_model="numpy")
def _gate(source, factor, c, s, u):
    for i in range(u.shape[0]):
        k = source[i]
        if k < i or factor[i] == 0:
            continue
        for j in range(u.shape[1]):
            a, b = u[i, j], u[k, j]
            u[i, j] = c * a - 1j * s * factor[i] * b
            if k != i:
                u[k, j] = c * b - 1j * s * factor[k] * a
