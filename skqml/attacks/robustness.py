"""How many rows a classifier still takes for what they are when somebody may move them."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from sklearn.utils import Bunch

from .._checks import as_tuple, check_callable, check_numbers
from .auto_steps import apgd
from .losses import logit_ratio
from .square import square
from .target import Target

WORST = (apgd, partial(apgd, loss=logit_ratio), square)


def robust_score(model, X, y, epsilon, *, attacks=None, norm="inf", clip=None, random_state=None) -> float:
    """Accuracy under the worst of several attacks: a row counts if it stands as it is and after each attack.

    An attack is a function ``attack(model, X, y, epsilon, *, norm, clip, random_state) -> X_adv``, such as `apgd`,
    ``partial(apgd, restarts=5)`` or one of your own. Each sees the rows that are still right.

    This is an upper bound of the true robust accuracy: an attack that fails proves nothing. For linear models, gradient
    attacks reach it with ``norm="inf"``. Shots, and models whose gradients vanish, make them fail; `square` is there
    for those.

    Parameters
    ----------
    model : fitted classifier
        Any of scikit-learn's form, with ``decision_function`` or ``predict_proba``. Attack the model that is judged:
        rows that were made for another one say little.
    X : array-like (n_samples, n_features)
    y : array-like (n_samples,)
    epsilon : float
        Largest distance.
    attacks : sequence of callables, default=None
        ``None`` means `apgd` on `cross_entropy` and on `logit_ratio`, then `square`.
    norm, clip
        As in `fgsm`.
    random_state : int, RandomState or None, default=None
        Handed to each attack.

    Returns
    -------
    float

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skqml.attacks import fgsm, robust_score
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X, y)
    >>> round(robust_score(model, X, y, 0.25, attacks=[fgsm]), 2)
    0.79
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    stands = _standing(target, _right(target, target.ball.X), y, _checked(attacks), random_state)
    return float(np.mean(stands))


def robustness_curve(model, X, y, epsilons, *, attacks=None, norm="inf", clip=None, random_state=None) -> Bunch:
    """Accuracy under attack at several distances; a row that fell at one counts as fallen at all larger ones.

    Parameters
    ----------
    model, X, y, attacks, norm, clip, random_state
        As in `robust_score`.
    epsilons : array-like (n_epsilons,)
        Distances, in rising order.

    Returns
    -------
    Bunch
        ``epsilons`` and ``scores``, arrays (n_epsilons,).
    """
    epsilons = check_numbers("epsilons", epsilons)
    if not len(epsilons) or (np.diff(epsilons) < 0).any() or epsilons[0] < 0:
        raise ValueError(f"epsilons must be at least one distance, of 0 or more, in rising order, got {epsilons}.")
    attacks, scores, stands = _checked(attacks), [], None
    for epsilon in epsilons:
        target = Target.checked(model, X, y, float(epsilon), norm, clip)
        stands = _right(target, target.ball.X) if stands is None else stands
        stands = _standing(target, stands, y, attacks, random_state)
        scores.append(np.mean(stands))
    return Bunch(epsilons=epsilons, scores=np.array(scores))


def _checked(attacks) -> Sequence:
    attacks = WORST if attacks is None else as_tuple("attacks", attacks)
    what = "None or functions attack(model, X, y, epsilon, norm=, clip=, random_state=)"
    return [check_callable("attacks", attack, what) for attack in attacks]


def _standing(target: Target, stands, y, attacks, random_state) -> np.ndarray:
    """Which of the rows that stand (bool) still do after the attacks."""
    stands, ball, y = stands.copy(), target.ball, np.asarray(y)
    clip = None if np.isinf(ball.low).all() and np.isinf(ball.high).all() else (ball.low, ball.high)
    for attack in attacks if ball.epsilon else ():
        rows = np.flatnonzero(stands)
        if len(rows):
            options = {"norm": ball.norm, "clip": clip, "random_state": random_state}
            Z = attack(target.model, ball.X[rows], y[rows], ball.epsilon, **options)
            stands[rows] = _right(target[rows], ball[rows].taken(Z, attack))
    return stands


def _right(target: Target, Z) -> np.ndarray:
    """Whether points are taken for what they are."""
    return target.predicted(Z) == target.labels
