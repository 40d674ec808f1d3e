"""How evenly the states of a circuit cover all states."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from ..._checks import as_generator, check_count
from .draws import angles_as_data, as_backend, as_circuit, uniform_angles


@dataclass(frozen=True)
class Expressibility:
    """How far the fidelities of a circuit's states are distributed from those of Haar random states.

    Attributes
    ----------
    divergence : float
        Kullback-Leibler divergence, in nats: the smaller, the more expressive; 0 at the least.
    bias : float
        What as many pairs of Haar random states would give on average, in nats: smaller divergences mean nothing.
    shares, haar_shares : ndarray (n_bins,)
        Of the fidelities in equal bins of [0, 1].
    n_qubits, n_pairs : int
    """

    divergence: float
    bias: float
    shares: np.ndarray
    haar_shares: np.ndarray
    n_qubits: int
    n_pairs: int


def expressibility(circuit, *, n_pairs=5000, n_bins=75, backend=None, random_state=None) -> Expressibility:
    r"""Return how near the states of a circuit at random angles come to Haar random states.

    ``KL(P(F) || P_Haar(F))`` of the fidelities F of pairs of states whose angles are all uniform in [0, 2 pi),
    data and weights alike, in a histogram of equal bins; ``P_Haar(F) = (d - 1) (1 - F)^(d - 2)`` with d = 2^n.
    A finite sample of Haar random states does not give 0 but about (bins in use - 1) / (2 n_pairs): ``bias``,
    computed exactly from the binomial law of each bin. Expressive circuits have flat losses: see `gradient_variance`.

    Parameters
    ----------
    circuit : QuantumCircuit or fitted estimator with ``circuit_``
        An encoding draws one: ``encoding.build(n_features)``.
    n_pairs : int, default=5000
    n_bins : int, default=75
    backend : Backend, default=None
        ``None`` means `Exact`.
    random_state : int, RandomState, Generator or None, default=None
        Draws the angles.

    Returns
    -------
    Expressibility
        ``divergence``, ``bias`` and the histograms.

    References
    ----------
    S. Sim, P. D. Johnson and A. Aspuru-Guzik, Expressibility and entangling capability of
    parameterized quantum circuits, Adv. Quantum Technol. 2, 1900070 (2019).

    Examples
    --------
    >>> from skqml import AngleEncoding, IQPEncoding
    >>> from skqml.inspection import expressibility
    >>> angle, iqp = (expressibility(e.build(3), random_state=0) for e in (AngleEncoding(), IQPEncoding(reps=3)))
    >>> angle.divergence > iqp.divergence > iqp.bias
    True
    """
    rng = as_generator("random_state", random_state)
    n_pairs, n_bins = check_count("n_pairs", n_pairs, most=10**8), check_count("n_bins", n_bins, most=10**6)
    backend = as_backend(backend)
    circuit, *sizes = angles_as_data(as_circuit(circuit))
    X, Y = (uniform_angles(n_pairs, sum(sizes), rng) for _ in range(2))
    fidelities = backend.compile_overlaps(circuit).paired(X, Y, None, backend.generator())
    shares = np.histogram(np.clip(fidelities, 0.0, 1.0), n_bins, (0.0, 1.0))[0] / n_pairs
    logs = _haar_logs(circuit.num_qubits, n_bins)
    used = shares > 0
    divergence = float(np.sum(shares[used] * (np.log(shares[used]) - logs[used])))
    return Expressibility(divergence, _bias(logs, n_pairs), shares, np.exp(logs), circuit.num_qubits, n_pairs)


def _haar_logs(n_qubits, n_bins) -> np.ndarray:
    """Logarithms (n_bins,) of the probabilities that the fidelity of two Haar random states is in a bin.

    ``(1 - a)^(d - 1) - (1 - b)^(d - 1)`` between a and b; for many qubits most are below the smallest float.
    """
    power = 2.0**n_qubits - 1.0
    above = np.arange(n_bins, 0, -1) / n_bins  # 1 - a
    ratios = np.append(above[1:] / above[:-1], 0.0)
    return power * np.log(above) + np.log1p(-(ratios**power))


def _bias(logs, n_pairs) -> float:
    """The mean divergence of samples of the law: ``sum_b p_b E[log((c + 1) / (n p_b))]`` with c in Bin(n - 1, p_b).

    With one of the n pairs taken out of a count, ``E[c log(c / n p)] = n p E[log((c' + 1) / n p)]``.
    """
    return float(sum(np.exp(log) * _mean_log_count(n_pairs, log) for log in logs if log > -40))


def _mean_log_count(n, log_p) -> float:
    """Mean of log((c + 1) / (n p)) for c in Bin(n - 1, p)."""
    p, m = np.exp(log_p), n - 1
    reach = 12.0 * np.sqrt(m * p) + 40.0  # beyond lies no more than rounding
    c = np.arange(max(0, int(m * p - reach)), min(m, int(m * p + reach)) + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(c < m, (m - c) * np.log1p(-p), 0.0)
    weights = np.exp(gammaln(m + 1) - gammaln(c + 1) - gammaln(m - c + 1) + c * log_p + rest)
    return float(np.sum(weights * (np.log(c + 1) - np.log(n) - log_p)))
