"""Pauli strings on tensors of amplitudes: moved axes and signs."""

from itertools import pairwise

import numpy as np
from torch import Tensor

from .layout import Layout, parities

_FEW = 2  # axes that move one by one; more are flipped at once, which takes as long as several moves


class PauliAction:
    """The matrix ``(G s)(b) = factor (-1)^(b.z) s(b ^ x)``.

    A rotation is ``cos(t) + sin(t) G`` with G^2 = -1, an expectation value ``<s|G s>`` with a Hermitian G.

    Parameters
    ----------
    layout : Layout
    x, z : int
        Masks over the qubits.
    factor : int or complex
        1 or -1, or i times these.
    """

    def __init__(self, layout: Layout, x: int, z: int, factor: complex):
        n_low = layout.n_low
        bits = [k for k in range(layout.n_qubits) if x >> k & 1]
        edges = [layout.n_qubits, *(edge for k in reversed(bits) for edge in (k + 1, k)), 0]
        self._shape = [1 << a - b for a, b in pairwise(edges)]
        self._axes = [2 * k + 2 for k in range(len(bits))]
        high, low = z >> n_low, z & ((1 << n_low) - 1)
        # One of the two is part of an angle, so that it costs nothing.
        self._inner = layout.tensor(parities(np.array([low]), n_low)[0]) if high and low else None
        self._by_high = bool(high)
        mask, n_bits = (high, layout.n_high) if high else (low, n_low)
        signs = layout.tensor(parities(np.array([mask]), n_bits)[0])
        self._real, self._signs = not np.imag(factor), signs * (factor.real + factor.imag)
        outer = self._signs if self._real else self._signs * 1j
        self._outer = outer[:, None] if self._by_high else outer

    def flipped(self, s: Tensor) -> Tensor:
        """G s but for the factor, and for the signs of some bits."""
        f = s
        if self._axes:
            f = s.view(len(s), *self._shape)
            few = len(self._axes) <= _FEW
            f = (f.roll([1] * len(self._axes), self._axes) if few else f.flip(self._axes)).view(s.shape)
        return f if self._inner is None else f * self._inner

    def __call__(self, s: Tensor) -> Tensor:
        """G s."""
        return self.flipped(s) * self._outer

    def rotated(self, s: Tensor, f: Tensor, c: Tensor, t: Tensor) -> Tensor:
        """``c s + t G s``, where f is `flipped`."""
        return (s * c).addcmul_(f, t * self._outer)

    def inner(self, r: Tensor, f: Tensor) -> Tensor:
        """Real part (n_samples,) of ``<r|G s>``, where f is `flipped`."""
        p = real_product(r, f) if self._real else -imaginary_product(r, f)
        return p.sum(2 if self._by_high else 1) @ self._signs


def real_product(r: Tensor, f: Tensor) -> Tensor:
    """Real part of ``conj(r) f``."""
    return (r.real * f.real).addcmul_(r.imag, f.imag) if r.is_complex() else r * f


def imaginary_product(r: Tensor, f: Tensor) -> Tensor:
    """Imaginary part of ``conj(r) f``."""
    return (r.real * f.imag).addcmul_(r.imag, f.real, value=-1.0)
