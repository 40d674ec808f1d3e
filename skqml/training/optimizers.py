"""Optimisers: callables (objective, w, report, rng) that call ``report(w, loss)`` after each iteration."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any, ClassVar

import numpy as np
from scipy import optimize
from sklearn.base import BaseEstimator

from .._checks import check_count, check_kind, check_number
from ..states import CheckedState, count, floats, optional

_MOST_MEMORY = 10_000  # steps: SciPy keeps two vectors for each
_MOST_CALIBRATION = 10_000
_MOST_WARM_UP = 10_000_000
WARM_UP = 20  # steps after which the mean of Adam's gradients has forgotten where it began


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
        self._wall: Callable | None = None

    def __call__(self, w, rows=None) -> tuple[float, np.ndarray]:
        if not np.isfinite(w).all():  # no simulator needs to see such angles
            found = np.nan, np.full_like(w, np.nan)
        else:
            with np.errstate(over="ignore", invalid="ignore"):  # a loss that overflows is reported as divergence
                found = self._loss_and_grad(w, rows)
        return found if self._wall is None else self._wall(*found)

    def walled(self) -> "Objective":
        """The same with a large loss where it has none, so that a line search backs away from there."""
        other, largest = copy(self), 1.0

        def wall(loss, gradient) -> tuple[float, np.ndarray]:
            nonlocal largest
            if not np.isfinite(loss):
                return 10 * largest, np.zeros_like(gradient)
            largest = max(largest, abs(loss))
            return loss, gradient

        other._wall = wall
        return other

    def loss(self, w, rows=None) -> float:
        """The loss without its gradient."""
        if self._loss is None or not np.isfinite(w).all():
            return self(w, rows)[0]
        with np.errstate(over="ignore", invalid="ignore"):
            return self._loss(w, rows)

    @property
    def n_batches(self) -> int:
        """Number of mini-batches in a pass over all rows."""
        return 1 if self._batch_size is None else -(-self._n_samples // self._batch_size)

    def epoch(self, rng) -> Iterator[np.ndarray | None]:
        """Rows of each mini-batch, in random order; a single None where a batch is all rows."""
        if self._batch_size is None or self._batch_size >= self._n_samples:
            yield None
            return
        order = rng.permutation(self._n_samples)
        for a in range(0, self._n_samples, self._batch_size):
            yield np.sort(order[a : a + self._batch_size])


class LBFGS(CheckedState, BaseEstimator):
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

    def __call__(self, objective, w, report, rng) -> None:
        """Run until `report` raises `Stop`, or no step lowers the loss."""
        memory = check_count("memory", self.memory, most=_MOST_MEMORY)
        if not len(w):  # nothing to train, which older versions of SciPy refuse
            report(w, objective.loss(w))
            return
        options = {"maxcor": memory, "maxiter": 10**9, "maxfun": 10**9, "ftol": 0.0, "gtol": 1e-12}
        result = optimize.minimize(
            objective.walled(),
            w,
            jac=True,
            method="L-BFGS-B",
            callback=lambda intermediate_result: report(intermediate_result.x.copy(), intermediate_result.fun),
            options=options,
        )
        if result.nit == 0:  # the start is as good as it gets, or has no loss
            report(result.x, objective.loss(result.x))


class GoesOn(CheckedState, BaseEstimator):
    """Base class of optimisers that, called anew at the weights of their last report, go on as if they had not ended.

    What they remember is all of their state that is no parameter: numbers, text and arrays.
    """

    def follows(self, before) -> bool:
        """Whether this one can go on with what another one remembers."""
        return type(before) is type(self)

    def memory(self) -> dict[str, Any]:
        """What the optimiser remembers, by name."""
        state: Any = self.__getstate__()
        parameters = self.get_params(deep=False)
        return {name: value for name, value in state.items() if name not in parameters}

    def remember(self, memory: dict[str, Any]) -> None:
        """Remember what another one did; ValueError for what an optimiser cannot have."""
        check_kind("memory", memory, dict, "a dict of what an optimiser remembers")
        names, taken = list(map(str, memory)), self.get_params(deep=False)
        if any(not name.isidentifier() or hasattr(type(self), name) or name in taken for name in names):
            raise ValueError(f"memory must hold what an optimiser remembers, got {', '.join(sorted(names))}.")
        self.__dict__.update(memory)


class StepOptimizer(GoesOn, ABC):
    """Base class of optimisers that take a step for each mini-batch; a subclass writes the abstract methods."""

    @abstractmethod
    def _begin(self, objective) -> None:
        """Check the parameters, before the first step of a call."""

    @abstractmethod
    def _step(self, w, gradient) -> np.ndarray:
        """The next weights."""

    def __call__(self, objective, w, report, rng) -> None:
        """Run until `report` raises `Stop`; an iteration is one pass over all rows."""
        self._begin(objective)
        while True:
            losses = []
            for rows in objective.epoch(rng):
                loss, gradient = objective(w, rows)
                losses.append(loss)
                w = self._step(w, gradient)
            # The loss of a whole batch belongs to the weights before the step.
            report(w, objective.loss(w) if len(losses) == 1 else float(np.mean(losses)))


class Adam(StepOptimizer):
    """Gradient descent with momentum and a step of its own for each weight.

    ``w <- w - learning_rate * m / (sqrt(v) + 1e-8)``, m and v being running means of the gradient
    and of its square, corrected for their start at 0. They are kept from call to call.

    Parameters
    ----------
    learning_rate : float, default=0.05
        Size of the first steps, in radians for angles.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the means.
    n_warm_up : int, default=0
        Steps over which the size grows to ``learning_rate`` in equal parts: the first steps are as large however small
        the gradient is, which throws off weights that were trained before.

    References
    ----------
    D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, arXiv 1412.6980.
    J. Ma and D. Yarats, On the adequacy of untuned warmup for adaptive optimization, arXiv 1910.04209.
    """

    _contents: ClassVar[dict] = {
        "m_": optional(floats("n_weights")),
        "v_": optional(floats("n_weights")),
        "n_steps_": optional(count()),
    }

    def __init__(self, learning_rate=0.05, beta_1=0.9, beta_2=0.999, n_warm_up=0):
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.n_warm_up = n_warm_up

    def _begin(self, objective) -> None:
        check_number("learning_rate", self.learning_rate)
        for name in ("beta_1", "beta_2"):
            check_number(name, getattr(self, name), high=1.0, closed="left")
        check_count("n_warm_up", self.n_warm_up, 0, _MOST_WARM_UP)

    def _step(self, w, gradient):
        if getattr(self, "m_", np.zeros(0)).shape != gradient.shape:
            self.m_, self.v_, self.n_steps_ = np.zeros_like(gradient), np.zeros_like(gradient), 0
        self.n_steps_ += 1
        self.m_ = self.beta_1 * self.m_ + (1 - self.beta_1) * gradient
        self.v_ = self.beta_2 * self.v_ + (1 - self.beta_2) * gradient**2
        m = self.m_ / (1 - self.beta_1**self.n_steps_)
        v = self.v_ / (1 - self.beta_2**self.n_steps_)
        rate = self.learning_rate * min(1.0, self.n_steps_ / max(1, self.n_warm_up))
        return w - rate * m / (np.sqrt(v) + 1e-8)


class SPSA(CheckedState, BaseEstimator):
    """Gradient descent along random directions, two losses a step however many weights there are.

    ``w <- w - a_k d (L(w + c_k d) - L(w - c_k d)) / (2 c_k)`` with random signs d,
    ``a_k = a / (k + 1 + A)^0.602`` and ``c_k = perturbation / (k + 1)^0.101``.

    Parameters
    ----------
    learning_rate : float, default=0.2
        Size of the first step in each weight, in radians for angles; from the mean slope along
        ``n_calibration`` random directions it gives a. No later step is larger.
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

    def __call__(self, objective, w, report, rng) -> None:
        """Run until `report` raises `Stop`; the loss of a step is the mean of its two losses."""
        self._check()
        slopes = [abs(self._slope(objective, w, rng, self.perturbation)[1]) for _ in range(self.n_calibration)]
        a = self.learning_rate * (1 + self.stability) ** 0.602 / max(float(np.mean(slopes)), 1e-10)
        k = 0
        while True:
            losses = []
            for rows in objective.epoch(rng):
                c = self.perturbation / (k + 1) ** 0.101
                loss, slope, direction = self._slope(objective, w, rng, c, rows)
                step = a / (k + 1 + self.stability) ** 0.602 * slope
                w = w - np.clip(step, -self.learning_rate, self.learning_rate) * direction
                losses.append(loss)
                k += 1
            report(w, float(np.mean(losses)))

    def _check(self):
        for name in ("learning_rate", "perturbation"):
            check_number(name, getattr(self, name))
        check_number("stability", self.stability, high=1e9, closed="left")
        check_count("n_calibration", self.n_calibration, most=_MOST_CALIBRATION)

    def _slope(self, objective, w, rng, c, rows=None):
        direction = rng.choice([-1.0, 1.0], len(w))
        up, down = (objective.loss(w + sign * c * direction, rows) for sign in (1, -1))
        return (up + down) / 2, (up - down) / (2 * c), direction
