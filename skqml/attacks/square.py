"""The attack that asks for scores alone."""

import numpy as np

from .._checks import as_generator, as_tuple, check_count, check_number
from .target import Target, Worst

# Queries of 10,000 after which the share of changed features is halved.
_HALVINGS = np.array([10, 50, 200, 1000, 2000, 4000, 6000, 8000])


def square(
    model, X, y, epsilon, *, norm="inf", clip=None, queries=1000, share=0.8, shape=None, random_state=None
) -> np.ndarray:
    """Random search: some features at a time get new changes of full size, kept where the margin falls.

    With ``norm="inf"`` each feature is changed by ``epsilon`` or ``-epsilon``; with 2, the changes of the chosen
    features get a new direction of all the length that the others leave. The features are a random few, or in an image
    a random square. Rows that are taken for another class are asked about no more.

    Parameters
    ----------
    model, X, y, epsilon, norm, clip
        As in `fgsm`; of the model nothing but scores is used.
    queries : int, default=1000
        Scores that are asked for, for each row, beside that of the row itself.
    share : float in (0, 1], default=0.8
        Part of the features that changes at first; it is halved eight times on the way.
    shape : pair of int, default=None
        Height and width of images, of which each feature is a pixel.
    random_state : int, RandomState, Generator or None, default=None

    Returns
    -------
    X_adv : ndarray (n_samples, n_features)

    References
    ----------
    M. Andriushchenko et al., Square attack: a query-efficient black-box adversarial attack via random search, ECCV
    2020; there with other windows for the norm 2.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skqml.attacks import square
    >>> X, y = load_iris(return_X_y=True)
    >>> model = RandomForestClassifier(10, random_state=0).fit(X, y)
    >>> model.score(square(model, X, y, 0.5, queries=100, random_state=0), y) < model.score(X, y) - 0.2
    True
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    rng, queries = as_generator("random_state", random_state), check_count("queries", queries)
    share = check_number("share", share, high=1.0, closed="right")
    sides = _sides(shape, target.ball.X.shape[1])
    worst = Worst.begun(target, _margins)
    for k in range(queries):
        rows = np.flatnonzero(~worst.fooled)
        if not len(rows):
            break
        ball, halvings = target.ball[rows], np.searchsorted(_HALVINGS, k * 10_000 / queries, side="right")
        chosen = _chosen(rng, len(rows), share / 2.0**halvings, sides) if k else np.ones(ball.X.shape, dtype=bool)
        Z = ball.project(ball.X + _changed(ball, worst.Z[rows] - ball.X, chosen, rng, one_sign=shape is not None))
        S = target.scores(Z)
        of_rows = target[rows]
        worst.update(Z, _margins(S, of_rows.Y)[0], of_rows.fooled(S), rows)
    return worst.Z


def _margins(S, Y) -> tuple[np.ndarray]:
    """Highest score of another class minus that of the own one: losses without slopes."""
    return (np.where(Y > 0, -np.inf, S).max(axis=1) - np.where(Y > 0, S, -np.inf).max(axis=1),)


def _sides(shape, n_features) -> tuple[int, int]:
    """Height and width of rows; those that are no images have one line."""
    if shape is None:
        return 1, n_features
    sides = tuple(check_count("shape", side) for side in as_tuple("shape", shape))
    if len(sides) != 2 or sides[0] * sides[1] != n_features:
        raise ValueError(f"shape must be None, or height and width of images of {n_features} pixels, got {shape!r}.")
    return sides[0], sides[1]


def _chosen(rng, n_rows, share, sides) -> np.ndarray:
    """The features (n_rows, n_features) that change: a share of them, or a square with that share of the pixels."""
    height, width = sides
    if height == 1:
        order = rng.random((n_rows, width)).argsort(axis=1)
        return order < max(1, round(share * width))
    side = min(max(1, round(np.sqrt(share * height * width))), *sides)
    top, left = (rng.integers(0, length - side + 1, (n_rows, 1)) for length in sides)
    lines, columns = np.arange(height) - top, np.arange(width) - left
    inside = ((lines >= 0) & (lines < side))[:, :, None] & ((columns >= 0) & (columns < side))[:, None]
    return inside.reshape(n_rows, -1)


def _changed(ball, step, chosen, rng, one_sign) -> np.ndarray:
    """Steps (n_rows, n_features) with new ones at the chosen features."""
    if ball.norm == "inf":
        signs = rng.choice([-1.0, 1.0], (len(step), 1) if one_sign else step.shape)
        return np.where(chosen, ball.epsilon * signs, step)
    kept = np.where(chosen, 0.0, step)
    new = np.where(chosen, rng.normal(size=step.shape), 0.0)
    length = np.sqrt(np.maximum(ball.epsilon**2 - np.sum(kept**2, axis=1, keepdims=True), 0.0))
    return kept + length * ball.ascent(new)
