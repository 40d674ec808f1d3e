"""Minimisation: stopping rules, several starts, and the best weights kept whatever happens."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from .._checks import as_generator, check_callable, check_count, check_kind, check_number, check_numbers, check_verbose
from ..engine.threads import one_blas_thread
from .checkpoints import Record
from .interrupts import interrupts
from .optimizers import LBFGS, Objective
from .progress import Report, Stop, Training


class Interrupted(KeyboardInterrupt):
    """Ctrl-C that struck a training before its first iteration ended: there is nothing to keep."""


class TrainingError(RuntimeError):
    """An exception in the middle of a training.

    Attributes
    ----------
    training : Training
        What was reached before.
    """

    def __init__(self, message: str, training: "Training"):
        super().__init__(message)
        self.training = training


_LOWER = "take smaller steps (learning_rate, perturbation), begin elsewhere (w0), or give X and y in other units."
_WARNINGS = {
    "max_iter": "Training stopped at max_iter={n} before its loss stood still; raise max_iter or tol.",
    "diverged": "The loss became NaN or infinite in iteration {n}; the best weights before it are kept; " + _LOWER,
    "interrupted": "Training was interrupted after {n} iterations; the best weights so far are kept.",
}


def minimize(
    loss_and_grad,
    w0,
    optimizer=None,
    *,
    loss=None,
    n_samples=1,
    batch_size=None,
    max_iter=200,
    tol=1e-4,
    n_iter_no_change=10,
    validation_loss=None,
    callback=None,
    rng=None,
    verbose=0,
    what="loss",
    title="",
    checkpoint=None,
) -> Training:
    """Minimise a loss, and keep the best weights whatever happens.

    Parameters
    ----------
    loss_and_grad, loss, n_samples, batch_size
        See `Objective`.
    w0 : ndarray (n_weights,)
        Start.
    optimizer : callable (objective, w, report, rng), default=None
        Ends each iteration by ``report(w, loss)``, which raises `Stop` when it is time; ``None``
        means `LBFGS`. `Adam` and `SPSA` are others.
    max_iter : int, default=200
        Limit of iterations.
    tol, n_iter_no_change : float or None, int, default=1e-4, 10
        Training stops where the lowest loss fell by no more than ``tol`` in so many iterations;
        with ``tol=None`` it is ``max_iter`` that should end it.
    validation_loss : callable (w) -> float, default=None
        The loss that counts, on rows that are not trained on.
    callback : callable (w, loss) -> bool, default=None
        Called after each iteration; True stops.
    rng : numpy.random.Generator, default=None
    verbose : int, default=0
        Writes a line every so many iterations.
    what, title : str, default="loss", ""
        What these lines call the loss, and what they begin with.
    checkpoint : Record, default=None
        Keeps the training on disk, and gives what was reached before; see `skqml.training.Checkpoint`.

    Returns
    -------
    Training

    Raises
    ------
    TrainingError
        If anything else fails after the first iteration; it names the iteration and holds the
        `Training` so far.
    KeyboardInterrupt
        If Ctrl-C is meant for more than this training, see `Interrupts.ends_all`, or comes before the first
        iteration ends (`Interrupted`).
    """
    _check(loss_and_grad, loss, validation_loss, callback, batch_size, tol)
    for name, count in (("n_samples", n_samples), ("max_iter", max_iter), ("n_iter_no_change", n_iter_no_change)):
        check_count(name, count)
    check_verbose(verbose)
    rng, training = as_generator("rng", rng), Training(check_numbers("w0", w0, (1, 2)))
    report = Report(training, max_iter, tol, n_iter_no_change, validation_loss, callback, verbose, what, title)
    objective = Objective(loss_and_grad, loss, n_samples, batch_size)
    optimizer = LBFGS() if optimizer is None else check_callable("optimizer", optimizer, "an optimiser, such as Adam()")
    training.optimizer = optimizer
    if checkpoint is not None:
        optimizer = check_kind("checkpoint", checkpoint, Record, "None or a Record").around(optimizer, training)
    # Products this small are many times slower on several BLAS threads than on one.
    with _ends(training), one_blas_thread():
        optimizer(objective, training.w.copy(), report, rng)
        if not training.losses:
            raise ValueError("optimizer must call report(w, loss) after each iteration, but ended without.")
    if training.ended_by == "diverged" and not np.isfinite(training.loss):
        raise ValueError(
            "The loss is NaN or infinite from the first iteration on, so that nothing was trained; " + _LOWER
        )
    if training.ended_by in _WARNINGS and not (tol is None and training.ended_by == "max_iter"):
        warnings.warn(_WARNINGS[training.ended_by].format(n=training.n_iter), ConvergenceWarning, stacklevel=2)
    return training


@contextmanager
def _ends(training: Training) -> Iterator[None]:
    """Let a training end by `Stop` or by Ctrl-C, and keep what it has reached where anything else ends it."""
    try:
        yield
    except Stop:
        pass
    except KeyboardInterrupt:
        if interrupts().ends_all():
            raise
        if not training.losses:
            raise Interrupted from None
        training.ended_by = "interrupted"
    except Exception as error:  # the user's loss, backend or optimiser may raise anything
        if not training.losses:
            raise
        message = f"Training failed in iteration {training.n_iter + 1}; what was reached before is kept: {error}"
        raise TrainingError(message, training) from error


class BestOfStarts:
    """The training of the lowest loss of those from several starts, kept whatever happens.

    A training that is interrupted, or stopped by a callback, is the last one.
    """

    def __init__(self) -> None:
        self._ended = False
        self._kept: list[Training] = []  # the best, once there is one

    def training(self, *further: Training) -> Training:
        """The best so far, or of that and further ones."""
        return min([*self._kept, *further], key=attrgetter("loss"))

    def of(self, n_starts: int) -> Iterator[int]:
        """Numbers of starts, until so many or until one is the last."""
        for k in range(n_starts):
            if not self._ended:
                yield k

    def take(self, training: Training) -> None:
        """Keep a training if it is the best so far."""
        self._kept = [self.training(training)]
        self._ended = training.ended_by in ("interrupted", "callback")

    @contextmanager
    def kept(self, k: int) -> Iterator[None]:
        """Keep the best so far where the start number k fails.

        Raises
        ------
        TrainingError
            If it fails; it holds the best before.
        KeyboardInterrupt
            Where there is nothing to keep.
        """
        try:
            yield
        except TrainingError as error:
            error.training = self.training(error.training)
            raise
        except Interrupted:
            if not self._kept:
                raise
            self._ended = True
        except Exception as error:  # whatever it was, starts that were finished are not to be lost
            if not self._kept:
                raise
            message = f"Training failed at the start of restart {k + 1}; the best before is kept: {error}"
            raise TrainingError(message, self.training()) from error


def _check(loss_and_grad, loss, validation_loss, callback, batch_size, tol):
    """Refuse what cannot be trained with."""
    if loss_and_grad is not None or loss is None:
        check_callable("loss_and_grad", loss_and_grad, "a function (w, rows) -> (loss, gradient)")
    for name, function in (("loss", loss), ("validation_loss", validation_loss), ("callback", callback)):
        if function is not None:
            check_callable(name, function, "None or a function")
    if batch_size is not None:
        check_count("batch_size", batch_size)
    if tol is not None:
        check_number("tol", tol, closed="left")
