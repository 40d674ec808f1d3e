"""Steps of PyTorch's optimisers, as a training of this package takes them."""

from collections.abc import Callable
from math import cos, pi
from typing import Any, ClassVar

import numpy as np
import torch

from ..._checks import check_callable, check_count, check_number
from ...states import count, instance, optional
from ...training.optimizers import StepOptimizer


def one_cycle(step: int, n_steps: int) -> float:
    """Factor of the learning rate: from 0.04 up to 1 in the first 30 % of the steps, then down to 0, along cosines.

    References
    ----------
    L. N. Smith and N. Topin, Super-convergence: very fast training of neural networks using large learning rates,
    arXiv 1708.07120.
    """
    peak = 0.3 * n_steps
    if step < peak:
        return 1 - 0.48 * (1 + cos(pi * step / peak))
    return cosine(step - peak, n_steps - peak)


def cosine(step: float, n_steps: float) -> float:
    """Factor of the learning rate: from 1 down to 0 along a cosine."""
    return 0.5 * (1 + cos(pi * min(1.0, step / n_steps)))


class TorchOptimizer(StepOptimizer):
    """An optimiser of ``torch.optim``, with a schedule and a limit of the gradient.

    Parameters
    ----------
    kind : callable (parameters, lr, weight_decay, ``**options``), default=torch.optim.AdamW
        Makes the optimiser; one that steps along one gradient.
    learning_rate : float, default=1e-3
        The largest, where there is a schedule.
    weight_decay : float, default=0.0
    schedule : callable (step, n_steps), default=None
        Factor of the learning rate at a step, the first being 0; `one_cycle` and `cosine` are such. ``None`` means 1.
    n_iter : int, default=100
        Passes over all rows that the schedule is for; behind it the last factor stays.
    clip : float, default=None
        Largest norm of a gradient; longer ones are shortened to it.
    options : dict, default=None
        More for ``kind``, such as ``{"momentum": 0.9}``.

    Examples
    --------
    >>> import torch
    >>> from skqml.models.hybrid import QuanvolutionClassifier, TorchOptimizer
    >>> optimizer = TorchOptimizer(torch.optim.SGD, 0.1, options={"momentum": 0.9})
    >>> model = QuanvolutionClassifier(optimizer=optimizer)
    """

    _contents: ClassVar[dict] = {
        "moments_": optional(instance(dict)),
        "n_steps_": optional(count()),
        "_n_steps": optional(count()),
    }

    def __init__(
        self,
        kind=torch.optim.AdamW,
        learning_rate=1e-3,
        *,
        weight_decay=0.0,
        schedule=None,
        n_iter=100,
        clip=None,
        options=None,
    ):
        self.kind = kind
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.n_iter = n_iter
        self.clip = clip
        self.options = options

    def follows(self, before) -> bool:
        return super().follows(before) and before.kind is self.kind and (before.options or {}) == (self.options or {})

    def _check_whole(self):
        for moment in vars(self).get("moments_", {}).values():
            if not isinstance(moment, np.ndarray) or not np.isfinite(moment).all():
                raise ValueError("moments that are no finite numbers")

    def _begin(self, objective) -> None:
        if not callable(self.kind):
            check_callable("kind", self.kind, "an optimiser of torch.optim, such as torch.optim.AdamW")
        check_number("learning_rate", self.learning_rate)
        check_number("weight_decay", self.weight_decay, closed="left")
        if self.schedule is not None:
            check_callable("schedule", self.schedule, "None or a function (step, n_steps), such as one_cycle")
        if self.clip is not None:
            check_number("clip", self.clip)
        if self.options is not None and not isinstance(self.options, dict):
            raise TypeError(f"options must be None or a dict, got {self.options!r}.")
        self._n_steps = check_count("n_iter", self.n_iter) * objective.n_batches

    def _step(self, w, gradient) -> np.ndarray:
        steps = self._prepared(w)
        (group,), (p,) = steps.param_groups, steps.param_groups[0]["params"]
        p.data, p.grad = torch.from_numpy(w.copy()), torch.from_numpy(gradient)
        if self.clip is not None:
            torch.nn.utils.clip_grad_norm_(p, self.clip)
        if self.schedule is not None:
            group["lr"] = self.learning_rate * self.schedule(min(self.n_steps_, self._n_steps - 1), self._n_steps)
        steps.step()
        self.n_steps_ += 1
        return p.data.numpy()

    def _prepared(self, w) -> torch.optim.Optimizer:
        """The optimiser of so many weights: the one of the last step, or a new one with its moments."""
        steps: Any = vars(self).get("_steps")
        if steps is None or steps.param_groups[0]["params"][0].shape != w.shape:
            p = torch.nn.Parameter(torch.from_numpy(w.copy()))
            kind: Callable = self.kind
            steps = kind([p], lr=self.learning_rate, weight_decay=self.weight_decay, **(self.options or {}))
            kept = vars(self).get("moments_")
            moments = {name: torch.from_numpy(np.array(m)) for name, m in (kept or {}).items()}
            if kept is not None and all(m.ndim == 0 or m.shape == w.shape for m in moments.values()):
                steps.state[p] = moments
            else:
                self.n_steps_ = 0
            self._steps = steps
        return steps

    # PyTorch's classes travel by name: dill, which Qiskit loads, makes joblib write out what it cannot find, and
    # torch.optim deletes the modules of its classes.
    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        name = getattr(self.kind, "__name__", "")
        if getattr(torch.optim, name, None) is self.kind:
            state["kind"] = name
        steps = state.pop("_steps", None)
        if steps is not None:
            moments = steps.state[steps.param_groups[0]["params"][0]]
            state["moments_"] = {name: m.numpy().copy() for name, m in moments.items() if torch.is_tensor(m)}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if isinstance(state, dict) and isinstance(state.get("kind"), str):
            kind = getattr(torch.optim, state["kind"], None)
            if not isinstance(kind, type):
                raise ValueError(f"kind must be the name of an optimiser of torch.optim, got {state['kind']!r}.")
            state = state | {"kind": kind}
        super().__setstate__(state)
