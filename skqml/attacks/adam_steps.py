"""The attack by steps of Adam on chosen features."""

import numpy as np

from .._checks import as_generator, check_callable, check_count, check_number, check_numbers
from ..training import cross_entropy
from .gradient_steps import A_LOSS
from .target import Target, Worst

_DECAYS = 0.9, 0.999  # of the means of gradients and of their squares


def adam(
    model,
    X,
    y,
    epsilon,
    *,
    norm="inf",
    clip=None,
    loss=cross_entropy,
    steps=10,
    step_size=0.01,
    mask=None,
    random_state=None,
) -> np.ndarray:
    """Steps of Adam up the loss, from the rows themselves, on all features or on chosen ones.

    So were images attacked in the experiment of the source, on pixels above the background alone. The steps are few and
    short, and there is one start: `apgd` is the stronger attack.

    Parameters
    ----------
    model, X, y, epsilon, norm, clip, loss
        As in `fgsm`.
    steps : int, default=10
    step_size : float, default=0.01
        Size of the first steps of a feature, in its own units.
    mask : callable (X) or array-like (n_features,), default=None
        Which features may change: what is true of the rows, (n_samples, n_features), such as
        ``lambda X: X > 0.05``, or the same features of all rows; ``None`` means all.
    random_state : int, RandomState, Generator or None, default=None
        Not used; all attacks take it.

    Returns
    -------
    X_adv : ndarray (n_samples, n_features)

    References
    ----------
    W. Ren et al., Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci.
    2, 711 (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skqml.attacks import adam
    >>> X, y = np.array([[-1.0, 0.0], [1.0, -0.2]]), [0, 1]
    >>> adam(LogisticRegression().fit(X, y), X, y, 0.25, steps=2, step_size=0.1, mask=lambda X: X > 0).round(2)
    array([[-1. ,  0. ],
           [ 0.8, -0.2]])
    """
    target = Target.checked(model, X, y, epsilon, norm, clip)
    as_generator("random_state", random_state)
    steps, step_size = check_count("steps", steps), check_number("step_size", step_size)
    check_callable("loss", loss, A_LOSS)
    ball, Z = target.ball, target.ball.X
    free, worst = _free(mask, ball.X), Worst(ball.X)
    m, v = np.zeros(Z.shape), np.zeros(Z.shape)
    for k in range(1, steps + 1):
        losses, fooled, G = target.slopes(Z, loss)
        worst.update(Z, losses, fooled)
        m, v = (b * mean + (1 - b) * g for b, mean, g in zip(_DECAYS, (m, v), (G, G**2), strict=True))
        rate = step_size / (1 - _DECAYS[0] ** k)
        Z = ball.project(Z + free * rate * m / (np.sqrt(v / (1 - _DECAYS[1] ** k)) + np.finfo(float).tiny))
    worst.look(target, Z, loss)
    return worst.Z


def _free(mask, X) -> np.ndarray:
    """Ones (n_samples, n_features) or (n_features,) at the features that may change."""
    if mask is None:
        return np.ones(X.shape[1])
    free = check_numbers("mask", mask(X) if callable(mask) else mask, (1, 2))
    if free.shape != X.shape[1:] and not (callable(mask) and free.shape == X.shape):
        raise ValueError(
            f"mask must be None, {X.shape[1]} numbers, one a feature, or a function of rows X that gives an array of "
            f"their shape, got {mask!r}."
        )
    return (free != 0).astype(float)
