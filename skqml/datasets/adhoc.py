"""Rows that a ZZ feature map tells apart by construction."""

from collections.abc import Collection

import numpy as np
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import random_unitary

from .._checks import as_random_state, check_count, check_number
from ..backends.exact.backend import Exact
from ..circuits import ZZEncoding, parity

_MOST_QUBITS = 10  # a random unitary of more takes minutes


def make_adhoc(n_samples=100, n_features=2, *, gap=0.3, random_state=None) -> tuple[np.ndarray, np.ndarray]:
    r"""Return rows whose classes a ZZ feature map tells apart by construction.

    ``y = sign <Phi(x)| V^-1 Z...Z V |Phi(x)>`` with the state ``|Phi>`` of ``ZZEncoding(reps=2)`` and a
    random unitary V; kept are rows, uniform in [0, 2 pi)^n, where the absolute value is at least
    ``gap``. Labels come from the very feature map that such a kernel uses: good accuracy shows that
    a model is consistent, not that it is useful.

    Parameters
    ----------
    n_samples : int or tuple of int, default=100
        Number of rows, halved between the classes; or of the rows of each class.
    n_features : int, default=2
        Number of features, and of qubits; 10 at most.
    gap : float, default=0.3
        Smallest absolute value, in [0, 1).
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray (n_samples, n_features)
        Rows in random order.
    y : ndarray of int (n_samples,)
        Labels 0 (where the expectation value is negative) and 1.

    Raises
    ------
    ValueError
        If a parameter is out of range, or rows with such a gap are too rare.

    References
    ----------
    V. Havlicek et al., Supervised learning with quantum-enhanced feature spaces,
    Nature 567, 209 (2019).

    Examples
    --------
    >>> from skqml.datasets import make_adhoc
    >>> X, y = make_adhoc(6, random_state=0)
    >>> X.shape, sorted(y.tolist())
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    wanted = _per_class(n_samples)
    check_count("n_features", n_features, most=_MOST_QUBITS)
    check_number("gap", gap, 0.0, 1.0, "left")
    rng = as_random_state(random_state)
    program = _random_parity(n_features, rng)
    rows = [np.zeros((0, n_features))] * 2
    for _ in range(100):
        X = rng.uniform(0.0, 2 * np.pi, (max(64, 4 * sum(wanted)), n_features))
        values = program(X)[:, 0]
        for label, sign in enumerate((-1, 1)):
            rows[label] = np.concatenate([rows[label], X[sign * values >= gap]])[: wanted[label]]
        if [len(r) for r in rows] == list(wanted):
            order = rng.permutation(sum(wanted))
            return np.concatenate(rows)[order], np.repeat([0, 1], wanted)[order]
    raise ValueError(f"Rows with gap={gap} are too rare with n_features={n_features}; lower the gap.")


def _per_class(n_samples) -> tuple[int, int]:
    if isinstance(n_samples, Collection) and not isinstance(n_samples, str | bytes) and len(n_samples) == 2:
        first, second = (check_count("n_samples", count) for count in n_samples)
        return first, second
    total = check_count("n_samples", n_samples, 2)
    return total // 2, total - total // 2


def _random_parity(n_features, rng):
    """Program for the expectation value of V^-1 Z...Z V of a random unitary V."""
    circuit = ZZEncoding(reps=2).build(n_features)
    circuit.append(UnitaryGate(random_unitary(2**n_features, seed=rng.randint(2**31))), circuit.qubits)
    return Exact().compile(circuit, parity(n_features))
