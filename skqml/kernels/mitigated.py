"""A kernel matrix with depolarizing noise taken out."""

from operator import attrgetter
from typing import Any, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone
from sklearn.gaussian_process.kernels import Hyperparameter

from .._checks import check_kind, check_number
from .base import QuantumKernel
from .rows import checked_rows


class DepolarizingMitigatedKernel(QuantumKernel):
    r"""A fidelity kernel corrected for depolarizing noise, by the diagonal that the noise lowers.

    If with probability l_i the state of row i and its inverse survive, else leave any outcome with
    equal probability, the diagonal is ``k_ii = l_i + (1 - l_i) / 2^n``, and

    ``k(x_i, x_j) = (k_ij - (1 - l_ij) / 2^n) / l_ij,  l_ij = sqrt(l_i l_j)``

    on n qubits. Training and test rows are treated alike. Nothing is clipped, and the matrix
    need not be positive semidefinite: estimators repair that of the training rows.

    Parameters
    ----------
    kernel : QuantumKernel
        Of fidelities, such as `FidelityKernel` on a noisy backend.
    survival : float in (0, 1], "mean" or None, default=None
        Probability l of all pairs. ``None`` takes each row's own, measured with it; "mean" that of the training rows
        in the mean, which an estimator puts in its place, and costs no runs for the diagonal later.

    References
    ----------
    T. Hubregtsen et al., Training quantum embedding kernels on near-term quantum computers,
    Phys. Rev. A 106, 042431 (2022), arXiv:2105.02276.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit_aer.noise import NoiseModel, depolarizing_error
    >>> from skqml import AngleEncoding, DepolarizingMitigatedKernel, FidelityKernel, Noisy
    >>> noise = NoiseModel(["ry", "rz", "cx"])
    >>> noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["ry"])
    >>> noisy = FidelityKernel(AngleEncoding(), backend=Noisy(noise))
    >>> X = np.array([[0.0], [np.pi / 2]])
    >>> noisy(X).round(3)
    array([[0.905, 0.5  ],
           [0.5  , 0.905]])
    >>> DepolarizingMitigatedKernel(noisy)(X).round(3)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """

    def __init__(self, kernel, survival=None):
        self.kernel = kernel
        self.survival = survival

    limit: Any = property(attrgetter("_inner.limit"), doc="That of the kernel inside.")
    random: Any = property(attrgetter("_inner.random"), doc="Whether the kernel inside draws shots.")
    noisy: Any = property(attrgetter("_inner.noisy"), doc="Whether the kernel inside is noisy.")
    bounds: Any = property(attrgetter("_inner.bounds"), doc="Bounds (n_dims, 2) of ``theta``.")

    def matrix(self, X, Y) -> np.ndarray:
        """Corrected kernel matrix (n_samples_X, n_samples_Y)."""
        inner, floor = self._inner, self._floor(X.shape[1])
        survival: float | np.ndarray | None = self._known()
        if survival is None:
            survival = _of_pairs(inner.diag(X), inner.diag(Y), floor, self.survival is None)
        return _corrected(inner.matrix(X, Y), survival, floor)

    def symmetric_matrix(self, X) -> np.ndarray:
        """Corrected kernel matrix (n_samples, n_samples), symmetric; its own diagonal tells the survival."""
        K, floor = self._inner.symmetric_matrix(X), self._floor(X.shape[1])
        survival: float | np.ndarray | None = self._known()
        if survival is None:
            survival = _of_pairs(np.diag(K), np.diag(K), floor, self.survival is None)
        return _corrected(K, survival, floor)

    def diag(self, X) -> np.ndarray:
        """Corrected fidelity of each state with itself; 1 where each row's own survival is taken."""
        X = checked_rows(X)
        survival = self._known()
        if self.survival is None:
            return np.ones(len(X))
        diagonal, floor = self._inner.diag(X), self._floor(X.shape[1])
        return _corrected(diagonal, _of_rows(diagonal, floor).mean() if survival is None else survival, floor)

    def adapt(self, X, sample_weight=None) -> None:
        """Replace ``survival="mean"`` by the mean over the rows."""
        self._inner.adapt(X, sample_weight)
        if self._known() is None and self.survival is not None:
            own = _of_rows(self._inner.diag(X), self._floor(X.shape[1]))
            self.survival = float(np.average(own, weights=sample_weight))

    @property
    def _inner(self) -> QuantumKernel:
        return check_kind("kernel", self.kernel, QuantumKernel, "a QuantumKernel, such as FidelityKernel()")

    def _known(self) -> float | None:
        """Survival of all pairs; None where it has to be measured."""
        if self.survival is None or (isinstance(self.survival, str) and self.survival == "mean"):
            return None
        return check_number("survival", self.survival, high=1.0, closed="right", also="None, 'mean' or ")

    def _floor(self, n_features) -> float:
        """Fidelity when nothing survives."""
        n_qubits = self._inner.n_qubits(n_features)
        if n_qubits is None or not self._inner.fidelities:
            raise ValueError(
                "kernel must have entries that are fidelities of a circuit's states, such as FidelityKernel, whose "
                f"diagonal noise lowers, got {self.kernel!r}."
            )
        return 0.5**n_qubits

    def auto_bandwidth(self, n_features) -> float:
        """Bandwidth that suits the kernel inside."""
        return self._inner.auto_bandwidth(n_features)

    def n_qubits(self, n_features) -> int | None:
        """Number of qubits of the kernel inside."""
        return self._inner.n_qubits(n_features)

    def without_entanglers(self) -> Self:
        """Return this mitigation of the kernel inside without entanglers."""
        return clone(self).set_params(kernel=self._inner.without_entanglers())

    def surrogate(self) -> QuantumKernel:
        """Return that of the kernel inside."""
        return self._inner.surrogate()

    def circuit(self, n_features) -> QuantumCircuit | None:
        """Circuit of the kernel inside."""
        return self._inner.circuit(n_features)

    def cache_key(self, X, Y) -> tuple | None:
        """That of the kernel inside, and the survival; None where results are not to be kept."""
        inner = self._inner.cache_key(X, Y)
        return None if inner is None else ("skqml.kernels.mitigated.DepolarizingMitigatedKernel", self.survival, inner)

    @property
    def hyperparameters(self) -> list[Hyperparameter]:
        """Those of the kernel inside."""
        return [
            Hyperparameter(f"kernel__{h.name}", h.value_type, h.bounds, h.n_elements)
            for h in self._inner.hyperparameters
        ]

    @property
    def theta(self) -> np.ndarray:
        """Free hyperparameters of the kernel inside."""
        return self._inner.theta

    @theta.setter
    def theta(self, theta) -> None:
        self._inner.theta = theta


def _of_rows(diagonal, floor) -> np.ndarray:
    """Survivals of rows, from the diagonal and the fidelity when nothing survives."""
    survivals = (diagonal - floor) / (1 - floor)
    if not (survivals > 0).all():
        raise ValueError(
            f"Expected a diagonal above {floor:.3g}, what is left when nothing survives, but its least entry is "
            f"{diagonal.min():.3g}; use less noise, more shots or survival='mean'."
        )
    return survivals


def _of_pairs(first, second, floor, each: bool) -> np.ndarray:
    """Survivals of pairs of rows, from the diagonals of both: of each pair, or the same for all."""
    first, second = _of_rows(first, floor), _of_rows(second, floor)
    if each:
        return np.sqrt(np.outer(first, second))
    return np.full((len(first), len(second)), np.concatenate([first, second]).mean())


def _corrected(K, survival, floor) -> np.ndarray:
    return (K - (1 - survival) * floor) / survival
