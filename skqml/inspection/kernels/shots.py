"""How many shots the entries of a kernel take."""

from dataclasses import dataclass

import numpy as np

from ..._checks import check_number, check_option
from ...kernels import QuantumKernel
from ...kernels.measures.gram import off_diagonal
from ...kernels.measures.shots import shot_variance
from .gram import kernel_and_rows, kernel_of

_ROUNDING = 1e-6  # of entries that are probabilities, in single precision


@dataclass(frozen=True)
class ShotsNeeded:
    """Shots with which the entries of a kernel matrix are known to a precision.

    Attributes
    ----------
    precision : float
        Standard error of an entry that is asked for, without unit.
    per_entry : float
        Shots of each circuit, one an entry (and run, where rows are dealt out to several), with which the root mean
        squared error of entries off the diagonal is the precision; a whole number, infinite where the precision is 0.
    worst_entry : float
        Shots of each circuit with which the standard error of none is above it.
    total : float
        ``per_entry`` for all runs of all pairs of rows.
    """

    precision: float
    per_entry: float
    worst_entry: float
    total: float


def shots_needed(kernel, X=None, *, precision=0.1, relative=True) -> ShotsNeeded:
    r"""Return the shots with which a fidelity kernel's entries are known to a precision.

    An entry K estimated from N shots has the standard error ``sqrt(K (1 - K) / N)``; where a kernel deals out features
    to several runs it is a product of such estimates. What has to be resolved is how entries differ, so that the
    precision is by default in units of their standard deviation: where a kernel concentrates, shots grow with one over
    its variance, exponentially with the qubits.

    Parameters
    ----------
    kernel : FidelityKernel, fitted estimator with one, or ndarray (n, n) of fidelities
        Of exact fidelities: the shots of a backend with shots count as part of the kernel.
    X : array-like (n_samples, n_features), default=None
        Rows; a matrix needs none.
    precision : float, default=0.1
    relative : bool, default=True
        Whether the precision is in units of the standard deviation of the entries off the diagonal, or absolute.

    Returns
    -------
    ShotsNeeded
        ``per_entry``, ``worst_entry``, ``total`` and the absolute ``precision``.

    Raises
    ------
    ValueError
        If entries are no fidelities, as in projected kernels, whose shots are those of expectation values.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.inspection import shots_needed
    >>> shots_needed(np.array([[1.0, 0.5], [0.5, 1.0]]), precision=0.05, relative=False).per_entry
    100.0
    """
    check_number("precision", precision)
    check_option("relative", relative, (False, True))
    (K, rows), found, factors = kernel_and_rows(kernel, X), kernel_of(kernel), None
    if isinstance(found, QuantumKernel):
        if not found.fidelities:
            raise ValueError(
                f"kernel must be a FidelityKernel, or a matrix of fidelities, got a {type(found).__name__}, whose "
                "entries shots do not estimate one by one."
            )
        several = rows is not None and found.n_runs(rows.shape[1]) > 1
        factors = list(found.run_fidelities(rows)) if several else None
        K = np.clip(K, 0.0, 1.0) if found.noisy else K  # mitigation of noise overshoots
    entries = off_diagonal(K)
    if entries.min() < -_ROUNDING or entries.max() > 1 + _ROUNDING:
        raise ValueError(
            f"kernel must have entries in [0, 1], which are fidelities, got {entries.min():.3g} to {entries.max():.3g}."
        )
    absolute = float(precision * (entries.std() if relative else 1.0))
    P = np.clip([entries] if factors is None else [off_diagonal(F) for F in factors], 0.0, 1.0)
    mean, worst = (_shots(P, absolute, over) for over in (np.mean, np.max))
    return ShotsNeeded(absolute, mean, worst, mean * len(P) * entries.size / 2)


def _shots(P, error: float, over) -> float:
    """The least whole number of shots that make this error of products of probabilities P; one at least."""
    with np.errstate(over="ignore", divide="ignore"):
        few = np.max([1.0, np.ceil((np.sqrt(over(shot_variance(P, np.inf))) / error) ** 2 - 1e-9)]) if error else np.inf
    if len(P) == 1 or few == np.inf:
        return float(few)
    most = few  # errors of several factors are multiplied, too, which takes more
    while over(shot_variance(P, most)) > (1 + 1e-9) * error**2:
        few, most = most, 2.0 * most
    while most - few > 1:
        middle = np.floor((few + most) / 2)
        few, most = (few, middle) if over(shot_variance(P, middle)) <= (1 + 1e-9) * error**2 else (middle, most)
    return float(most)
