"""Whether a kernel tells rows apart at all."""

from ..._checks import check_count
from ...kernels.measures.concentration import Concentration, matrix_concentration
from .gram import kernel_and_rows, width


def concentration(kernel, X=None, *, n_qubits=None) -> Concentration:
    r"""Return mean and variance of a kernel's entries off the diagonal, beside those of random states.

    Two Haar random states of d = 2^n dimensions have a fidelity of mean ``1 / d`` and variance
    ``(d - 1) / (d^2 (d + 1))``, from their second and fourth moments. A variance that falls so exponentially with
    the number of qubits cannot be seen in shots: see `shots_needed`. A smaller bandwidth or a projected kernel helps.

    Parameters
    ----------
    kernel : QuantumKernel or other function ``k(X)``, fitted estimator with ``kernel_``, or ndarray (n, n)
    X : array-like (n_samples, n_features), default=None
        Rows; a matrix needs none.
    n_qubits : int, default=None
        For the random states; None means those of the kernel, which a matrix does not tell. States that several runs of
        a circuit encode stand side by side. The fidelities of random states say nothing about projected kernels.

    Returns
    -------
    Concentration
        ``mean``, ``variance``, ``haar_mean``, ``haar_variance`` and ``n_qubits``.

    References
    ----------
    S. Thanasilp, S. Wang, M. Cerezo and Z. Holmes, Exponential concentration in quantum kernel methods,
    Nature Communications 15, 5200 (2024), arXiv:2208.11184.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import FidelityKernel
    >>> from skqml.inspection import concentration
    >>> X = np.random.default_rng(0).normal(size=(50, 4))
    >>> wide, narrow = concentration(FidelityKernel(scale=0.3), X), concentration(FidelityKernel(scale=3.0), X)
    >>> wide.variance > narrow.variance > narrow.haar_variance
    True
    """
    if n_qubits is not None:
        n_qubits = check_count("n_qubits", n_qubits, also="None or ")
    K, rows = kernel_and_rows(kernel, X)
    return matrix_concentration(K, width(kernel, rows) if n_qubits is None else n_qubits)
