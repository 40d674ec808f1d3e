"""Where training starts: angles for which gradients do not vanish."""

import numpy as np

from ..._checks import check_numbers
from ...training import Training, minimize

_SMALL = 0.1  # radians


def initial_weights(init, n_encoding: int, n_ansatz: int, rng) -> np.ndarray:
    """Weights (n_encoding + n_ansatz,) of a circuit, those of the encoding first.

    Parameters
    ----------
    init : {"small", "identity", "layerwise"}, callable (n_weights, rng), array-like or None
        See `VariationalClassifier`.
    n_encoding, n_ansatz : int
    rng : numpy.random.Generator
    """
    n_weights = n_encoding + n_ansatz
    if init is None or isinstance(init, str):
        w = rng.normal(0.0, _SMALL, n_weights)
        if init == "identity":
            w[n_encoding:] = _twice(n_ansatz, rng)
        return w
    w = check_numbers("init", init(n_weights, rng) if callable(init) else init)
    if w.shape != (n_weights,):
        raise ValueError(
            f"init must give {n_weights} finite numbers, one for each weight of the circuit, got shape {w.shape}."
        )
    return w


def _twice(n_ansatz, rng):
    if n_ansatz % 2:
        raise ValueError(
            f"init='identity' needs an ansatz and its inverse, as `mirrored` draws them, "
            f"got an odd number of {n_ansatz} weights."
        )
    return np.tile(rng.uniform(0.0, 2 * np.pi, n_ansatz // 2), 2)


def grow(risk, v, n_weights: int, layer: int, optimizer, rng, checkpoint=None, n_iter: int = 10) -> Training:
    """Train the first of ``n_weights`` weights for a few iterations, then more and more of them, ``layer`` at a time.

    The weights not yet trained are 0. The last layers are left to the training that follows, unless
    it is interrupted here.

    References
    ----------
    A. Skolik et al., Layerwise learning for quantum neural networks, Quantum Machine Intelligence
    3, 5 (2021).
    """
    reached = v
    for n_free in range(layer, n_weights, layer):
        index = np.arange(len(v))
        later = (index >= n_free) & (index < n_weights)

        def early(v, later=later):
            return np.where(later, 0.0, v)

        def loss_and_grad(v, rows, early=early):
            loss, gradient = risk(early(v), rows)
            return loss, early(gradient)

        def loss(v, rows, early=early):
            return risk.value(early(v), rows)

        options = {"loss": loss, "max_iter": n_iter, "tol": None, "rng": rng, "checkpoint": checkpoint}
        training = minimize(loss_and_grad, early(reached), optimizer(), **options)
        training.w = early(training.w)  # without gradients, an optimiser walks in all of them
        if training.ended_by == "interrupted":
            return training
        reached = np.where(later, v, training.w)
    return Training(reached)
