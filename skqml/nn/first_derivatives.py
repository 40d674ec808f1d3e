"""Derivatives of which there is no further derivative."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


def first_derivatives(
    pullback: Callable[..., tuple[Tensor | None, ...]], g: Tensor, *inputs: Tensor
) -> tuple[Tensor | None, ...]:
    """``pullback(g, *inputs)`` in the reverse pass of a function of these inputs, which refuses a derivative of it.

    With ``create_graph=True`` it is a function of g and of the inputs too. PyTorch's ``once_differentiable`` looks at g
    alone: a penalty on a gradient would silently lack the circuit's part.
    """
    if not torch.is_grad_enabled():
        return pullback(g, *inputs)
    return _FirstDerivatives.apply(pullback, g, *inputs)


class _FirstDerivatives(Function):
    @staticmethod
    def forward(ctx: Any, pullback: Callable, g: Tensor, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        return pullback(g, *inputs)

    @staticmethod
    def backward(ctx: Any, *g: Tensor) -> tuple[Tensor | None, ...]:
        raise RuntimeError(
            "Quantum layers have first derivatives alone, and a second one was asked for; leave out create_graph=True, "
            "or take finite differences of gradients."
        )
