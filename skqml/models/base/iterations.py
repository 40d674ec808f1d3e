"""What all models share that are trained by iterations: settings, callbacks, and what is kept of a training."""

import os
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.callback import CallbackSupportMixin

from ..._checks import as_seed
from ..._parts import OptionalParts
from ..._sklearn import Count, Number, fit_context
from ...files.digests import digest
from ...files.versions import versions_of
from ...training import Checkpoint, Training, TrainingError
from ...training.checkpoints import Record
from ...training.minimize import BestOfStarts, minimize
from .failures import unchanged_on_error

CHECKPOINT = [str, os.PathLike, Checkpoint, None]
_NEUTRAL = {"checkpoint", "verbose", "n_jobs", "random_state"}  # which leave a result as it is, or are in the seed
_PACKAGES = ("skqml", "numpy", "scipy", "scikit-learn", "qiskit", "qiskit-aer", "torch")


class Progress:
    """What `minimize` calls after each iteration.

    Parameters
    ----------
    context : CallbackContext
        The task of the whole fit.
    estimator : BaseEstimator
    attributes : callable (v) -> dict
        Attributes of a model of parameters v.
    X_y : dict
        Training rows "X" and targets "y" as callbacks see them.
    """

    def __init__(self, context, estimator, attributes: Callable, X_y: dict):
        self._context = context
        self._estimator = estimator
        self._attributes = attributes
        self._X_y = X_y
        self._begin()

    def __call__(self, v, loss) -> bool:
        """Tell the end of an iteration; True if a callback asks to stop."""
        stop = self._iteration.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=lambda: self._attributes(v.copy()),
            **self._X_y,
        )
        self._begin()
        return bool(stop)

    def _begin(self):
        self._iteration = self._context.subcontext(task_name="iteration")
        self._iteration.call_on_fit_task_begin(estimator=self._estimator, **self._X_y)

    def close(self) -> None:
        """End the iteration that has begun and never ran."""
        self._iteration.call_on_fit_task_end(estimator=self._estimator)


@contextmanager
def recorded(estimator, seed, *data) -> Iterator[Record | None]:
    """The record of a fit, named by all that it depends on; None where the estimator has no checkpoint."""
    checkpoint = estimator.checkpoint
    if checkpoint is None:
        yield None
        return
    if estimator.random_state is None:
        raise ValueError("checkpoint needs a random_state, by which the fit is known again, got None; set an integer.")
    kind, given = type(estimator), estimator.get_params(deep=False)
    settings = {name: value for name, value in given.items() if name not in _NEUTRAL}
    name = f"{kind.__name__}-{digest([kind, settings, seed, data, versions_of(_PACKAGES)])[:32]}"
    record = Record(checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint), name)
    try:
        yield record
    finally:
        record.write()


class ToldOfFits(CallbackSupportMixin):
    """Base class of estimators with a ``random_state``, of whose fits callbacks are told."""

    def _seed(self) -> int:
        return as_seed(self.random_state)

    @contextmanager
    def _told(self, X, y) -> Iterator[Callable[..., Progress]]:
        """A fit that callbacks are told of, and that leaves the model as it was where it fails before it has trained.

        Yields what makes its `Progress` of the attributes of a model of parameters v.
        """
        context = self._init_callback_context(max_subtasks=None)
        with unchanged_on_error(self):
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
            yield partial(Progress, context, self, X_y={"X": X, "y": y})
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})


class Problem(NamedTuple):
    """What a fit trains.

    Attributes
    ----------
    loss : callable (v, rows) -> (float, ndarray)
    start : callable (k, checkpoint) -> Training
        Where the training number k begins, which may come from a training that the checkpoint keeps.
    shape : tuple of int
        Of the parameters v.
    attributes : callable (v) -> dict
        Attributes of a model of parameters v.
    known : tuple
        The seed, and all else that the training depends on.
    options : dict
        Of `minimize`.
    """

    loss: Callable
    start: Callable[[int, Record | None], Training]
    shape: tuple[int, ...]
    attributes: Callable[[np.ndarray], dict[str, Any]]
    known: tuple
    options: dict[str, Any]


class TrainedByIterations(ToldOfFits, OptionalParts, BaseEstimator):
    """Base class of models that `minimize` trains: fit, restarts, warm start, callbacks, interruption, checkpoints.

    A subclass has the parameters of ``_parameter_constraints`` and writes the abstract methods.
    """

    _parameter_constraints: ClassVar[dict] = {
        "optimizer": [callable, None],
        "max_iter": [Count()],
        "tol": [Number(closed="left"), None],
        "n_iter_no_change": [Count()],
        "early_stopping": ["boolean"],
        "validation_fraction": [Number(high=1.0)],
        "n_restarts": [Count()],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "checkpoint": CHECKPOINT,
    }

    def __init__(
        self,
        *,
        optimizer=None,
        max_iter=1000,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        warm_start=False,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        self.optimizer = optimizer
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_restarts = n_restarts
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.checkpoint = checkpoint

    @property
    @abstractmethod
    def _reached(self) -> np.ndarray | None:
        """Parameters that the last fit has reached; None before."""

    @abstractmethod
    def _problem(self, X, y, sample_weight) -> Problem | None:
        """Read the rows of a fit, and make all but its parameters; None if there are none to train."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Train on rows X and targets y.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,), of regressors also (n_samples, n_targets)
            Labels of any kind, or numbers.
        sample_weight : array-like (n_samples,), default=None
            Factors of the losses of rows: a weight of 2 is the row twice.

        Returns
        -------
        self
        """
        with self._told(X, y) as told:
            before = self._reached if self.warm_start else None
            problem = self._problem(X, y, sample_weight)
            if problem is None:
                return self
            start, n_starts = (problem.start, self.n_restarts) if before is None else (_from(before, problem), 1)
            progress = told(problem.attributes)
            with recorded(self, *problem.known, before) as checkpoint, self._kept_on_error(problem.attributes):
                options = problem.options | self._rules | {"callback": progress, "checkpoint": checkpoint}
                best = BestOfStarts()
                for k in best.of(n_starts):
                    options["title"] = f"start {k + 1} of {n_starts}" if n_starts > 1 else ""
                    with best.kept(k):
                        training = start(k, checkpoint)
                        if training.ended_by != "interrupted":
                            optimizer = clone(self._part("optimizer"), safe=False)
                            training = minimize(problem.loss, training.w, optimizer, **options)
                        best.take(training)
                self._keep(best.training(), problem.attributes)
            progress.close()
        return self

    @property
    def _rules(self) -> dict[str, Any]:
        """When a training stops, for `minimize`, and how often it writes a line."""
        rules = {"max_iter": self.max_iter, "tol": self.tol, "n_iter_no_change": self.n_iter_no_change}
        return {"verbose": self.verbose, **rules}

    @contextmanager
    def _kept_on_error(self, attributes) -> Iterator[None]:
        """Keep what a training had reached where it fails in the middle."""
        try:
            yield
        except TrainingError as error:
            self._keep(error.training, attributes)
            raise

    def _keep(self, training: Training, attributes: Callable[..., dict]) -> None:
        """Become the model that a training has reached; ``attributes(v)`` are those of a model of parameters v."""
        self.__dict__.update(attributes(training.w), loss_=training.loss, loss_curve_=training.losses)
        self.validation_loss_curve_ = training.validation_losses if self.early_stopping else None
        self.n_iter_ = max(1, training.n_iter)


def _from(before: np.ndarray, problem: Problem) -> Callable[..., Training]:
    """The one start of a fit that goes on."""
    if before.shape != problem.shape:
        raise ValueError(
            f"warm_start expected as many parameters as before, of shape {before.shape}, but now the model has those "
            f"of shape {problem.shape}; set warm_start=False."
        )
    return lambda k, checkpoint: Training(before.ravel())
