"""Expectation values of a program as a differentiable function of tensors."""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Function

from ..backends.program import Program
from .first_derivatives import first_derivatives


def expectations(program: Program, x: Tensor, w: Tensor, rng: np.random.Generator | None = None) -> Tensor:
    """Expectation values of all rows in one call of the program, with derivatives by rows and weights.

    Parameters
    ----------
    program : Program
    x : Tensor (n_samples, n_features)
    w : Tensor (n_weights,)
    rng : numpy.random.Generator, default=None
        Source of shots; ``None`` means that of the backend.

    Returns
    -------
    Tensor (n_samples, n_observables)
        Of the type and on the device of x.
    """
    if torch.is_grad_enabled() and (x.requires_grad or w.requires_grad):
        return _Values.apply(x, w, program, rng)
    return _like(program(_array(x), _array(w), rng), x)


class _Values(Function):
    """The values; the program's pullback waits for their cotangents."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, program: Program, rng) -> Tensor:
        run = program.forward if ctx.needs_input_grad[0] else program.forward_weights
        values, ctx.pullback = run(_array(x), _array(w), rng)
        ctx.save_for_backward(x, w)
        return _like(values, x)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return *first_derivatives(partial(_slopes, ctx.pullback), g, *ctx.saved_tensors), None, None


def _slopes(pullback, g: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor]:
    if not x.requires_grad:
        return None, _like(pullback(_array(g)), w)
    dX, dw = pullback(_array(g))
    return _like(dX, x), _like(dw, w)


def _array(t: Tensor) -> np.ndarray:
    return t.numpy(force=True).astype(float, copy=False)


def _like(a: np.ndarray, t: Tensor) -> Tensor:
    found = torch.from_numpy(a if a.flags.c_contiguous else a.copy())
    return found if found.dtype == t.dtype and t.is_cpu else found.to(t)
