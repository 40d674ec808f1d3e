"""Minimisation of many functions at once, one evaluation of all of them at a time."""

from copy import deepcopy
from typing import Any

import numpy as np

from ...training.optimizers import GoesOn

_ARMIJO, _WOLFE = 1e-4, 0.9  # share of the promised fall, and of the slope that may be left
_MAX_TRIALS = 25  # of one line search


class LockstepBFGS(GoesOn):
    """Quasi-Newton method for independent problems that are evaluated side by side.

    Each problem has an inverse Hessian and a line search (bisection, until a step has lowered the
    function and its slope enough) of its own; it is done where its largest slope is below
    ``tol * scale``, or where no step lowers it any more.

    Parameters
    ----------
    tol : float
    scale : ndarray (n_problems,)
        Sizes of the functions.

    Attributes
    ----------
    W : ndarray (n_problems, n_weights)
        Last points accepted.
    values : ndarray (n_problems,)
        Values at them.

    References
    ----------
    A. S. Lewis and M. L. Overton, Nonsmooth optimization via quasi-Newton methods, Mathematical
    Programming 141, 135 (2013), for the line search.
    """

    def __init__(self, tol, scale):
        self.tol = tol
        self.scale = scale

    def __call__(self, objective, W, report, rng) -> None:
        """Run until all problems are done or `report` raises; an iteration is one evaluation.

        ``objective(W, problems)`` gives the values and gradients of the problems with these
        numbers, and `report` is told the mean value of all.
        """
        if "_problems" not in vars(self):
            f, G = objective(W, np.arange(len(W)))
            self.W, self.values, self._problems = W.copy(), f.copy(), np.arange(len(W))
            self._searches = _Searches(W.copy(), f, G, self.scale)
            self._tell(report)
        while len(self._problems):
            searches, problems = self._searches, self._problems
            trial = searches.trial()
            better = searches.advance(trial, *objective(trial, problems))
            self.W[problems[better]] = searches.W[better]
            self.values[problems[better]] = searches.f[better]
            self._tell(report)

    def _tell(self, report) -> None:
        """Report, once problems that are done are left out."""
        active = self._searches.unfinished(self.tol * self.scale[self._problems])
        self._searches.keep(active)
        self._problems = self._problems[active]
        report(self.W, float(self.values.mean()))

    def memory(self) -> dict[str, Any]:
        """Where all searches stand."""
        of_problems = {"W": self.W, "values": self.values, "_problems": self._problems}
        return deepcopy(of_problems | {"_searches": vars(self._searches)})

    def remember(self, memory) -> None:
        """Stand there."""
        searches = object.__new__(_Searches)
        vars(searches).update(memory["_searches"])
        super().remember(memory | {"_searches": searches})


class _Searches:
    """Points of some problems with their inverse Hessians, and where each line search stands."""

    def __init__(self, W, f, G, scale):
        self.W, self.f, self.G = W, f, G
        self.H = np.eye(W.shape[1]) / scale[:, None, None]
        self.fresh = np.ones(len(W), dtype=bool)  # no step yet that tells the scale of H
        self.D, self.slope = np.empty_like(W), np.empty(len(W))
        self.step, self.low, self.high = np.empty((3, len(W)))
        self.trials = np.empty(len(W), dtype=int)
        self._aim(self.fresh)

    def keep(self, active) -> None:
        """Forget all problems but the active ones."""
        if not active.all():
            vars(self).update({name: array[active] for name, array in vars(self).items()})

    def unfinished(self, limits) -> np.ndarray:
        """Whether each problem has a slope left, and a line search that may yet end."""
        return (np.abs(self.G).max(axis=1) > limits) & (self.trials < _MAX_TRIALS)

    def trial(self) -> np.ndarray:
        """Points to evaluate next."""
        return self.W + self.step[:, None] * self.D

    def advance(self, trial, f, G) -> np.ndarray:
        """Take in values and gradients at the trial points; return which were accepted."""
        falls = f <= self.f + _ARMIJO * self.step * self.slope
        flat = np.einsum("np,np->n", G, self.D) >= _WOLFE * self.slope
        accepted = falls & flat
        self.high = np.where(falls, self.high, self.step)
        self.low = np.where(falls & ~flat, self.step, self.low)
        self.step = np.where(np.isfinite(self.high), (self.low + self.high) / 2, 2 * self.step)
        self.trials += 1
        if accepted.any():
            which = slice(None) if accepted.all() else accepted  # a slice copies no Hessian
            self._learn(which, trial[which] - self.W[which], G[which] - self.G[which])
            self.W[which], self.f[which], self.G[which] = trial[which], f[which], G[which]
            self._aim(which)
        return accepted

    def _aim(self, which) -> None:
        """Begin line searches along the quasi-Newton directions."""
        D = -np.einsum("npq,nq->np", self.H[which], self.G[which])
        self.D[which] = D
        self.slope[which] = np.einsum("np,np->n", D, self.G[which])
        first = 1.0 / np.maximum(1.0, np.linalg.norm(D, axis=1))
        self.step[which] = np.where(self.fresh[which], first, 1.0)
        self.low[which], self.high[which], self.trials[which] = 0.0, np.inf, 0

    def _learn(self, which, S, Y) -> None:
        """Update inverse Hessians from steps S and changes Y of the gradient, with S.Y > 0."""
        H, fresh = self.H[which], self.fresh[which]
        sy = np.einsum("np,np->n", S, Y)[:, None]
        yy = np.einsum("np,np->n", Y, Y)[:, None]
        if fresh.any():
            H[fresh] = np.eye(S.shape[1]) * (sy / yy)[fresh, :, None]
        HY = np.einsum("npq,nq->np", H, Y)
        yHy = np.einsum("np,np->n", Y, HY)[:, None]
        S = S / sy
        V = S * (sy + yHy) - HY
        H += V[:, :, None] * S[:, None, :] - S[:, :, None] * HY[:, None, :]
        self.H[which], self.fresh[which] = H, False
