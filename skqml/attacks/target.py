"""A classifier as attacks see it: scores, losses, and their gradients by the features."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, Self

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import check_is_fitted

from .._checks import shown
from ..models.base.labels import one_hot
from .ball import Ball
from .pipelines import Pullback, classifier_inside, find_pullback

_STEP = 1e-3  # of finite differences, as a part of epsilon
_ROWS = 2**14  # of one call for finite differences
_SMALLEST = 1e-12  # probability whose logarithm is a score


class Target:
    """Rows of a classifier that are attacked, by its gradients where it has them.

    Parameters
    ----------
    model : fitted classifier
    Y : ndarray (n_samples, n_classes)
        Ones at the classes of the rows.
    ball : Ball
        Where their points may lie.
    pullback : callable () -> callable or None, default=None
        Finds ``input_pullback`` of the model, once for all targets that share it; ``None`` means `find_pullback`.
    """

    def __init__(self, model, Y: np.ndarray, ball: Ball, pullback: Callable[[], Pullback | None] | None = None):
        self.model, self.Y, self.ball = model, Y, ball
        self._pullback = cache(partial(find_pullback, model, ball.X)) if pullback is None else pullback

    @classmethod
    def checked(cls, model, X, y, epsilon, norm, clip) -> "Target":
        """What is attacked, of arguments as users give them."""
        classes = check_classifier(model)
        X = check_array(X, dtype=float, input_name="X")
        y = column_or_1d(y)
        check_consistent_length(X, y)
        return cls(model, one_hot(y, classes), Ball.checked(X, epsilon, norm, clip))

    def __len__(self) -> int:
        return len(self.Y)

    def __getitem__(self, rows) -> Self:
        return type(self)(self.model, self.Y[rows], self.ball[rows], self._pullback)

    def scores(self, Z) -> np.ndarray:
        """Scores (n_samples, n_classes), the highest for the class that is predicted."""
        with _any_names():
            if _has_decisions(self.model):
                S = np.asarray(self.model.decision_function(Z), dtype=float)
                return _of_classes(S if S.ndim == 2 else 0.5 * np.column_stack([-S, S]), self.Y.shape[1])
            return np.log(np.maximum(self.model.predict_proba(Z), _SMALLEST))

    @property
    def labels(self) -> np.ndarray:
        """Classes (n_samples,) of the rows."""
        return self.model.classes_[self.Y.argmax(axis=1)]

    def predicted(self, Z) -> np.ndarray:
        """Classes (n_samples,) that the model takes points for."""
        with _any_names():
            return self.model.predict(Z)

    def fooled(self, S) -> np.ndarray:
        """Whether the highest score (n_samples,) is that of another class."""
        return self.Y[np.arange(len(S)), S.argmax(axis=1)] == 0

    def slopes(self, Z, loss: Callable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Losses (n_samples,) of points, whether they fool the model, and the gradients (n_samples, n_features)."""
        if (forward := self._pullback()) is not None:
            with _any_names():
                S, pullback = forward(Z)
            losses, g = loss(S, self.Y)
            return losses, self.fooled(S), pullback(g)
        S = self.scores(Z)
        if hasattr(self.model, "input_gradient"):  # that of its own loss
            return loss(S, self.Y)[0], self.fooled(S), self.model.input_gradient(Z, self.labels)
        return loss(S, self.Y)[0], self.fooled(S), self.differences(Z, loss)

    def differences(self, Z, loss) -> np.ndarray:
        """Gradients (n_samples, n_features) of losses by central differences."""
        d, h = Z.shape[1], _STEP * self.ball.epsilon
        steps = h * np.concatenate([np.eye(d), -np.eye(d)])
        G, size = np.empty(Z.shape), max(1, _ROWS // len(steps))
        for a in range(0, len(Z) if h else 0, size):
            points = (Z[a : a + size, None] + steps).reshape(-1, d)
            repeated = self[np.repeat(np.arange(len(Z))[a : a + size], len(steps))]
            losses = loss(repeated.scores(points), repeated.Y)[0]
            up, down = losses.reshape(-1, 2, d).swapaxes(0, 1)
            G[a : a + size] = (up - down) / (2 * h)
        return G if h else np.zeros(Z.shape)


@contextmanager
def _any_names() -> Iterator[None]:
    """Let a model that was fitted on a table with names take arrays without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        yield


class Worst:
    """The worst point of each row so far: one that fools the model, if there is one, of the highest loss.

    Attributes
    ----------
    Z : ndarray (n_samples, n_features)
    losses : ndarray (n_samples,)
    fooled : ndarray of bool (n_samples,)
    """

    def __init__(self, X):
        self.Z = X.copy()
        self.losses, self.fooled = np.full(len(X), -np.inf), np.zeros(len(X), dtype=bool)

    @classmethod
    def begun(cls, target: Target, loss: Callable) -> "Worst":
        """The rows themselves, which no point is to be better than."""
        worst = cls(target.ball.X)
        worst.look(target, worst.Z.copy(), loss)
        return worst

    def look(self, target: Target, Z, loss: Callable) -> None:
        """Ask about points of all rows, whose losses are ``loss(S, Y)[0]``."""
        S = target.scores(Z)
        self.update(Z, loss(S, target.Y)[0], target.fooled(S))

    def update(self, Z, losses, fooled, rows=slice(None)) -> None:
        """Look at further points of some rows."""
        rows = np.arange(len(self.Z))[rows]
        worse = np.where(fooled == self.fooled[rows], losses > self.losses[rows], fooled)
        here = rows[worse]
        self.Z[here], self.losses[here], self.fooled[here] = Z[worse], losses[worse], fooled[worse]


def check_classifier(model) -> Any:
    """The classes of a fitted classifier; refuse what is none, and one without scores."""
    if not hasattr(model, "predict") or isinstance(model, type):
        raise TypeError(f"model must be a fitted classifier, got {shown(model)}.")
    check_is_fitted(model)
    if not hasattr(model, "classes_") or not any(hasattr(model, s) for s in ("decision_function", "predict_proba")):
        raise TypeError(f"model must have classes_, and decision_function or predict_proba, got {shown(model)}.")
    if not _has_decisions(model) and not hasattr(model, "predict_proba"):
        raise TypeError(
            f"model must have scores of classes, not of pairs; set decision_function_shape='ovr', got {shown(model)}."
        )
    return model.classes_


def _has_decisions(model) -> bool:
    """Whether decisions of a classifier are scores of its classes, and not of pairs of them."""
    by_pairs = getattr(classifier_inside(model), "decision_function_shape", None) == "ovo" and len(model.classes_) > 2
    return hasattr(model, "decision_function") and not by_pairs


def _of_classes(S, n_classes: int) -> np.ndarray:
    """Scores (n_samples, n_classes); refuse others."""
    if S.shape[1] != n_classes:
        raise ValueError(
            f"model must have a decision for each of its {n_classes} classes, got shape {S.shape} of decision_function."
        )
    return S
