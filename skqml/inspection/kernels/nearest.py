"""Classical kernels that come nearest to a kernel matrix."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, islice

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import pdist, squareform

from ..._checks import check_count
from .gram import kernel_and_rows

_GRID = np.linspace(-10.0, 10.0, 21)  # logarithms of gamma, in units of the typical one


@dataclass(frozen=True)
class NearestKernel:
    """The member of a family of classical kernels that is nearest to a kernel matrix.

    Attributes
    ----------
    gamma : float
        In units of one over a squared feature, as the kernel takes features.
    degree : int
        Of a polynomial; 0 for an RBF kernel.
    distance : float
        ``||K - K_classical|| / ||K||`` in Frobenius norms, without unit.
    correlation : float
        Of the entries off the diagonal, in [-1, 1]; 0 where one matrix has equal ones.
    """

    gamma: float
    degree: int
    distance: float
    correlation: float


def nearest_rbf(kernel, X) -> NearestKernel:
    r"""Return the RBF kernel ``exp(-gamma |x - y|^2)`` that is nearest to a kernel on some rows.

    gamma minimises ``||K - K_gamma||`` over 9 orders of magnitude around the inverse median squared distance. A kernel
    at a small distance and with a high correlation can be had without any circuit.

    Parameters
    ----------
    kernel : QuantumKernel or other function ``k(X)``, fitted estimator with ``kernel_``, or ndarray (n, n)
    X : array-like (n_samples, n_features)
        Rows, for a matrix too; an estimator standardises them first, and gamma is that of standardised ones.

    Returns
    -------
    NearestKernel
        ``gamma``, ``distance`` and ``correlation``.

    References
    ----------
    R. Flórez-Ablan, M. Roth and J. Schnabel, On the similarity of bandwidth-tuned quantum kernels and classical
    kernels, arXiv:2503.05602 (2025).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import FidelityKernel
    >>> from skqml.inspection import nearest_rbf
    >>> X = np.random.default_rng(0).normal(size=(100, 4))
    >>> nearest = nearest_rbf(FidelityKernel(scale=0.5), X)
    >>> nearest.distance < 0.1, nearest.correlation > 0.99
    (True, True)
    """
    K, X = kernel_and_rows(kernel, X)
    distances = pdist(X, "sqeuclidean")
    return _nearest(K, distances, lambda gamma: iter([np.exp(-gamma * distances)]))


def nearest_polynomial(kernel, X, *, max_degree=5) -> NearestKernel:
    r"""Return the polynomial kernel that is nearest to a kernel on some rows.

    ``(1 + gamma x.y)^p / sqrt((1 + gamma |x|^2)^p (1 + gamma |y|^2)^p)``, whose diagonal is 1 as that of a quantum
    kernel is; gamma and the degree p minimise ``||K - K_{gamma, p}||``.

    Parameters
    ----------
    kernel, X
        As in `nearest_rbf`.
    max_degree : int, default=5
        The largest degree tried, from 1 on.

    Returns
    -------
    NearestKernel
        ``gamma``, ``degree``, ``distance`` and ``correlation``.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AngleEncoding, FidelityKernel
    >>> from skqml.inspection import nearest_polynomial, nearest_rbf
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> kernel = FidelityKernel(AngleEncoding())
    >>> nearest_polynomial(kernel, X).distance > nearest_rbf(kernel, X).distance
    True
    """
    check_count("max_degree", max_degree, most=100)
    K, X = kernel_and_rows(kernel, X)
    squares = np.sum(X**2, axis=1)
    products, sums, both = (
        squareform(A, checks=False) for A in (X @ X.T, np.add.outer(squares, squares), np.outer(squares, squares))
    )

    def powers(gamma: float) -> Iterator[np.ndarray]:
        return accumulate(
            [(1.0 + gamma * products) / np.sqrt(1.0 + gamma * sums + gamma**2 * both)] * max_degree, np.multiply
        )

    return replace(found := _nearest(K, pdist(X, "sqeuclidean"), powers), degree=found.degree + 1)


def _nearest(K, distances, family) -> NearestKernel:
    """The nearest member of a family: entries above the diagonal of its kernels for a gamma, one a degree."""
    entries, unit = squareform(K, checks=False), _unit(distances)

    def misfits(t: float) -> list[float]:
        return [float(np.sum((entries - found) ** 2)) for found in family(unit * np.exp(t))]

    def refined(degree: int, t: float) -> tuple[float, float]:
        """The least misfit of a degree between the neighbours of a point of the grid, and where it is."""

        def misfit(t: float) -> float:
            return float(np.sum((entries - next(islice(family(unit * np.exp(t)), degree, None))) ** 2))

        result = minimize_scalar(misfit, bounds=(t - 1, t + 1), method="bounded", options={"xatol": 1e-4})
        return float(result.fun), float(unit * np.exp(result.x))

    found = np.pad([misfits(t) for t in _GRID], ((1, 1), (0, 0)), constant_values=np.inf)
    valleys = np.argwhere((found[1:-1] < found[:-2]) & (found[1:-1] <= found[2:]))  # few rows have several
    (misfit, gamma), degree = min((refined(degree, _GRID[k]), int(degree)) for k, degree in valleys)
    distance = np.sqrt(2.0 * misfit + np.sum((np.diag(K) - 1.0) ** 2)) / np.linalg.norm(K)
    nearest = next(islice(family(gamma), degree, None))
    return NearestKernel(gamma, degree, float(distance), _correlation(entries, nearest))


def _unit(distances) -> float:
    """The inverse of a typical squared distance of rows."""
    typical = np.median(distances[distances > 0]) if np.any(distances > 0) else 0.0
    if not 0.0 < typical < np.inf:
        raise ValueError(
            f"X must hold rows whose squared distances are positive and finite, got a median of {typical}."
        )
    return float(1.0 / typical)


def _correlation(first, second) -> float:
    a, b = first - first.mean(), second - second.mean()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.sum(a * b) / size) if size > 1e-12 * a.size else 0.0
