"""The default ansatz: where it starts, and how it grows where it does not suffice."""

import numpy as np
from sklearn.base import BaseEstimator

from ...circuits.ansatze.chemistry import ry_rz
from ...states import CheckedState
from .energy import Energies

# As shares of the sum of absolute coefficients:
_GAIN, _BEND = 1e-6, 3e-5  # what a step may still gain, and curvature downwards that is left alone
_STIFF = 1e-3  # curvature that a step reckons with at least
_STEP = 1e-4  # radians, of differences of slopes
_KICK, _DOWNHILL = 0.1, 0.5  # radians of new starts: at random, and along the most negative curvature

MAX_GROWTH = 4  # layers of pairs


class GrowingAnsatz(CheckedState, BaseEstimator):
    """`ry_rz`, followed by layers of rotations of all pairs of qubits.

    A layer of pairs is ``prod_{i<j} exp(-i u_ij X_j Y_i / 2) exp(-i v_ij X_i Y_j / 2)`` and then RY, RZ of each qubit:
    with all its weights 0 it changes nothing, and its slopes there show what any flip of one or two qubits would gain.

    Parameters
    ----------
    n_layers : int, default=3
        Of RY-RZ.
    n_pair_layers : int, default=0
        n (n + 1) more weights each on n qubits. `ZNEVQE` adds more.

    References
    ----------
    H. R. Grimsley, S. E. Economou, E. Barnes and N. J. Mayhall, An adaptive variational algorithm for exact molecular
    simulations on a quantum computer, Nature Communications 10, 3007 (2019), for circuits that grow by what lowers
    the energy.
    """

    def __init__(self, n_layers=3, n_pair_layers=0):
        self.n_layers = n_layers
        self.n_pair_layers = n_pair_layers

    def __call__(self, qc, weight) -> None:
        """Draw the ansatz into a circuit."""
        ry_rz(qc, weight, self.n_layers)
        for _ in range(self.n_pair_layers):
            for i in range(qc.num_qubits):
                for j in range(i + 1, qc.num_qubits):
                    for k in (i, j):
                        qc.sdg(k)
                        qc.rxx(weight(), i, j)
                        qc.s(k)
            ry_rz(qc, weight, 0)

    def with_layer(self) -> "GrowingAnsatz":
        """The ansatz with one layer of pairs more."""
        return GrowingAnsatz(self.n_layers, self.n_pair_layers + 1)

    def basis_state(self, bits) -> np.ndarray:
        """Weights (n_states, n_weights) that draw the basis states of bits (n_states, n_qubits)."""
        flips = np.array(bits, dtype=bool)
        for _ in range(self.n_layers):  # backwards through the chains of CX
            flips[:, 1:] ^= flips[:, :-1]
        n_states, n = flips.shape
        weights = np.zeros((n_states, 2 * n * (self.n_layers + 1) + self.n_pair_layers * n * (n + 1)))
        weights[:, 0 : 2 * n : 2] = np.pi * flips
        return weights


def starts_of_the_unfinished(energies: Energies, W, operators, rng) -> tuple[np.ndarray, np.ndarray]:
    """Hamiltonians whose energies have no minimum at weights W (n_operators, n_weights), and where to search on from.

    Returns
    -------
    unfinished : ndarray of int (n,)
        Those of the given operators for which a step of Newton's would lower the energy, or whose energy curves
        downwards in some direction: an excited state has no slopes, but is no minimum.
    starts : ndarray (2, n, n_weights)
        One along that direction, both with some noise.
    """
    scale = energies.sums.scale[operators]
    slopes, curvatures, directions = _curvature(energies, W[operators], operators)
    gains = (slopes**2 / np.maximum(np.abs(curvatures), _STIFF * scale[:, None])).sum(axis=1) / 2
    # Near a minimum, with slopes left, curvature may be negative by about as much as these.
    bends = -curvatures[:, 0] > np.maximum(_BEND * scale, np.linalg.norm(slopes, axis=1))
    more = (gains > _GAIN * scale) | bends
    starts = W[operators][more] + _KICK * rng.normal(size=(2, more.sum(), W.shape[1]))
    starts[0] += _DOWNHILL * directions[more, :, 0]
    return operators[more], starts


def _curvature(energies: Energies, W, operators) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slopes along the eigenvectors of the second derivatives, the eigenvalues (n, n_weights), and the eigenvectors.

    The lowest eigenvalue comes first. Second derivatives are differences of slopes.
    """
    n, p = W.shape
    steps = _STEP * np.concatenate([np.eye(p), -np.eye(p)])
    rows = (W[:, None] + steps).reshape(-1, p)
    G = energies.forward(rows, np.repeat(operators, 2 * p))[1].reshape(n, 2, p, p)
    H = (G[:, 0] - G[:, 1]) / (2 * _STEP)
    curvatures, directions = np.linalg.eigh((H + H.swapaxes(1, 2)) / 2)
    return np.einsum("np,npk->nk", G.mean(axis=(1, 2)), directions), curvatures, directions
