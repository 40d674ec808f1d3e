"""The code of a field of which some points are known."""

import numpy as np

from ...training import LBFGS, minimize
from .network import FieldNetwork


def likeliest_code(network: FieldNetwork, v, inputs, Y, alpha) -> np.ndarray:
    """Code (n_latent,) of highest posterior density, from the best of the trained ones on.

    Parameters
    ----------
    network : FieldNetwork
    v : ndarray (n_parameters,)
        Stay as they are.
    inputs : ndarray (n_points, n_inputs)
        Encoded points that are known.
    Y : ndarray (n_points, n_outputs)
    alpha : float
        Precision of the prior, against the sum of squared errors over 2.
    """
    weights, theta, codes = network.unpack(v)

    def posterior(z, rows=None):
        S, back = network.values(inputs, np.broadcast_to(z, (len(inputs), len(z))), weights, theta)
        slope = back(S - Y)[0][:, inputs.shape[1] :].sum(axis=0)
        return 0.5 * np.sum((S - Y) ** 2) + 0.5 * alpha * z @ z, slope + alpha * z

    start = min(codes, key=lambda z: posterior(z)[0])
    return minimize(posterior, start, LBFGS(), max_iter=200, tol=None).w
