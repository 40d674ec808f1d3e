"""Tasks of a benchmark study: a hyperplane, a hidden manifold, two curves."""

import numpy as np

from .._checks import as_random_state, check_count, check_number


def make_linearly_separable(
    n_samples=100, n_features=2, *, margin=0.02, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return rows of a cube that a hyperplane tells apart, with a margin.

    Rows are uniform in [-1, 1]^n where ``|sum_k x_k| > margin n``, and ``y = 1`` where the sum is positive: any
    linear model can learn it, and what fails here has no need of harder tasks.

    Parameters
    ----------
    n_samples : int, default=100
        Halved between the classes.
    n_features : int, default=2
    margin : float, default=0.02
        In [0, 1), for each feature; 0.02 is that of the study.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, n_features)
    y : ndarray of int (n_samples,)

    Raises
    ------
    ValueError
        If a parameter is out of range, or rows with such a margin are too rare.

    References
    ----------
    J. Bowles, S. Ahmed and M. Schuld, Better than classical? The subtle art of benchmarking quantum machine learning
    models, arXiv:2403.07059 (2024); so are `make_hidden_manifold` and `make_two_curves`.

    Examples
    --------
    >>> from skqml.datasets import make_linearly_separable
    >>> X, y = make_linearly_separable(6, random_state=0)
    >>> (X.sum(axis=1) > 0).astype(int).tolist() == y.tolist(), y.sum()
    (True, np.int64(3))
    """
    n_samples, n_features = check_count("n_samples", n_samples), check_count("n_features", n_features)
    margin = check_number("margin", margin, 0.0, 1.0, "left")
    rng, X = as_random_state(random_state), np.zeros((0, n_features))
    for _ in range(100):
        drawn = rng.uniform(-1.0, 1.0, (2 * n_samples, n_features))
        X = np.concatenate([X, drawn[np.abs(drawn.sum(axis=1)) > margin * n_features]])[:n_samples]
        if len(X) == n_samples:
            y = _halves(n_samples, rng)
            return X * np.where((X.sum(axis=1) > 0) == y, 1.0, -1.0)[:, None], y
    raise ValueError(f"Rows with margin={margin} are too rare with n_features={n_features}; lower the margin.")


def make_hidden_manifold(
    n_samples=100, n_features=10, *, n_latent=6, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return rows on a manifold of few dimensions, with labels that depend on the place on it.

    ``x = tanh(F z / sqrt(n_latent) - b)`` of normal latent vectors z, and ``y = 1`` where the network
    ``v . tanh(W z / sqrt(n_latent))`` is above its median; F, W and v are normal, b is uniform in [-1, 1].

    Parameters
    ----------
    n_samples : int, default=100
    n_features : int, default=10
    n_latent : int, default=6
        Dimension of the manifold, and units of the network; 6 is that of the study.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, n_features)
        From -1 to 1.
    y : ndarray of int (n_samples,)
        Half of each class.

    References
    ----------
    S. Goldt, M. Mezard, F. Krzakala and L. Zdeborova, Modeling the influence of data structure on learning in neural
    networks: the hidden manifold model, Phys. Rev. X 10, 041044 (2020); see `make_linearly_separable`.

    Examples
    --------
    >>> from skqml.datasets import make_hidden_manifold
    >>> X, y = make_hidden_manifold(6, 4, random_state=0)
    >>> X.shape, y.sum()
    ((6, 4), np.int64(3))
    """
    n_samples, n_features = check_count("n_samples", n_samples), check_count("n_features", n_features)
    n_latent = check_count("n_latent", n_latent)
    rng = as_random_state(random_state)
    F, W = rng.normal(size=(n_latent, n_features)), rng.normal(size=(n_latent, n_latent))
    v, b = rng.normal(size=n_latent), rng.uniform(-1.0, 1.0, n_features)
    Z = rng.normal(size=(n_samples, n_latent)) / np.sqrt(n_latent)
    values = np.tanh(Z @ W) @ v
    return np.tanh(Z @ F - b), (values > np.median(values)).astype(int)


def make_two_curves(
    n_samples=100, n_features=10, *, degree=5, offset=0.1, noise=0.01, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return rows near two parallel closed curves, one a class.

    Each feature is a random Fourier series of t, which is uniform in [0, 1): ``x_k = sum_{m=1}^degree
    (a_km cos 2 pi m t + b_km sin 2 pi m t) + offset y + noise``, with normal coefficients of variance 1 / degree. The
    higher the degree and the smaller the offset, the harder the task.

    Parameters
    ----------
    n_samples : int, default=100
        Halved between the classes.
    n_features : int, default=10
    degree : int, default=5
        How often the curves turn.
    offset : float, default=0.1
        Of all features of the second curve.
    noise : float, default=0.01
        Standard deviation.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, n_features)
    y : ndarray of int (n_samples,)

    References
    ----------
    S. Buchanan, D. Gilboa and J. Wright, Deep networks and the multiple manifold problem, ICLR 2021; see
    `make_linearly_separable`.

    Examples
    --------
    >>> from skqml.datasets import make_two_curves
    >>> X, y = make_two_curves(6, 4, random_state=0)
    >>> X.shape, y.sum()
    ((6, 4), np.int64(3))
    """
    n_samples, n_features = check_count("n_samples", n_samples), check_count("n_features", n_features)
    degree, offset = check_count("degree", degree), check_number("offset", offset, 0.0, np.inf, "left")
    noise, rng = check_number("noise", noise, 0.0, np.inf, "left"), as_random_state(random_state)
    coefficients = rng.normal(size=(2 * degree, n_features)) / np.sqrt(degree)
    turns = 2 * np.pi * np.outer(rng.uniform(size=n_samples), np.arange(1, degree + 1))
    y = _halves(n_samples, rng)
    X = np.hstack([np.cos(turns), np.sin(turns)]) @ coefficients + offset * y[:, None]
    return X + rng.normal(0.0, noise, X.shape), y


def _halves(n_samples, rng) -> np.ndarray:
    """Labels 0 and 1, as many of each, in random order."""
    return rng.permutation(np.arange(n_samples) % 2)
