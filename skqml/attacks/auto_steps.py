"""The attack by gradients that chooses its own step sizes."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from .._checks import as_generator, check_callable, check_count
from ..training import cross_entropy
from .gradient_steps import A_LOSS
from .target import Target, Worst

_MOMENTUM = 0.75  # part of a step that the new gradient has, the rest is the last step's
_RISES = 0.75  # share of steps that raise the loss, below which steps are too long


def apgd(
    model, X, y, epsilon, *, norm="inf", clip=None, loss=cross_entropy, steps=100, restarts=1, random_state=None
) -> np.ndarray:
    """Projected gradient ascent with momentum, whose steps are halved where they no longer raise the loss.

    Steps begin at ``2 epsilon``. At checkpoints, ever closer to each other, a row whose loss rose in fewer than 3 of 4
    steps, or whose best loss stands still, goes back to its best point with half the step. So there is no step size to
    choose, and none to choose wrongly. A row that is taken for another class goes no further, and has no further start.

    Parameters
    ----------
    model, X, y, epsilon, norm, clip
        As in `fgsm`.
    loss : callable (S, Y) -> (losses, slopes), default=cross_entropy
        What is raised; `logit_ratio` is the other one of the source.
    steps : int, default=100
    restarts : int, default=1
        Number of starts.
    random_state : int, RandomState, Generator or None, default=None
        Source of the starts.

    Returns
    -------
    X_adv : ndarray (n_samples, n_features)

    References
    ----------
    F. Croce and M. Hein, Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
    attacks, ICML 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelSVC
    >>> from skqml.attacks import apgd
    >>> X, y = load_iris(return_X_y=True)
    >>> model = QuantumKernelSVC().fit(X, y)
    >>> model.score(X, y) - model.score(apgd(model, X, y, 0.5, random_state=0), y) > 0.2
    True
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    rng, steps = as_generator("random_state", random_state), check_count("steps", steps)
    check_callable("loss", loss, A_LOSS)
    return climbed(target, loss, steps, check_count("restarts", restarts), rng)


def climbed(target: Target, loss, steps: int, restarts: int, rng) -> np.ndarray:
    """Where the rows of a target end; see `apgd`."""
    worst = Worst.begun(target, loss)
    for _ in range(restarts):
        rows = np.flatnonzero(~worst.fooled)
        if len(rows):
            found = _climbed_once(target[rows], loss, steps, rng)
            worst.update(found.Z, found.losses, found.fooled, rows)
    return worst.Z


@dataclass
class _Point:
    """Points (n_samples, n_features) with their losses and gradients."""

    Z: np.ndarray
    losses: np.ndarray
    G: np.ndarray

    def __getitem__(self, rows) -> Self:
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    def take(self, other: "_Point", rows) -> None:
        """Set some rows to those of another."""
        self.Z[rows], self.losses[rows], self.G[rows] = other.Z[rows], other.losses[rows], other.G[rows]


@dataclass
class _Climb(_Point):
    """Where rows are on their way.

    Attributes
    ----------
    target : Target
    best : _Point
        Where the losses were highest.
    before : ndarray (n_samples, n_features)
        The points one step ago.
    step : ndarray (n_samples, 1)
        Lengths of the next steps.
    rises, halved, best_before : ndarray (n_samples,)
        Since the last checkpoint, how often the loss rose; and of this one, whether it halved the step, and the highest
        loss.
    """

    target: Target
    best: _Point
    before: np.ndarray
    step: np.ndarray
    rises: np.ndarray
    halved: np.ndarray
    best_before: np.ndarray

    @classmethod
    def begun(cls, target: Target, point: _Point) -> "_Climb":
        """At the first points."""
        n, best = len(target), point[np.arange(len(target))]
        step = np.full((n, 1), 2 * target.ball.epsilon)
        whole = point.Z, point.losses, point.G, target, best, point.Z, step
        return cls(*whole, np.zeros(n), np.ones(n, dtype=bool), best.losses.copy())

    def ahead(self, momentum) -> np.ndarray:
        """The next points; of the last step goes on what the momentum of the new one leaves."""
        ball = self.target.ball
        Z = ball.project(self.Z + self.step * ball.ascent(self.G))
        return ball.project(self.Z + momentum * (Z - self.Z) + (1 - momentum) * (self.Z - self.before))

    def move(self, point: _Point) -> None:
        """Go to the next points."""
        self.rises += point.losses > self.losses
        self.before, self.Z, self.losses, self.G = self.Z, point.Z, point.losses, point.G
        self.best.take(self, self.losses > self.best.losses)

    def check(self, n_steps: int) -> None:
        """Halve the step of each row whose loss rose too seldom in the last steps, and move it back to its best point.

        A row whose best loss is no better than at the last check, where its step stayed, counts as well.
        """
        self.halved = (self.rises < _RISES * n_steps) | (~self.halved & (self.best.losses <= self.best_before))
        self.step[self.halved] /= 2
        self.take(self.best, self.halved)
        self.rises[:], self.best_before = 0, self.best.losses.copy()


def _climbed_once(target: Target, loss, steps: int, rng) -> Worst:
    """The worst points of one start; rows that fool the model go no further."""
    worst, rows = Worst(target.ball.X), np.arange(len(target))
    climb = _Climb.begun(target, _looked(target, target.ball.random(rng), loss, worst, rows))
    checkpoints, last = _checkpoints(steps), 0
    for k in range(1, steps + 1):
        right = ~worst.fooled[rows]
        if not right.all():
            climb, rows = climb[right], rows[right]
        if not len(rows):
            break
        climb.move(_looked(climb.target, climb.ahead(_MOMENTUM if k > 1 else 1.0), loss, worst, rows))
        if k in checkpoints:
            climb.check(k - last)
            last = k
    return worst


def _looked(target: Target, Z, loss, worst: Worst, rows) -> _Point:
    losses, fooled, G = target.slopes(Z, loss)
    worst.update(Z, losses, fooled, rows)
    return _Point(Z, losses, G)


def _checkpoints(steps: int) -> set[int]:
    """Numbers of steps after which step sizes are looked at: at 22 %, then at distances that fall to 6 %."""
    points, distance = [0.22], 0.22
    while points[-1] < 1:
        distance = max(distance - 0.03, 0.06)
        points.append(points[-1] + distance)
    return {int(np.ceil(p * steps)) for p in points}
