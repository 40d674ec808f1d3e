"""Where training starts: angles for which gradients do not vanish."""

import numpy as np

from ..training import minimize

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
    w = np.array(init(n_weights, rng) if callable(init) else init, dtype=float)
    if w.shape != (n_weights,) or not np.isfinite(w).all():
        raise ValueError(f"init must give {n_weights} finite numbers, one for each weight of the circuit, "
                         f"got shape {w.shape}.")  # fmt: skip
    return w


def _twice(n_ansatz, rng):
    if n_ansatz % 2:
        raise ValueError(f"init='identity' needs an ansatz and its inverse, as `mirrored` draws them, "
                         f"got an odd number of {n_ansatz} weights.")  # fmt: skip
    return np.tile(rng.uniform(0.0, 2 * np.pi, n_ansatz // 2), 2)


def grow(risk, v, layer: int, optimizer, rng, n_iter: int = 10) -> np.ndarray:
    """Train the first weights for a few iterations, then more and more of them, ``layer`` at a time.

    The weights not yet trained stay at 0. The last layers are left to the training that follows.

    References
    ----------
    A. Skolik et al., Layerwise learning for quantum neural networks, Quantum Machine Intelligence
    3, 5 (2021).
    """
    n_weights = risk.network.n_weights
    start = v.copy()
    v[layer:n_weights] = 0.0
    for n_free in range(layer, n_weights, layer):
        frozen = np.arange(len(v))
        frozen = (frozen >= n_free) & (frozen < n_weights)

        def loss_and_grad(v, rows, frozen=frozen):
            loss, gradient = risk(v, rows)
            return loss, np.where(frozen, 0.0, gradient)

        v = minimize(loss_and_grad, v, optimizer(), loss=risk.value, max_iter=n_iter, tol=None, rng=rng).w
        v[n_free : n_free + layer] = start[n_free : min(n_free + layer, n_weights)]
    return v
