"""How much the states of a circuit, and what is measured of them, change with its weights."""

from collections.abc import Callable

import numpy as np

from ..._checks import as_generator, check_count, check_numbers
from ...backends.exact.backend import Exact
from ...engine.checks import as_rows
from .draws import angles_as_data, as_circuit, uniform_angles

_BLOCK_BYTES = 2**27  # of derivatives of states that are in memory at one time


def quantum_fisher_information(circuit, X=None, *, w=None, n_draws=100, random_state=None) -> np.ndarray:
    r"""Return the quantum Fisher information of a circuit's weights, by exact simulation.

    ``F_ij = 4 Re(<d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi>)``, four times the Fubini-Study metric, averaged over
    the rows of X. The rank of F is the number of independent directions in which the weights move the state.

    Parameters
    ----------
    circuit : QuantumCircuit or fitted estimator with ``circuit_``
        Elements of the vector ``x`` are features, all other parameters weights; without weights the features
        count as such.
    X : array-like (n_samples, n_features), default=None
        Rows of features as they enter the circuit; needed where there are features and weights.
    w : array-like (n_draws, n_weights) or (n_weights,), default=None
        Weights in the order of ``circuit.parameters``; ``None`` draws them uniformly from [0, 2 pi).
    n_draws : int, default=100
        How many are drawn.
    random_state : int, RandomState, Generator or None, default=None

    Returns
    -------
    F : ndarray (n_draws, n_weights, n_weights)
        In units of one over an angle squared.

    References
    ----------
    J. J. Meyer, Fisher information in noisy intermediate-scale quantum applications, Quantum 5, 539 (2021);
    T. Haug, K. Bharti and M. S. Kim, Capacity and quantum geometry of parametrized quantum circuits,
    PRX Quantum 2, 040309 (2021).

    Examples
    --------
    >>> from skqml import AngleEncoding
    >>> from skqml.inspection import quantum_fisher_information
    >>> quantum_fisher_information(AngleEncoding().build(2), n_draws=1).round(6) + 0.0
    array([[[1., 0.],
            [0., 1.]]])
    """
    return _averaged(_quantum, circuit, X, w, n_draws, random_state)


def fisher_information(circuit, X=None, *, w=None, n_draws=100, random_state=None) -> np.ndarray:
    r"""Return the Fisher information of a circuit's weights when all its qubits are measured, by exact simulation.

    ``F_ij = sum_b d_i p(b) d_j p(b) / p(b)`` over the outcomes b, averaged over the rows of X. It is at most the
    quantum Fisher information.

    Parameters
    ----------
    circuit, X, w, n_draws, random_state
        As in `quantum_fisher_information`.

    Returns
    -------
    F : ndarray (n_draws, n_weights, n_weights)
        In units of one over an angle squared.

    Examples
    --------
    >>> from skqml import AngleEncoding
    >>> from skqml.inspection import fisher_information
    >>> [fisher_information(AngleEncoding(axis).build(1), n_draws=1).round(6).item() for axis in "yz"]
    [1.0, 0.0]
    """
    return _averaged(_classical, circuit, X, w, n_draws, random_state)


def _averaged(fisher: Callable, circuit, X, w, n_draws, random_state) -> np.ndarray:
    """Fisher matrices (n_draws, n_weights, n_weights), averaged over rows of X, for many weights."""
    circuit, n_features, n_weights = angles_as_data(as_circuit(circuit))
    W = _weights(w, n_weights, n_draws, as_generator("random_state", random_state))
    if X is None and n_features:
        raise ValueError(f"X must be rows of the {n_features} features of the circuit, got None.")
    X = np.zeros((1, 0)) if X is None else as_rows(check_numbers("X", X, (2,)), n_features)
    overlaps = Exact().compile_overlaps(circuit)
    angles = np.concatenate([np.tile(X, (len(W), 1)), np.repeat(W, len(X), axis=0)], axis=1)
    step = max(1, _BLOCK_BYTES // (16 * n_weights << circuit.num_qubits))
    directions = np.eye(n_weights, n_features + n_weights, n_features)
    blocks = [fisher(*_derivatives(overlaps, angles[a : a + step], directions)) for a in range(0, len(angles), step)]
    return np.concatenate(blocks).reshape(len(W), len(X), n_weights, n_weights).mean(axis=1)


def _weights(w, n_weights, n_draws, rng) -> np.ndarray:
    """Weights (n_draws, n_weights): those given, or drawn."""
    if w is None:
        return uniform_angles(check_count("n_draws", n_draws, most=10**8), n_weights, rng)
    W = np.atleast_2d(check_numbers("w", w, (1, 2)))
    if W.shape[1] != n_weights or not len(W):
        raise ValueError(f"w must hold {n_weights} weights a row, as the circuit has, got shape {W.shape}.")
    return W


def _derivatives(overlaps, angles, directions) -> tuple[np.ndarray, np.ndarray]:
    """States (n, 2**n_qubits) and their derivatives (n, n_weights, 2**n_qubits), up to a fixed unitary matrix."""
    p = len(directions)
    S, D = overlaps.tangent_states(np.repeat(angles, p, axis=0), None, np.tile(directions, (len(angles), 1)), None)
    S, D = (A[:, 0] + 1j * A[:, 1] if A.shape[1] == 2 else A[:, 0] for A in (S, D))
    return S[::p], D.reshape(len(angles), p, -1)


def _quantum(S, D) -> np.ndarray:
    G = D.conj() @ D.swapaxes(1, 2)
    along = np.einsum("nb,npb->np", S.conj(), D)
    return 4.0 * np.real(G - along.conj()[:, :, None] * along[:, None])


def _classical(S, D) -> np.ndarray:
    """Derivatives of ``2 sqrt(p)``, multiplied: ``p`` may be zero, where its derivative is too."""
    size = np.abs(S)
    phase = np.where(size > 0, S.conj() / np.where(size > 0, size, 1.0), 0.0)
    slopes = 2.0 * np.real(phase[:, None] * D)
    return slopes @ slopes.swapaxes(1, 2)
