"""Parts that run together: in their order, on several workers, with their shots."""

from collections.abc import Callable, Sequence

import numpy as np
from joblib import effective_n_jobs

from ...backends.tasks import checked_n_jobs, run_tasks
from ..cut_gates import TensorPullback
from ..directions import levels
from ..parts import CutCircuit
from .allotment import Allotment
from .tensor import PartProgram

# From the cotangents of all tensors to (dX, dw) of each.
Pullbacks = Callable[[Sequence[np.ndarray]], list[tuple[np.ndarray, np.ndarray]]]


class PartRuns:
    """The tensors of all parts.

    Each part has shots from a child of the generator, so that numbers are the same on any number of workers.

    Parameters
    ----------
    programs : list of PartProgram
    found : CutCircuit
    allotment : Allotment or None
        None where results are exact.
    n_jobs : int or None
    """

    def __init__(self, programs: list[PartProgram], found: CutCircuit, allotment: Allotment | None, n_jobs):
        self._programs, self._levels = programs, levels(found)
        self._allotment, self._n_jobs = allotment, checked_n_jobs(n_jobs)

    def __call__(self, X: np.ndarray, w: np.ndarray, rng) -> list[np.ndarray]:
        """Tensors."""
        return self._run(_value, X, w, rng, effective_n_jobs(self._n_jobs))[0]

    def forward(self, X: np.ndarray, w: np.ndarray, rng) -> tuple[list[np.ndarray], Pullbacks]:
        """Tensors, and a function from their cotangents to (dX, dw) of each part."""
        n_jobs = effective_n_jobs(self._n_jobs)
        if n_jobs == 1:
            tensors, pullbacks, _ = self._run(_forward, X, w, rng, 1)
            return tensors, lambda gs: [pullback(g) for pullback, g in zip(pullbacks, gs, strict=True)]
        tensors, _, tasks = self._run(_value, X, w, rng, n_jobs)

        def of_tensors(gs) -> list[tuple[np.ndarray, np.ndarray]]:
            # What a pullback holds cannot travel: workers run again, with the same shots.
            again = [(g, *task) for g, task in zip(gs, tasks, strict=True)]
            found = dict(run_tasks(_pullback, again, self._n_jobs))
            return [found[k] for k in range(len(again))]

        return tensors, of_tensors

    def _run(self, compute: Callable, X, w, rng, n_jobs: int) -> tuple[list, list, list]:
        """Tensors of all parts, pullbacks, and what was run."""
        n = len(self._programs)
        tensors: list = [None] * n
        pullbacks, tasks = [*tensors], [*tensors]
        children = [None] * n if rng is None else rng.spawn(n)
        for level in self._levels:
            for k in level:
                shots = None if self._allotment is None else self._allotment.of(k, tensors, len(X))
                tasks[k] = self._programs[k], X, w, shots, children[k]
            ready = [tasks[k] for k in level]
            done = (
                enumerate(compute(*task) for task in ready) if n_jobs == 1 else run_tasks(compute, ready, self._n_jobs)
            )
            for place, (tensor, pullback) in done:
                tensors[level[place]], pullbacks[level[place]] = tensor, pullback
        return tensors, pullbacks, tasks


def _value(program: PartProgram, X, w, shots, rng) -> tuple[np.ndarray, None]:
    return program(X, w, shots, rng), None


def _forward(program: PartProgram, X, w, shots, rng) -> tuple[np.ndarray, TensorPullback]:
    return program.forward(X, w, shots, rng)


def _pullback(g: np.ndarray, program: PartProgram, X, w, shots, rng) -> tuple[np.ndarray, np.ndarray]:
    return program.forward(X, w, shots, rng)[1](g)
