"""Search for the weights of lowest energy: of many Hamiltonians, from many starts, side by side."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from sklearn.base import clone

from ...training import Adam, Training, minimize
from ...training.checkpoints import Record
from .energy import Energies
from .lockstep import LockstepBFGS

_NEAR = 0.1  # radians of the first start, near the state that the ansatz draws without weights
_MAX_SHARING = 3  # rounds in which Hamiltonians take over each other's weights
_PATIENCE = 50  # iterations without a new lowest energy that end a search with shot noise
_HESSIAN_BYTES = 2**28  # of problems that are searched together


@dataclass
class Search:
    """A search for weights, and what has come of it so far.

    Attributes
    ----------
    energies : Energies
    optimizer : callable or None
        Of the kind that `skqml.training.minimize` takes, for each Hamiltonian and start by itself.
        None means all side by side: by `LockstepBFGS`, or `Adam` where energies have shot noise.
    noisy : bool
        Whether energies have shot noise.
    max_iter : int
    tol : float
        Slope, or fall, at which a search ends, as a share of the sum of absolute coefficients.
    rng : numpy.random.Generator
    verbose : int
    callback : callable (weights, loss) -> bool, or None
        Told of every iteration, with the best weights so far; True ends the search.
    checkpoint : Record or None
        Keeps all that is searched.
    weights, lowest : ndarray (n_operators, n_weights), (n_operators,)
        Best weights of each Hamiltonian, and its energy there.
    losses : list of float
        Mean energies of all starts, one an iteration.
    ended : bool
        By a callback or Ctrl-C: all that would follow is left out.
    """

    energies: Energies
    optimizer: Callable | None
    noisy: bool
    max_iter: int
    tol: float
    rng: np.random.Generator
    verbose: int = 0
    callback: Callable | None = None
    checkpoint: Record | None = None
    weights: np.ndarray = field(init=False)
    lowest: np.ndarray = field(init=False)
    losses: list[float] = field(default_factory=list, init=False)
    ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if self.checkpoint is not None:
            self.checkpoint.beside = lambda: {"weights": self.weights, "lowest": self.lowest}, self._take_up

    def _take_up(self, kept) -> None:
        """Know the best weights that another search knew at this place."""
        if kept["weights"].shape != self.weights.shape or kept["lowest"].shape != self.lowest.shape:
            raise ValueError(f"expected weights of shape {self.weights.shape}, got others.")
        self.weights, self.lowest = kept["weights"].copy(), kept["lowest"].copy()

    def random_starts(self, n_starts: int, n_operators: int, n_weights: int) -> np.ndarray:
        """Weights (n_starts, n_operators, n_weights), the first of each Hamiltonian near 0."""
        W = self.rng.normal(size=(n_starts, n_operators, n_weights))
        W[0] *= _NEAR
        return W

    def run(self, starts) -> np.ndarray:
        """Best weights (n_operators, n_weights) found from starts (n_starts, n_operators, n_weights)."""
        n_starts, n_operators, n_weights = starts.shape
        self.weights, self.lowest = starts[0].copy(), np.full(n_operators, np.inf)
        self._descend(starts.reshape(-1, n_weights), np.tile(np.arange(n_operators), n_starts))
        return self.weights

    def share(self) -> np.ndarray:
        """Best weights after Hamiltonians have gone on from each other's, where these give them lower energies."""
        for _ in range(0 if self.noisy else _MAX_SHARING):
            table = self.energies.table(self.weights)
            poor = np.flatnonzero(self.lowest - table.min(axis=0) > self.tol * self.energies.sums.scale)
            if not len(poor) or self.ended:
                break
            self._descend(self.weights[table.argmin(axis=0)[poor]], poor)
        return self.weights

    def go_on(self, energies: Energies, weights, starts, operators) -> None:
        """Search on in a larger circuit, where weights (n_operators, n_weights) give the energies reached so far.

        Starts (n_starts, n, n_weights) are for the n Hamiltonians whose numbers are in ``operators``.
        """
        self.energies, self.weights = energies, weights
        self._descend(starts.reshape(-1, weights.shape[1]), np.tile(operators, len(starts)))
        self.share()

    def _descend(self, W, operators) -> None:
        """Search from starts W (n_problems, n_weights) for the Hamiltonians of these numbers."""
        step = 1 if self.optimizer is not None else max(1, _HESSIAN_BYTES // (8 * W.shape[1] ** 2))
        search = self._one_by_one if self.optimizer is not None else self._adam if self.noisy else self._bfgs
        curves: list[list[float]] = []
        for a in range(0, len(W), step):
            if self.ended:
                break
            training = search(W[a : a + step], operators[a : a + step])
            curves.append(training.losses)
            self.ended = training.ended_by in ("interrupted", "callback")
        self.losses += _mean_curve(curves)

    def _bfgs(self, W, operators) -> Training:
        def loss_and_grad(W, problems):
            return self.energies.forward(W, operators[problems], self.rng)

        optimizer = LockstepBFGS(self.tol, self.energies.sums.scale[operators])
        options = {"tol": 0.0, "n_iter_no_change": self.max_iter, "what": "mean energy"}
        return self._minimize(loss_and_grad, W, operators, optimizer, lambda W, loss: optimizer.values, **options)

    def _adam(self, W, operators) -> Training:
        def values(W, loss=None):
            return self.energies(W, operators, self.rng)

        # The method works on each weight by itself: many searches are one, of their mean energy.
        def loss_and_grad(W, rows):
            f, G = self.energies.forward(W, operators, self.rng)
            return f.mean(), G / len(G)

        options = {
            "loss": lambda W, rows: values(W).mean(),
            "tol": 0.0,
            "n_iter_no_change": _PATIENCE,
            "what": "mean energy",
        }
        return self._minimize(loss_and_grad, W, operators, Adam(), values, **options)

    def _one_by_one(self, W, operators) -> Training:
        def loss_and_grad(w, rows):
            f, G = self.energies.forward(w[None], operators, self.rng)
            return f[0], G[0]

        options = {
            "loss": lambda w, rows: self.energies(w[None], operators, self.rng)[0],
            "tol": self.tol * self.energies.sums.scale[operators[0]],
            "n_iter_no_change": _PATIENCE if self.noisy else 10,
            "what": "energy",
            "title": f"Hamiltonian {operators[0]}",
        }
        optimizer = clone(self.optimizer, safe=False)
        return self._minimize(loss_and_grad, W[0], operators, optimizer, lambda w, loss: np.array([loss]), **options)

    def _minimize(self, loss_and_grad, W, operators, optimizer, values, **options) -> Training:
        """Run an optimiser, and remember the best weights of each iteration by ``values(W, loss)``."""

        def tell(W, loss):
            self._keep(np.atleast_2d(W), values(W, loss), operators)
            return self.callback is not None and self.callback(self.weights, loss)

        options |= {"max_iter": self.max_iter, "rng": self.rng, "verbose": self.verbose, "callback": tell}
        options["checkpoint"] = self.checkpoint
        return minimize(loss_and_grad, W, optimizer, **options)

    def _keep(self, W, f, operators) -> None:
        """Remember weights of these Hamiltonians, of energies f, where none better are known."""
        falling = np.argsort(-f, kind="stable")  # of several for one Hamiltonian the lowest comes last, and stays
        better = falling[f[falling] < self.lowest[operators[falling]]]
        self.weights[operators[better]], self.lowest[operators[better]] = W[better], f[better]


def _mean_curve(curves) -> list[float]:
    """Mean of curves of different length, the shorter ones carried on at their last value."""
    length = max(map(len, curves), default=0)
    full = [curve + curve[-1:] * (length - len(curve)) for curve in curves if curve]
    return np.mean(full, axis=0).tolist() if full else []
