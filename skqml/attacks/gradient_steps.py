"""Attacks by steps along the gradient, of a size that is given."""

import numpy as np

from .._checks import as_generator, check_callable, check_count, check_number
from ..training import cross_entropy
from .target import Target, Worst

A_LOSS = "a function (S, Y) -> (losses, slopes)"


def fgsm(model, X, y, epsilon, *, norm="inf", clip=None, loss=cross_entropy, random_state=None) -> np.ndarray:
    """One step of full length along the gradient of the loss: ``x + epsilon sign(dL/dx)``, or ``/ |dL/dx|``.

    Parameters
    ----------
    model : fitted classifier
        Gradients are its own where it has ``input_pullback`` or ``input_gradient``, also in a search, or behind affine
        steps of a pipeline such as scalers and PCA; else central differences of its ``decision_function`` or
        ``predict_proba``.
    X : array-like (n_samples, n_features)
        Rows, as the model takes them.
    y : array-like (n_samples,)
        Their labels.
    epsilon : float
        Largest distance of a row from what it becomes.
    norm : {"inf", 2}, default="inf"
        What distance is: the largest change of a feature, or the Euclidean norm of all changes.
    clip : pair (low, high), default=None
        Range of all features, two numbers or arrays (n_features,), in which X has to lie.
    loss : callable (S, Y) -> (losses, slopes), default=cross_entropy
        What is raised; see `skqml.training`.
    random_state : int, RandomState, Generator or None, default=None
        Not used; all attacks take it.

    Returns
    -------
    X_adv : ndarray (n_samples, n_features)

    References
    ----------
    I. Goodfellow, J. Shlens and C. Szegedy, Explaining and harnessing adversarial examples, ICLR 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skqml.attacks import fgsm
    >>> X, y = np.array([[-1.0, 0.0], [1.0, 0.0]]), [0, 1]
    >>> fgsm(LogisticRegression().fit(X, y), X, y, 0.25).round(2)[:, 0]
    array([-0.75,  0.75])
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    as_generator("random_state", random_state)
    ball = target.ball
    G = target.slopes(ball.X, check_callable("loss", loss, A_LOSS))[2]
    return ball.project(ball.X + ball.epsilon * ball.ascent(G))


def pgd(
    model,
    X,
    y,
    epsilon,
    *,
    norm="inf",
    clip=None,
    loss=cross_entropy,
    steps=40,
    step_size=None,
    restarts=1,
    random_state=None,
) -> np.ndarray:
    """Projected gradient ascent on the loss, from random points within the distance.

    Of itself and all points on its way a row becomes one that is taken for another class, if there is one, of the
    highest loss.

    Parameters
    ----------
    model, X, y, epsilon, norm, clip, loss
        As in `fgsm`.
    steps : int, default=40
    step_size : float, default=None
        ``None`` means ``2.5 epsilon / steps``.
    restarts : int, default=1
        Number of starts.
    random_state : int, RandomState, Generator or None, default=None
        Source of the starts.

    Returns
    -------
    X_adv : ndarray (n_samples, n_features)

    References
    ----------
    A. Madry et al., Towards deep learning models resistant to adversarial attacks, ICLR 2018.
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    ball, rng = target.ball, as_generator("random_state", random_state)
    steps, restarts = check_count("steps", steps), check_count("restarts", restarts)
    check_callable("loss", loss, A_LOSS)
    size = 2.5 * ball.epsilon / steps if step_size is None else check_number("step_size", step_size, also="None or ")
    worst = Worst.begun(target, loss)
    for _ in range(restarts):
        Z = ball.random(rng)
        for _ in range(steps):
            losses, fooled, G = target.slopes(Z, loss)
            worst.update(Z, losses, fooled)
            Z = ball.project(Z + size * ball.ascent(G))
        worst.look(target, Z, loss)
    return worst.Z
