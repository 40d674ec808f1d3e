"""What the reservoir regressor and classifier share: parameters, and how the readout is fitted."""

from abc import abstractmethod
from copy import copy, deepcopy
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import clone

from ..._sklearn import Count, HasMethods
from ...states import count
from ...training import LBFGS, Training
from ..base.iterations import Problem, TrainedByIterations
from .fitting import Block
from .model import ReservoirModel
from .ridge_readout import RidgeReadout
from .sequences import Sequences, check_longer, check_several, learn_sequences, read_sequences
from .training import ThroughTime

_SHARED = TrainedByIterations._parameter_constraints | ReservoirModel._parameter_constraints
_CLOSE = 0.03  # sizes of a twin that differ by less are equal


class SupervisedReservoir(TrainedByIterations, ReservoirModel):
    """Base class: a reservoir whose columns [inputs, features] go into a readout."""

    _default_parts: ClassVar[dict] = ReservoirModel._default_parts | {
        "readout": lambda self: RidgeReadout(),
        "optimizer": lambda self: LBFGS(),
    }
    _parameter_constraints: ClassVar[dict] = _SHARED | {
        "readout": [HasMethods(["fit", "predict"]), None],
        "washout": [Count(0)],
        "train_cell": ["boolean"],
        "truncation": [Count(), None],
    }

    readout_: Any
    _contents: ClassVar[dict] = {"washout_": count()}

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
        checkpoint=None,
    ):
        ReservoirModel.__init__(
            self,
            cell,
            observables=observables,
            n_reservoirs=n_reservoirs,
            input_scale=input_scale,
            hidden_scale=hidden_scale,
            weight_scale=weight_scale,
            leak=leak,
            standardize=standardize,
            backend=backend,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        TrainedByIterations.__init__(
            self,
            optimizer=optimizer,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.readout = readout
        self.washout = washout
        self.train_cell = train_cell
        self.truncation = truncation

    @property
    def _n_pooled(self) -> int:
        """Columns of the readout for each feature."""
        return 1

    def _used(self, sequences, further=False) -> np.ndarray:
        """Which steps the readout is fitted to: with targets for steps those behind the washout, else the last ones."""
        steps = np.arange(sequences.X.shape[1])
        first = len(steps) - 1 if not sequences.stepwise else 0 if further else self.washout_
        return sequences.inside & (steps >= first)

    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit the readout, and with ``train_cell`` the angles.

        Parameters
        ----------
        X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)
        y : array-like
            Of a regressor (n_rows[, n_targets]) or (n_sequences, n_steps[, n_targets]); of a classifier labels of any
            kind, one a row or sequence.
        sample_weight : array-like (n_sequences,), default=None
            One number a row or sequence, with which all its steps count: a weight of 2 is the sequence twice. The one
            weight of a long series changes nothing.

        Returns
        -------
        self
        """
        return super().fit(X, y, sample_weight)

    @property
    def _reached(self):
        return self.ensemble_.weights if self.train_cell and self._is_trained else None

    def _problem(self, X, y, sample_weight):
        sequences = learn_sequences(self, X)
        check_several(sequences)
        check_longer(sequences, self.washout)
        sequences, targets = self._learn_targets(y, sequences.weighted(sample_weight))
        self._begin(sequences, targets)
        if not self.train_cell:
            self._fit_readout(sequences, targets, further=False)
            return None
        loss, seed, weights = self._loss_through_time(sequences, targets), self._seed(), self.ensemble_.weights
        known = seed, sequences.X, sequences.lengths, sequences.weights, targets, weights
        options: dict[str, Any] = {"rng": np.random.default_rng(seed)}
        if self.early_stopping:
            options["validation_loss"] = loss.held_out_loss

        def start(k, checkpoint) -> Training:
            """The angles of the ensemble, then others that are drawn as they were."""
            rng = np.random.default_rng([seed, k])
            drawn = weights if k == 0 else self.ensemble_.step.draw(self.n_reservoirs, self.weight_scale, rng)
            return Training(drawn.ravel())

        return Problem(loss, start, weights.shape, partial(self._at, sequences, targets), known, options)

    @abstractmethod
    def _learn_targets(self, y, sequences) -> tuple[Sequences, np.ndarray]:
        """The sequences of a first fit with weights that count, and their targets, checked."""

    def _begin(self, sequences, y) -> None:
        """Draw the ensemble, and forget what was learned with another one."""
        self._open(sequences)
        self.washout_ = self.washout
        self.readout_, self.n_iter_ = clone(self._part("readout")), 1

    @abstractmethod
    def _fit_readout(self, sequences, y, further: bool) -> None:
        """Fit the readout to features of the ensemble as it is."""

    @property
    def _is_trained(self) -> bool:
        return hasattr(self, "readout_")

    def _read_further(self, X, sample_weight) -> Sequences:
        """The sequences of a call of `partial_fit`."""
        if self.train_cell:
            raise ValueError("partial_fit does not train the cell; use fit, or train_cell=False.")
        sequences = (read_sequences if self._is_trained else learn_sequences)(self, X)
        return sequences.weighted(sample_weight)

    def _go_on(self, sequences, y) -> None:
        """Make ready for further rows, or for the first ones."""
        if self._is_trained:
            self.readout_ = deepcopy(self.readout_)  # blocks before a failure must not stay in its sums
        else:
            check_longer(sequences, self.washout)
            self._begin(sequences, y)

    def _block(self, sequences, columns, y) -> Block:
        """What `fit_readout` takes of rows that are sequences; numbers of folds go on behind those of rows before."""
        folds = sequences.numbers(y) + getattr(self.readout_, "n_rows_", 0)
        return columns, y, folds, None if sequences.weight is None else sequences.weights

    @abstractmethod
    def _of_rows(self, sequences, X, y) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray | None]:
        """The pool from inputs X and features of steps to rows of the readout; its columns of inputs, targets, weights.

        The weights are None where all rows count alike.
        """

    def _loss_through_time(self, sequences, y) -> ThroughTime:
        used = sequences.weights > 0
        sequences, X = sequences[used], self._inputs(sequences[used])
        pool, fixed, Y, weight = self._of_rows(sequences, X, y[used])
        n_held_out = max(1, round(self.validation_fraction * len(Y))) if self.early_stopping else 0
        return ThroughTime(self.ensemble_, X, pool, fixed, Y.reshape(len(Y), -1), self.truncation, n_held_out, weight)

    def _at(self, sequences, y, w) -> dict[str, Any]:
        """Attributes of a model of angles w, with the readout that goes with them; for callbacks too."""
        model = copy(self)
        model.ensemble_ = replace(self.ensemble_, weights=w.reshape(self.ensemble_.weights.shape))
        model.readout_ = clone(self._part("readout"))
        model._fit_readout(sequences, y, further=False)
        return {name: value for name, value in vars(model).items() if value is not vars(self).get(name)}

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
