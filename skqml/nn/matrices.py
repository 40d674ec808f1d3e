"""Exponentials of Hermitian matrices, and these by Pauli coefficients, as differentiable functions of tensors."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function


@torch.compiler.disable  # compiled networks call it as it is, like all that is not made of torch's own functions
def pauli_sum(w: Tensor) -> Tensor:
    """Hermitian matrices ``sum_P w_P P`` over all Pauli strings but the identity, none of which is written out.

    The string at place ``x * 2^n + z - 1`` is ``i^|x & z| X^x Z^z``, x and z being bit masks.

    Parameters
    ----------
    w : Tensor (..., 4^n - 1)

    Returns
    -------
    Tensor (..., 2^n, 2^n)
        Complex.
    """
    d = round((w.shape[-1] + 1) ** 0.5)
    b = np.arange(d)
    common = np.bitwise_count(b[:, None] & b)
    kind = torch.promote_types(w.dtype, torch.complex64)
    signs, phases = (torch.from_numpy(t).to(w.device, kind) for t in ((-1.0) ** common, 1j**common))
    c = torch.cat([torch.zeros_like(w[..., :1]), w], dim=-1).unflatten(-1, (d, d))
    # Column j of row x holds <j ^ x| X^x sum_z c_z Z^z |j>.
    columns = (c * phases) @ signs
    return columns[..., b[:, None] ^ b, b]


def one_qubit_sum(w: Tensor) -> Tensor:
    """Hermitian matrices of the strings X, Y and Z of one qubit after the other: `pauli_sum` of few strings.

    Parameters
    ----------
    w : Tensor (..., 3n)

    Returns
    -------
    Tensor (..., 2^n, 2^n)
        Complex.
    """
    d = 2 ** (w.shape[-1] // 3)
    bits = [1 << q for q in range(w.shape[-1] // 3)]
    places = torch.tensor([place - 1 for b in bits for place in (b * d, b * d + b, b)], device=w.device)
    return pauli_sum(w.new_zeros(*w.shape[:-1], d * d - 1).index_copy(-1, places, w))


def one_qubit_part(G: Tensor) -> Tensor:
    """What real symmetric matrices (..., 2^n, 2^n) are made of strings on one qubit: the nearest sum of such."""
    d, w = G.shape[-1], []
    b = torch.arange(d, device=G.device)
    for q in range(d.bit_length() - 1):
        signs = 1.0 - 2.0 * ((b >> q) & 1)
        x, z = G[..., b, b ^ (1 << q)].mean(-1), (signs.to(G) * G.diagonal(dim1=-2, dim2=-1)).mean(-1)
        w += [x, torch.zeros_like(x), z]
    return one_qubit_sum(torch.stack(w, dim=-1)).real


@torch.compiler.disable
def exp_i(H: Tensor) -> Tensor:
    """Unitary matrices ``exp(i H)`` of Hermitian, or real symmetric, ones (..., d, d), whatever their eigenvalues.

    The derivative is the one of Daleckii and Krein, which holds where eigenvalues are equal too; that of
    ``torch.linalg.eigh`` is NaN there.
    """
    return _ExpI.apply(H)


class _ExpI(Function):
    """``V diag(e^(i h)) V^H`` for ``H = V diag(h) V^H``, and ``V (F^* * (V^H G V)) V^H`` for a cotangent G.

    ``F_ab = (e^(i h_a) - e^(i h_b)) / (h_a - h_b)``.
    """

    @staticmethod
    def forward(ctx: Any, H: Tensor) -> Tensor:
        h, V = torch.linalg.eigh(H)
        ctx.save_for_backward(h, V)
        phases = torch.polar(torch.ones_like(h), h)
        V = V.to(phases.dtype)
        return (V * phases[..., None, :]) @ V.mH

    @staticmethod
    def backward(ctx: Any, G: Tensor) -> Tensor:
        h, V = ctx.saved_tensors
        a, b = h[..., :, None], h[..., None, :]
        F = 1j * torch.polar(torch.sinc((a - b) / (2 * torch.pi)), (a + b) / 2)
        U = V.to(G.dtype)
        dH = U @ (F.conj() * (U.mH @ G @ U)) @ U.mH
        return dH if V.is_complex() else dH.real
