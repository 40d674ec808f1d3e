"""Minimisation of losses: optimisers, mini-batches, stopping rules; nothing here knows estimators."""

import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits


class Stop(Exception):
    """Raised by `report` to end a training."""


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


class Objective:
    """A loss over rows, with its gradient, as optimisers see it.

    ``objective(w) -> (loss, gradient)``; ``objective(w, rows)`` is the same over some of the rows.

    Parameters
    ----------
    loss_and_grad : callable (w, rows) -> (float, ndarray)
        ``rows`` is an array of row numbers, or None for all rows.
    loss : callable (w, rows) -> float, default=None
        The loss alone, where that is cheaper.
    n_samples : int, default=1
    batch_size : int, default=None
        Rows of a mini-batch; None means all.
    """

    def __init__(self, loss_and_grad: Callable, loss: Callable | None = None, n_samples=1, batch_size=None):
        self._loss_and_grad = loss_and_grad
        self._loss = loss
        self._n_samples = n_samples
        self._batch_size = batch_size

    def __call__(self, w, rows=None):
        if not np.isfinite(w).all():  # no simulator needs to see such angles
            return np.nan, np.full_like(w, np.nan)
        return self._loss_and_grad(w, rows)

    def loss(self, w, rows=None) -> float:
        """The loss without its gradient."""
        if self._loss is None or not np.isfinite(w).all():
            return self(w, rows)[0]
        return self._loss(w, rows)

    def epoch(self, rng) -> Iterator[np.ndarray | None]:
        """Rows of each mini-batch, in random order; a single None where a batch is all rows."""
        if self._batch_size is None or self._batch_size >= self._n_samples:
            yield None
            return
        order = rng.permutation(self._n_samples)
        for a in range(0, self._n_samples, self._batch_size):
            yield np.sort(order[a : a + self._batch_size])


class LBFGS(BaseEstimator):
    """Limited-memory quasi-Newton method of SciPy, for exact gradients over all rows.

    Parameters
    ----------
    memory : int, default=20
        Number of steps from which curvature is estimated.

    References
    ----------
    D. C. Liu and J. Nocedal, On the limited memory BFGS method for large scale optimization,
    Mathematical Programming 45, 503 (1989).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.training import LBFGS, minimize
    >>> minimize(lambda w, rows: (np.sum((w - 1) ** 2), 2 * (w - 1)), np.zeros(2), LBFGS()).w
    array([1., 1.])
    """

    def __init__(self, memory=20):
        self.memory = memory

    def __call__(self, objective, w, report, rng):
        """Run until `report` raises `Stop`, or no step lowers the loss."""
        options = {"maxcor": self.memory, "maxiter": 10**9, "maxfun": 10**9, "ftol": 0.0, "gtol": 1e-12}
        result = optimize.minimize(
            lambda w: _large_where_not_finite(objective(w)), w, jac=True, method="L-BFGS-B",
            callback=lambda intermediate_result: report(intermediate_result.x.copy(), intermediate_result.fun),
            options=options,
        )  # fmt: skip
        if result.nit == 0:  # the start is as good as it gets, or has no loss
            report(result.x, objective.loss(result.x))


def _large_where_not_finite(result):
    """A loss that a line search backs away from, where there is none."""
    loss, gradient = result
    return (loss, gradient) if np.isfinite(loss) else (1e300, np.zeros_like(gradient))


class Adam(BaseEstimator):
    """Gradient descent with momentum and a step of its own for each weight.

    ``w <- w - learning_rate * m / (sqrt(v) + 1e-8)``, m and v being running means of the gradient
    and of its square, corrected for their start at 0. They are kept from call to call.

    Parameters
    ----------
    learning_rate : float, default=0.05
        Size of the first steps, in radians for angles.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the means.

    References
    ----------
    D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, arXiv 1412.6980.
    """

    def __init__(self, learning_rate=0.05, beta_1=0.9, beta_2=0.999):
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def __call__(self, objective, w, report, rng):
        """Run until `report` raises `Stop`; an iteration is one pass over all rows."""
        while True:
            losses = []
            for rows in objective.epoch(rng):
                loss, gradient = objective(w, rows)
                losses.append(loss)
                w = w - self._step(gradient)
            # The loss of a whole batch belongs to the weights before the step.
            report(w, objective.loss(w) if len(losses) == 1 else float(np.mean(losses)))

    def _step(self, gradient):
        if getattr(self, "m_", np.zeros(0)).shape != gradient.shape:
            self.m_, self.v_, self.n_steps_ = np.zeros_like(gradient), np.zeros_like(gradient), 0
        self.n_steps_ += 1
        self.m_ = self.beta_1 * self.m_ + (1 - self.beta_1) * gradient
        self.v_ = self.beta_2 * self.v_ + (1 - self.beta_2) * gradient**2
        m = self.m_ / (1 - self.beta_1**self.n_steps_)
        v = self.v_ / (1 - self.beta_2**self.n_steps_)
        return self.learning_rate * m / (np.sqrt(v) + 1e-8)


class SPSA(BaseEstimator):
    """Gradient descent along random directions, two losses a step however many weights there are.

    ``w <- w - a_k d (L(w + c_k d) - L(w - c_k d)) / (2 c_k)`` with random signs d,
    ``a_k = a / (k + 1 + A)^0.602`` and ``c_k = perturbation / (k + 1)^0.101``.

    Parameters
    ----------
    learning_rate : float, default=0.2
        Size of the first step in each weight, in radians for angles; from the mean slope along
        ``n_calibration`` random directions it gives a.
    perturbation : float, default=0.1
        Size of the first finite difference.
    stability : float, default=10.0
        Constant A, which delays the decay of the steps.
    n_calibration : int, default=10
        Number of directions.

    References
    ----------
    J. C. Spall, Implementation of the simultaneous perturbation algorithm for stochastic
    optimization, IEEE Trans. Aerosp. Electron. Syst. 34, 817 (1998).
    """

    def __init__(self, learning_rate=0.2, perturbation=0.1, stability=10.0, n_calibration=10):
        self.learning_rate = learning_rate
        self.perturbation = perturbation
        self.stability = stability
        self.n_calibration = n_calibration

    def __call__(self, objective, w, report, rng):
        """Run until `report` raises `Stop`; the loss of a step is the mean of its two losses."""
        slopes = [abs(self._slope(objective, w, rng, self.perturbation)[1]) for _ in range(self.n_calibration)]
        a = self.learning_rate * (1 + self.stability) ** 0.602 / max(float(np.mean(slopes)), 1e-10)
        k = 0
        while True:
            losses = []
            for rows in objective.epoch(rng):
                c = self.perturbation / (k + 1) ** 0.101
                loss, slope, direction = self._slope(objective, w, rng, c, rows)
                w = w - a / (k + 1 + self.stability) ** 0.602 * slope * direction
                losses.append(loss)
                k += 1
            report(w, float(np.mean(losses)))

    def _slope(self, objective, w, rng, c, rows=None):
        direction = rng.choice([-1.0, 1.0], len(w))
        up, down = (objective.loss(w + sign * c * direction, rows) for sign in (1, -1))
        return (up + down) / 2, (up - down) / (2 * c), direction


@dataclass
class Training:
    """What a training has reached.

    Attributes
    ----------
    w : ndarray (n_weights,)
        Weights of the lowest loss (of the lowest validation loss, where there is one).
    loss : float
        That loss; infinite if no iteration ended.
    losses, validation_losses : list of float
        One an iteration.
    ended_by : {"tol", "max_iter", "optimizer", "callback", "diverged", "interrupted"}
    """

    w: np.ndarray
    loss: float = np.inf
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    ended_by: str = "optimizer"

    @property
    def n_iter(self) -> int:
        """Number of iterations that ended."""
        return len(self.losses)


_WARNINGS = {
    "max_iter": "Training stopped at max_iter={n} before its loss stood still; raise max_iter or tol.",
    "diverged": "The loss became NaN or infinite in iteration {n}; the best weights before it are kept. "
    "Lower the learning rate.",
    "interrupted": "Training was interrupted in iteration {n}; the best weights so far are kept.",
}


def minimize(loss_and_grad, w0, optimizer=None, *, loss=None, n_samples=1, batch_size=None, max_iter=200, tol=1e-4,
             n_iter_no_change=10, validation_loss=None, callback=None, rng=None, verbose=0):  # fmt: skip
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

    Returns
    -------
    Training

    Raises
    ------
    TrainingError
        If anything else fails after the first iteration; it names the iteration and holds the
        `Training` so far.
    """
    training = Training(np.array(w0, dtype=float))
    report = _Report(training, max_iter, tol, n_iter_no_change, validation_loss, callback, verbose)
    objective = Objective(loss_and_grad, loss, n_samples, batch_size)
    optimizer = LBFGS() if optimizer is None else optimizer
    try:
        # Products this small are many times slower on several BLAS threads than on one.
        with threadpool_limits(limits=1, user_api="blas"):
            optimizer(objective, training.w.copy(), report, np.random.default_rng(rng))
    except Stop:
        pass
    except KeyboardInterrupt:
        training.ended_by = "interrupted"
    except Exception as error:
        if not training.losses:
            raise
        message = f"Training failed in iteration {training.n_iter + 1}; what was reached before is kept: {error}"
        raise TrainingError(message, training) from error
    if training.ended_by in _WARNINGS and not (tol is None and training.ended_by == "max_iter"):
        warnings.warn(_WARNINGS[training.ended_by].format(n=training.n_iter), ConvergenceWarning, stacklevel=2)
    return training


@dataclass
class _Report:
    """What an optimiser calls after each iteration."""

    training: Training
    max_iter: int
    tol: float | None
    n_iter_no_change: int
    validation_loss: Callable | None
    callback: Callable | None
    verbose: int
    _lowest: list[float] = field(default_factory=list)

    def __call__(self, w, loss: float) -> None:
        training = self.training
        training.losses.append(float(loss))
        counted = loss
        if self.validation_loss is not None and np.isfinite(loss):
            counted = self.validation_loss(w)
            training.validation_losses.append(float(counted))
        if counted < training.loss:
            training.w, training.loss = w.copy(), float(counted)
        self._lowest.append(training.loss)
        if self.verbose and training.n_iter % self.verbose == 0:
            sys.stdout.write(f"iteration {training.n_iter}, loss {loss:.6f}, lowest {training.loss:.6f}\n")
        # The callback comes first: it is told of every iteration, the last one too.
        stop = self.callback is not None and self.callback(w, loss)
        ended_by = "callback" if stop else self._end(counted)
        if ended_by:
            training.ended_by = ended_by
            raise Stop

    def _end(self, loss: float) -> str | None:
        if not np.isfinite(loss):
            return "diverged"
        n = self.n_iter_no_change
        if self.tol is not None and len(self._lowest) > n and self._lowest[-1 - n] - self._lowest[-1] <= self.tol:
            return "tol"
        return "max_iter" if self.training.n_iter >= self.max_iter else None
