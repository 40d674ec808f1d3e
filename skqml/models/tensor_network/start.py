"""Angles that training starts from."""

import numpy as np

from ..._checks import check_numbers
from .network import TensorNetwork

_SCALE = 0.3


def start_angles(network: TensorNetwork, n_tokens, init, init_scale, rng) -> np.ndarray:
    """Normal angles about 0, or about those of a network that counts letters.

    For "counts" tokens start as ``RX(pi/2)|0>``, and a box as ``CRX(-pi)`` from two qubits of what came before to two
    of its token. Found in 0, the token multiplies amplitudes 0 and 1 of such a qubit by ``cos(pi/4 + e/2)`` and
    ``cos(pi/4 - e/2)``, e being what training adds to its RX: to first order ``log(p_0 / p_1)`` is the sum of -2e
    over all letters, however long the sequence. Qubits that the classes do not need are turned back by ``RX(-pi/2)``
    before the measurement, where both of their amplitudes meet. From angles about 0 neither a letter nor a box alone
    says anything, and from wide ones a long path forgets how it began.

    Parameters
    ----------
    network : TensorNetwork
    n_tokens : int
        Of the longest sequence.
    init : {"small", "counts"} or array-like (n_parameters,)
    init_scale : float or None
        Deviation; ``None`` means 0.3, divided by ``n_tokens`` for "counts": along a path angles of boxes add up.
    rng : numpy.random.Generator
    """
    if not isinstance(init, str):
        return _given(init, network.n_parameters)
    if init == "counts" and not network.contraction.scales:
        raise ValueError(
            "init='counts' needs tokens that are post-selected, got contraction='discard'; use init='small'."
        )
    if init_scale is None:
        init_scale = _SCALE / (n_tokens if init == "counts" else 1)
    v = rng.normal(0.0, init_scale, network.n_parameters)
    if init == "counts":
        angles, n = network.unpack(v), network.contraction.n_qubits
        angles.tokens[:, :n] += np.pi / 2
        for pair in {(0, 2 * n - 1), (n - 1, n)}:
            angles.merges[:, network.box.gates.index(("crx", pair))] -= np.pi
        if network.n_readouts == 1:
            angles.readouts[:, (network.n_classes - 1).bit_length() : n] -= np.pi / 2
    return v


def _given(init, n_parameters: int) -> np.ndarray:
    v = check_numbers("init", init)
    if v.shape != (n_parameters,):
        raise ValueError(f"init must be {n_parameters} finite numbers, one for each angle, got shape {v.shape}.")
    return v
