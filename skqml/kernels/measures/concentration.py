"""How far a kernel matrix is from one in which all pairs of rows are alike."""

from dataclasses import dataclass

import numpy as np

from .gram import checked_gram, off_diagonal


@dataclass(frozen=True)
class Concentration:
    """The entries of a kernel matrix off its diagonal, beside those of random states; all without unit.

    Attributes
    ----------
    mean, variance : float
        Of the entries off the diagonal.
    haar_mean, haar_variance : float or None
        Of the fidelity of two Haar random states, None where the number of qubits is not known.
    n_qubits : int or None
    """

    mean: float
    variance: float
    haar_mean: float | None
    haar_variance: float | None
    n_qubits: int | None


def haar_fidelity(n_qubits) -> tuple[float, float]:
    """Mean 1/d and variance (d - 1) / (d^2 (d + 1)) of the fidelity of Haar random states, with d = 2**n_qubits."""
    inverse = 2.0 ** -float(n_qubits)  # 1 / d: d itself may be larger than any float
    return inverse, inverse**2 * (1.0 - inverse) / (1.0 + inverse)


def matrix_concentration(K, n_qubits=None) -> Concentration:
    """Mean and variance of the entries of a kernel matrix off its diagonal; see `inspection.concentration`."""
    entries = off_diagonal(checked_gram(K))
    mean, variance = (None, None) if n_qubits is None else haar_fidelity(n_qubits)
    return Concentration(float(np.mean(entries)), float(np.var(entries)), mean, variance, n_qubits)
