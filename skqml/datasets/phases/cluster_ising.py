"""The cluster Ising chain: four phases, with boundaries that are known exactly."""

import numpy as np

from ..._checks import as_random_state
from .ground_states import checked_couplings, checked_qubits, ground_states, operator

_WIDEST = 4.0


def make_cluster_ising(
    n_samples=100, n_qubits=8, *, couplings=None, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return ground states of cluster Ising chains, and the phases that they belong to.

    ``H = sum_j Z_j - J1 X_j X_{j+1} - J2 X_{j-1} Z_j X_{j+1}`` on a ring. Free fermions solve it: the phase is the
    number of zeros of ``1 + J1 z + J2 z^2`` within the unit circle, none (0: paramagnet), one (1: ferromagnet for
    ``J1 > 0``, 2: antiferromagnet otherwise) or two (3: the cluster phase, protected by symmetry, which no local order
    tells). Labels are those of the infinite chain; near a boundary, states of few qubits are alike.

    Parameters
    ----------
    n_samples : int, default=100
    n_qubits : int, default=8
        Even, 4 to 14.
    couplings : array-like (n_samples, 2), default=None
        J1 and J2 of each state, in place of `n_samples` pairs that are uniform in [-4, 4].
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, 2^n_qubits)
        Amplitudes, which are real, for `AmplitudeEncoding`; the largest of a row is positive.
    y : ndarray of int (n_samples,)
        Phases 0 to 3.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    References
    ----------
    P. Smacchia et al., Statistical mechanics of the cluster Ising model, Phys. Rev. A 84, 022304 (2011); R. Verresen,
    R. Moessner and F. Pollmann, One-dimensional symmetry protected topological phases and their transitions,
    Phys. Rev. B 96, 165124 (2017); M. C. Caro et al., Generalization in quantum machine learning from few training
    data, Nature Communications 13, 4919 (2022).

    Examples
    --------
    >>> from skqml import AmplitudeEncoding, FidelityKernel
    >>> from skqml.datasets import make_cluster_ising
    >>> X, y = make_cluster_ising(couplings=[[0, 0], [3, 0], [-3, 0], [0, 3]], n_qubits=6)
    >>> X.shape, y.tolist()
    ((4, 64), [0, 1, 2, 3])
    >>> bool(FidelityKernel(AmplitudeEncoding())(X)[0, 3] < 0.2)
    True
    """
    n_qubits, rng = checked_qubits(n_qubits), as_random_state(random_state)
    J = checked_couplings(couplings, n_samples, [(-_WIDEST, _WIDEST)] * 2, rng)
    ring = [[(j + k) % n_qubits for k in range(3)] for j in range(n_qubits)]
    places = {"Z": [p[:1] for p in ring], "XX": [p[:2] for p in ring], "XZX": ring}
    terms = [operator(letters, each, n_qubits) for letters, each in places.items()]
    return ground_states(terms, np.column_stack([np.ones(len(J)), -J])), _phases(J)


def _phases(J) -> np.ndarray:
    """Phases from the zeros of ``1 + J1 z + J2 z^2`` within the unit circle."""
    inverse = np.array([np.abs(np.roots([1.0, *row])) for row in J])  # zeros of z^2 + J1 z + J2, which are 1 / z
    n_zeros = (inverse > 1.0).sum(axis=1)
    return np.where(n_zeros == 1, np.where(J[:, 0] > 0, 1, 2), np.where(n_zeros == 2, 3, 0))
