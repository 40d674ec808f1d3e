"""The bond-alternating XXZ chain: a phase at whose ends spins are free, and one without."""

import numpy as np

from ..._checks import as_random_state
from .ground_states import checked_couplings, checked_qubits, ground_states, operator

_INTERVALS = ((0.2, 1.8), (0.0, 1.0))


def make_bond_alternating_xxz(
    n_samples=100, n_qubits=8, *, couplings=None, random_state=None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return ground states of bond-alternating XXZ chains, and whether they are topological.

    ``H = sum_j J_j (X_j X_{j+1} + Y_j Y_{j+1} + delta Z_j Z_{j+1})`` on an open chain whose bonds are in turn
    ``J`` and ``2 - J``. For ``J > 1`` pairs of neighbours are singlets (0: trivial); for ``J < 1`` so are the pairs
    between, and the spins at both ends are left (1: topological), for all delta in [0, 1]. Beyond lies an
    antiferromagnet, whose boundary no formula gives: it is left out. Labels are those of the infinite chain.

    Parameters
    ----------
    n_samples : int, default=100
    n_qubits : int, default=8
        Even, 4 to 14.
    couplings : array-like (n_samples, 2), default=None
        J in (0, 2) and delta in [0, 1] of each state, in place of `n_samples` pairs that are uniform, J in [0.2, 1.8].
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, 2^n_qubits)
        Amplitudes, which are real, for `AmplitudeEncoding`; the largest of a row is positive.
    y : ndarray of int (n_samples,)
        Phases 0 and 1.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    References
    ----------
    A. Elben et al., Many-body topological invariants from randomized measurements in synthetic quantum matter, Science
    Advances 6, eaaz3666 (2020); H.-Y. Huang et al., Provably efficient machine learning for quantum many-body problems,
    Science 377, eabk3333 (2022).

    Examples
    --------
    >>> from skqml.datasets import make_bond_alternating_xxz
    >>> X, y = make_bond_alternating_xxz(couplings=[[1.5, 0.5], [0.5, 0.5]], n_qubits=4)
    >>> X.shape, y.tolist()
    ((2, 16), [0, 1])
    """
    n_qubits, rng = checked_qubits(n_qubits), as_random_state(random_state)
    J, delta = checked_couplings(couplings, n_samples, _INTERVALS, rng).T
    if (J <= 0).any() or (J >= 2).any() or (delta < 0).any() or (delta > 1).any():
        raise ValueError("couplings must be J in (0, 2) and delta in [0, 1], got others.")
    bonds = [[j, j + 1] for j in range(n_qubits - 1)]
    flips, signs = ([_both(letters, half, n_qubits) for half in (bonds[::2], bonds[1::2])] for letters in ("XY", "Z"))
    strengths = np.column_stack([J, 2.0 - J])
    states = ground_states([*flips, *signs], np.hstack([strengths, delta[:, None] * strengths]))
    return states, (J < 1).astype(int)


def _both(letters: str, bonds, n_qubits: int):
    """Sum of the products of each of the letters with itself, over bonds."""
    return sum(operator(2 * letter, bonds, n_qubits) for letter in letters)
