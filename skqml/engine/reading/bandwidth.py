"""The bandwidth that suits a circuit: how far its state moves with its data."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from .angles import free_angles
from .lower import split_parameters

_N_DEVIATIONS = 10.0  # of a feature, within which every angle must be real
_N_ROWS = 64
_WANTED = 0.9  # trace of the metric: 1 is the default RBF kernel, which rows of few features find too narrow
_SMALLEST = 2.0**-60


class _Speed:
    """How fast the angles of one circuit move along standardised rows."""

    def __init__(self, circuit: QuantumCircuit):
        data, weights = split_parameters(circuit)
        self._tape = free_angles(circuit)
        rng, d = np.random.default_rng(0), len(data)
        w = rng.uniform(0.0, 2 * np.pi, len(weights))
        X = rng.normal(size=(_N_ROWS, d))
        X /= np.sqrt(np.mean(X**2, axis=0))
        corners = np.outer([-_N_DEVIATIONS, _N_DEVIATIONS], np.ones(d))
        # Signs with orthogonal columns: mixed products of derivatives by two features drop out of the mean.
        signs = 1.0 - 2.0 * (np.bitwise_count(np.arange(_N_ROWS)[:, None] & (np.arange(d) % (_N_ROWS - 1) + 1)) & 1)
        self._w = self._tape.inputs_from(np.zeros((1, d)), w)
        self._rows, self._corners, self._signs = (
            self._tape.inputs_from(A, np.zeros_like(w)) for A in (X, corners, signs)
        )

    def __call__(self, scale: float) -> float:
        """Mean squared derivative by the features, summed over these and the angles; infinite if some are not real."""
        with np.errstate(all="ignore"):
            if not np.isfinite(self._tape.values(scale * self._corners + self._w)).all():
                return np.inf
            slopes = self._tape.tangents(scale * self._rows + self._w, scale * self._signs)
            found = np.sum(slopes**2) / _N_ROWS
        return float(found) if np.isfinite(found) else np.inf


def natural_bandwidth(circuits: Sequence[QuantumCircuit]) -> float:
    r"""Factor s of standardised features at which the state of a circuit moves as an RBF kernel does.

    The gate ``exp(-i t P / 2)`` with angle t(s x) moves the state by at most half the step of its angle, so that
    ``v(s) = sum_g E[|grad_x t_g(s x)|^2] / 4`` is the trace of the Fubini-Study metric where the gates see independent
    parts of the state. Two rows of d features then have a fidelity of about ``exp(-v(s) |x - y|^2 / d)``, and the
    smallest s with ``v(s) = 0.9`` gives an RBF kernel a little wider than that of scikit-learn's ``gamma="scale"``.
    The mean is over a fixed sample of standard normal rows; s is at most 1, so that two deviations on either side of
    the mean stay within one period, and small enough for every angle to be real ten deviations from the mean.

    Parameters
    ----------
    circuits : sequence of QuantumCircuit
        Each takes its own part of the features, in the vector ``x``; weights have values drawn with a fixed seed.

    Returns
    -------
    float
        In (0, 1]; 1 where no angle moves with the data.

    Examples
    --------
    >>> from skqml import AngleEncoding
    >>> round(natural_bandwidth([AngleEncoding().build(10)]), 6)
    0.6
    """
    distinct = {id(circuit): circuit for circuit in circuits}
    counted = [(_Speed(c), sum(other is c for other in circuits)) for c in distinct.values()]

    def v(s: float) -> float:  # in units of the wanted one
        return sum(count * speed(s) for speed, count in counted) / (4 * _WANTED)

    first = v(_SMALLEST)
    if first == 0.0 or v(1.0) <= 1.0:
        return 1.0
    linear = _SMALLEST / np.sqrt(first)  # exact where all angles are linear
    if linear < 1.0 and abs(v(linear) - 1.0) < 1e-9:
        return float(linear)
    return _smallest_root(v, min(1.0, linear / 16))


def _smallest_root(v, start: float) -> float:
    """Where v - 1 first changes its sign above the start, by doubling and then by bisection; at most 1."""
    low = start
    while v(low) > 1.0 and low > _SMALLEST:
        low /= 2
    high = min(1.0, 2 * low)
    while v(high) <= 1.0:
        low, high = high, min(1.0, 2 * high)
    while high - low > 1e-6 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if v(middle) <= 1.0 else (low, middle)
    return float(low)
