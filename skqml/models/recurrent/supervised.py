"""What the reservoir regressor and classifier share: parameters, and how the readout is fitted."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from ..._sklearn import Count, HasMethods, Number
from ...training import LBFGS, Training, TrainingError, minimize
from ...training.minimize import best_of_starts
from .model import ReservoirModel
from .readout import RidgeReadout
from .training import ThroughTime

_CLOSE = 0.03  # sizes of a twin that differ by less are equal


class SupervisedReservoir(ReservoirModel):
    """Base class: a reservoir whose columns [inputs, features] go into a readout."""

    _default_parts: ClassVar[dict] = ReservoirModel._default_parts | {
        "readout": lambda self: RidgeReadout(),
        "optimizer": lambda self: LBFGS(),
    }
    _parameter_constraints: ClassVar[dict] = ReservoirModel._parameter_constraints | {
        "readout": [HasMethods(["fit", "predict"]), None],
        "washout": [Count(0)],
        "train_cell": ["boolean"],
        "truncation": [Count(), None],
        "optimizer": [callable, None],
        "max_iter": [Count()],
        "tol": [Number(closed="left"), None],
        "n_iter_no_change": [Count()],
        "early_stopping": ["boolean"],
        "validation_fraction": [Number(high=1.0)],
        "n_restarts": [Count()],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
    }

    readout_: Any

    def __init__(
        self,
        cell=None,
        readout=None,
        *,
        observables=None,
        washout=0,
        n_reservoirs=16,
        input_scale=0.1,
        hidden_scale=None,
        weight_scale=1.0,
        leak=None,
        train_cell=False,
        truncation=None,
        standardize=True,
        optimizer=None,
        max_iter=100,
        tol=None,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        warm_start=False,
        backend=None,
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        self.cell = cell
        self.readout = readout
        self.observables = observables
        self.washout = washout
        self.n_reservoirs = n_reservoirs
        self.input_scale = input_scale
        self.hidden_scale = hidden_scale
        self.weight_scale = weight_scale
        self.leak = leak
        self.train_cell = train_cell
        self.truncation = truncation
        self.standardize = standardize
        self.optimizer = optimizer
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_restarts = n_restarts
        self.warm_start = warm_start
        self.backend = backend
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _open(self, sequences) -> None:
        before = getattr(self, "ensemble_", None) if self.warm_start and self.train_cell else None
        super()._open(sequences)
        if before is not None:
            if before.weights.shape != self.ensemble_.weights.shape:
                raise ValueError(
                    f"warm_start expected angles of shape {before.weights.shape} as in the last fit, but now they have "
                    f"{self.ensemble_.weights.shape}; set warm_start=False."
                )
            self.ensemble_ = replace(self.ensemble_, weights=before.weights)

    @property
    def _n_pooled(self) -> int:
        """Columns of the readout for each feature."""
        return 1

    def _used(self, sequences, further=False) -> np.ndarray:
        """Which steps the readout is fitted to: with targets for steps those behind the washout, else the last ones."""
        steps = np.arange(sequences.X.shape[1])
        first = len(steps) - 1 if not sequences.stepwise else 0 if further else self.washout
        return sequences.inside & (steps >= first)

    def _train_cell(self, sequences, pool, fixed, Y) -> TrainingError | None:
        """Train the angles for a readout of columns [fixed, pooled features]; what ended it too early, if it did."""
        X, Y = self._inputs(sequences), Y.reshape(len(fixed), -1)
        n_held_out = max(1, round(self.validation_fraction * len(Y))) if self.early_stopping else 0
        loss = ThroughTime(self.ensemble_, X, pool, fixed, Y, self.truncation, n_held_out)
        seed, failure = check_random_state(self.random_state).randint(2**31), None
        once = partial(self._train_once, loss, iter(self._starts(seed)), np.random.default_rng(seed))
        try:
            training = best_of_starts(once, self.n_restarts)
        except TrainingError as error:
            failure, training = error, error.training
        weights = training.w.reshape(self.ensemble_.weights.shape)
        self.ensemble_ = replace(self.ensemble_, weights=weights)
        self.loss_, self.loss_curve_, self.n_iter_ = training.loss, training.losses, max(1, training.n_iter)
        self.validation_loss_curve_ = training.validation_losses if self.early_stopping else None
        return failure

    def _starts(self, seed) -> Iterator[np.ndarray]:
        """Angles to begin with: those of the ensemble, then others that are drawn as they were."""
        yield self.ensemble_.weights
        for k in count(1):
            rng = np.random.default_rng([seed, k])
            yield self.ensemble_.step.draw(self.n_reservoirs, self.weight_scale, rng)

    def _train_once(self, loss, starts, rng, title) -> Training:
        rules = {"max_iter": self.max_iter, "tol": self.tol, "n_iter_no_change": self.n_iter_no_change}
        validation = loss.held_out_loss if self.early_stopping else None
        optimizer = clone(self._part("optimizer"), safe=False)
        options = {"validation_loss": validation, "rng": rng, "verbose": self.verbose, "title": title}
        return minimize(loss, next(starts).ravel(), optimizer, **rules, **options)

    def _twin_size(self, step) -> tuple[int, int]:
        if not self.train_cell:
            return super()._twin_size(step)
        n_channels, n_targets = self._n_channels_and_targets() if hasattr(self, "ensemble_") else (1, 1)
        n_parameters = self.n_reservoirs * (n_targets * step.n_outputs + step.n_weights)
        b = n_channels + 1 + n_targets  # R reservoirs of U units have R U (U + b) parameters
        sizes = []
        for n in range(1, 2 * self.n_reservoirs + 1):
            n_units = max(1, round((np.sqrt(b**2 + 4 * n_parameters / n) - b) / 2))
            error = abs(n * n_units * (n_units + b) / n_parameters - 1)
            sizes.append((max(error, _CLOSE), abs(n - self.n_reservoirs), n, n_units))
        return min(sizes)[2:]

    def _n_channels_and_targets(self) -> tuple[int, int]:
        """Number of channels, and of coefficients that the readout has for each feature."""
        n_columns = self.readout_.n_features_in_ + 1
        n_targets = (self.n_parameters_ - self.ensemble_.weights.size) // n_columns
        return (self.n_features_in_ if self._stepwise else 1), n_targets * self._n_pooled

    def _count_parameters(self, n_columns, n_targets) -> int:
        """Number of what is trained: the readout, and with ``train_cell`` the angles."""
        return (n_columns + 1) * n_targets + (self.ensemble_.weights.size if self.train_cell else 0)


def fit_readout(readout, blocks, further: bool) -> None:
    """Fit a readout to blocks of rows, or with ``further`` go on fitting.

    Parameters
    ----------
    readout : estimator
    blocks : iterable of (columns, targets, folds)
    further : bool
    """
    if isinstance(readout, RidgeReadout):
        if not further:
            readout.clear()
        for columns, y, folds in blocks:
            readout.accumulate(columns, y, folds)
        readout.solve()
    elif further:
        if not hasattr(readout, "partial_fit"):
            raise TypeError(f"partial_fit needs a readout that has it, such as RidgeReadout(), got {readout!r}.")
        for columns, y, _ in blocks:
            readout.partial_fit(columns, y)
    else:
        columns, y, _ = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        readout.fit(columns, y)
