"""Exponentials of many symmetric matrices, each of which is applied again and again between trained unitaries."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from scipy.special import jv
from torch import Tensor
from torch.autograd import Function

from .first_derivatives import first_derivatives
from .matrices import exp_i

_MOST = 256.0  # norm up to which a series is used, which grows with it
_LEAST = 2.0**-4
_STEPS = 8  # radii in an octave, so that most batches find coefficients of one before
_BYTES = 2**20  # of matrices that stay in the processor's cache


@torch.compiler.disable  # compiled networks call it as it is
def loaded_again(A: Tensor, W: Tensor) -> Tensor:
    """Vectors ``W_L exp(i A) ... W_1 exp(i A) |+...+>`` for each of many real symmetric matrices A.

    ``exp(i A) = sum_j (a_j + i b_j A) T_j(C)`` with ``C = 2 (A / r)^2 - 1``, the Chebyshev series of the cosine and of
    ``sin(x) / x`` up to a bound r of all eigenvalues, exact to rounding; where r is in the
    hundreds, eigendecompositions take its place.

    Parameters
    ----------
    A : Tensor (n_samples, d, d)
    W : Tensor (reps, d, d)
        Complex.

    Returns
    -------
    Tensor (n_samples, d)
        Complex.
    """
    d = A.shape[-1]
    if not bool((torch.linalg.matrix_norm(A.detach()) <= _MOST).all()):  # NaN too, which is refused there
        load, psi = exp_i(A), torch.full((len(A), d), d**-0.5, dtype=W.dtype, device=A.device)
        for matrix in W:
            psi = (load @ psi[..., None])[..., 0] @ matrix.mT
        return psi
    parts = torch.cat([torch.cat([W.real, W.imag], dim=-2), torch.cat([-W.imag, W.real], dim=-2)], dim=-1).mT
    return torch.complex(*_Series.apply(A, parts.contiguous()).unbind(1))


@lru_cache(4 * _STEPS)
def _coefficients(radius: float, kind: torch.dtype) -> Tensor:
    """Coefficients (2, n_terms) of ``cos(x)`` and ``sin(x) / x`` as sums of ``T_j(2 (x / radius)^2 - 1)``."""
    j = np.arange(24 + int(radius))
    signs = np.where(j % 2, -2.0, 2.0)
    signs[0] = 1.0
    rest = np.cumsum(jv(2 * j + 1, radius)[::-1])[::-1]
    found = signs * np.stack([jv(2 * j, radius), 2 / radius * rest])
    sizes = np.abs(found).max(axis=0) * max(1.0, radius)
    n_terms = 1 + np.flatnonzero(sizes > torch.finfo(kind).eps / 2)[-1]
    return torch.from_numpy(found[:, :n_terms]).to(kind)


class _Series(Function):
    """Vectors as rows (real part, imaginary part), which matrices M (reps, 2 d, 2 d) multiply from the right."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, M: Tensor) -> Tensor:
        n, d = A.shape[:2]
        psi = A.new_zeros(n, 2, d)
        psi[:, 0] = d**-0.5
        before, loaded = (A.new_empty(len(M), n, 2, d) for _ in range(2))
        for rows in _blocks(A):
            psi[rows] = _run(A[rows], M, psi[rows], before[:, rows], loaded[:, rows])
        ctx.save_for_backward(A, M, before, loaded)
        return psi

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        return first_derivatives(_slopes, g, *ctx.saved_tensors)


def _slopes(g: Tensor, A: Tensor, M: Tensor, before: Tensor, loaded: Tensor) -> tuple[Tensor, Tensor]:
    dA, behind = torch.empty_like(A), torch.empty_like(loaded)
    for rows in _blocks(A):
        dA[rows] = _run_back(A[rows], M, g[rows], before[:, rows], behind[:, rows])
    return dA, loaded.flatten(2).mT @ behind.flatten(2)


def _run(A: Tensor, M: Tensor, psi: Tensor, before: Tensor, loaded: Tensor) -> Tensor:
    """Vectors behind all matrices, and those before and behind each load."""
    C, _, c = _normed(A)
    T = psi.new_empty(c.shape[1], *psi.shape)
    first, second, *rest = T.unbind()
    for k, matrix in enumerate(M):
        before[k] = first.copy_(psi)
        last, new = first, torch.bmm(first, C, out=second)
        for term in rest:
            last, new = new, torch.baddbmm(last, new, C, beta=-1, alpha=2, out=term)
        cosine, sine = (c @ T.flatten(1)).unflatten(1, psi.shape)
        loaded[k] = _add_i(cosine, sine @ A)
        psi = (loaded[k].flatten(1) @ matrix).view_as(psi)
    return psi


def _run_back(A: Tensor, M: Tensor, g: Tensor, before: Tensor, behind: Tensor) -> Tensor:
    """Cotangent of A, by Clenshaw's recurrence, and those of the vectors behind each matrix."""
    C, radius, c = _normed(A)
    a, b = c[..., None, None, None]
    Z, turned = g.new_empty(len(M), *a.shape[:1], *g.shape), torch.empty_like(before)
    for k in reversed(range(len(M))):
        behind[k] = g
        g = (g.flatten(1) @ M[k].T).view_as(g)
        turned[k] = _add_i(torch.zeros_like(g), -g)
        torch.mul(a, g, out=Z[k]).addcmul_(b, turned[k] @ A)
        first, *terms = Z[k].unbind()
        for j in range(len(terms) - 2, -1, -1):
            terms[j].baddbmm_(terms[j + 1], C, alpha=2)
            if j + 2 < len(terms):
                terms[j] -= terms[j + 2]
        g = torch.baddbmm(first, terms[0], C) - (terms[1] if len(terms) > 1 else 0)
    Z[:, 2:] *= 2
    T = _terms(_by_rows(before), C, c.shape[1])
    sine = (b.view(-1, 1, 1, 1) * T).sum(0)
    dA = sine.mT @ _by_rows(turned)
    dC = T[:-1].transpose(0, 1).flatten(1, 2).mT @ Z[:, 1:].permute(2, 1, 0, 3, 4).flatten(1, 3)
    return dA.baddbmm_(dC, A, alpha=2 / radius**2).baddbmm_(A, dC, alpha=2 / radius**2)


def _terms(v: Tensor, C: Tensor, n_terms: int) -> Tensor:
    """Vectors ``v T_j(C)`` (n_terms, n_samples, n_vectors, d)."""
    T = v.new_empty(n_terms, *v.shape)
    T[0] = v
    torch.bmm(v, C, out=T[1])
    for j in range(2, n_terms):
        torch.baddbmm(T[j - 2], T[j - 1], C, beta=-1, alpha=2, out=T[j])
    return T


def _by_rows(v: Tensor) -> Tensor:
    """Vectors (n_samples, reps * 2, d) of those (reps, n_samples, 2, d)."""
    return v.transpose(0, 1).flatten(1, 2)


def _normed(A: Tensor) -> tuple[Tensor, float, Tensor]:
    """Matrices ``C = 2 (A / r)^2 - 1``, r, and the coefficients up to it."""
    square = A @ A
    bound = torch.linalg.matrix_norm(square).max().sqrt().item()
    radius = 2.0 ** (np.ceil(_STEPS * np.log2(max(bound, _LEAST))) / _STEPS)
    C = square.mul_(2 / radius**2)
    C.diagonal(dim1=-2, dim2=-1).sub_(1)
    return C, radius, _coefficients(radius, A.dtype).to(A.device)


def _add_i(v: Tensor, u: Tensor) -> Tensor:
    """``v + i u``, in place, for vectors (n_samples, 2, d)."""
    v[:, 0] -= u[:, 1]
    v[:, 1] += u[:, 0]
    return v


def _blocks(A: Tensor) -> list[slice]:
    """Rows whose matrices stay in the processor's cache; on other devices all."""
    n, size = len(A), A[:1].numel() * A.element_size()
    step = max(1, _BYTES // max(1, size)) if A.is_cpu else max(1, n)
    return [slice(k, k + step) for k in range(0, n, step)]
