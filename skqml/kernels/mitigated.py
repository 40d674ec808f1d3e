"""A kernel matrix with depolarizing noise taken out."""

from collections.abc import Iterable
from functools import reduce
from operator import attrgetter
from typing import Any, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone
from sklearn.gaussian_process.kernels import Hyperparameter

from .._checks import check_kind, check_number, shown
from .base import QuantumKernel
from .rows import checked_rows


class DepolarizingMitigatedKernel(QuantumKernel):
    r"""A fidelity kernel corrected for depolarizing noise, by the diagonal that the noise lowers.

    If with probability l_i the state of row i and its inverse survive, else leave any outcome with
    equal probability, the diagonal is ``k_ii = l_i + (1 - l_i) / 2^n``, and

    ``k(x_i, x_j) = (k_ij - (1 - l_ij) / 2^n) / l_ij,  l_ij = sqrt(l_i l_j)``

    on n qubits. Where a row is dealt out to several runs of a circuit, the fidelities of each are corrected by its own
    diagonal before they are multiplied. Training and test rows are treated alike. Nothing is clipped, and the matrix
    need not be positive semidefinite: estimators repair that of the training rows.

    Parameters
    ----------
    kernel : QuantumKernel
        Of fidelities, such as `FidelityKernel` on a noisy backend.
    survival : float in (0, 1], tuple of those, "mean" or None, default=None
        Probability l of all pairs in each run of the circuit, or one for each. ``None`` takes each row's own, measured
        with it; "mean" those of the training rows in the mean, which an estimator puts in its place, and costs no runs
        for the diagonal later.

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
        inner, floors = self._inner, self._floors(X.shape[1])
        survivals: Any = self._known(len(floors))
        if survivals is None:
            diagonals = inner.run_diagonals(X), inner.run_diagonals(Y)
            survivals = [self._of_pairs(*run) for run in zip(*diagonals, floors, strict=True)]
        return _product(_corrected(*run) for run in zip(inner.run_fidelities(X, Y), survivals, floors, strict=True))

    def symmetric_matrix(self, X) -> np.ndarray:
        """Corrected kernel matrix (n_samples, n_samples), symmetric; its own diagonal tells the survival."""
        floors = self._floors(X.shape[1])
        known: Any = self._known(len(floors)) or [None] * len(floors)
        return _product(
            _corrected(K, self._of_pairs(np.diag(K), np.diag(K), floor) if survival is None else survival, floor)
            for K, survival, floor in zip(self._inner.run_fidelities(X), known, floors, strict=True)
        )

    def diag(self, X) -> np.ndarray:
        """Corrected fidelity of each state with itself; 1 where each row's own survival is taken."""
        X = checked_rows(X)
        floors = self._floors(X.shape[1])
        survivals = self._known(len(floors))
        if self.survival is None:
            return np.ones(len(X))
        runs = self._inner.run_diagonals(X)
        if survivals is None:
            survivals = [_of_rows(*run).mean() for run in zip(runs, floors, strict=True)]
        return _product(_corrected(*run) for run in zip(runs, survivals, floors, strict=True))

    def adapt(self, X, sample_weight=None) -> None:
        """Replace ``survival="mean"`` by the mean over the rows, a tuple of those of several runs."""
        self._inner.adapt(X, sample_weight)
        floors = self._floors(X.shape[1])
        if self._known(len(floors)) is None and self.survival is not None:
            own = [_of_rows(*run) for run in zip(self._inner.run_diagonals(X), floors, strict=True)]
            means = tuple(float(np.average(survivals, weights=sample_weight)) for survivals in own)
            self.survival = means if len(means) > 1 else means[0]

    @property
    def _inner(self) -> QuantumKernel:
        return check_kind("kernel", self.kernel, QuantumKernel, "a QuantumKernel, such as FidelityKernel()")

    def _known(self, n_runs: int) -> list[float] | None:
        """Survivals of all pairs in each of so many runs; None where they have to be measured."""
        if self.survival is None or (isinstance(self.survival, str) and self.survival == "mean"):
            return None
        each = self.survival if isinstance(self.survival, tuple | list) else [self.survival] * n_runs
        if len(each) != n_runs:
            raise ValueError(
                f"survival must be None, 'mean', a number in (0, 1] or one for each of {n_runs} runs of the circuit, "
                f"got {shown(self.survival)}."
            )
        return [check_number("survival", one, high=1.0, closed="right", also="None, 'mean' or ") for one in each]

    def _of_pairs(self, first, second, floor) -> np.ndarray:
        """Survivals of pairs of rows, from the diagonals of both: of each pair, or the same for all."""
        first, second = _of_rows(first, floor), _of_rows(second, floor)
        if self.survival is None:
            return np.sqrt(np.outer(first, second))
        return np.full((len(first), len(second)), np.concatenate([first, second]).mean())

    def _floors(self, n_features) -> list[float]:
        """Fidelities when nothing survives, one a run."""
        n_qubits = [n for n in self._inner.run_qubits(n_features) if n is not None]
        if not n_qubits or not self._inner.fidelities:
            raise ValueError(
                "kernel must have entries that are fidelities of a circuit's states, such as FidelityKernel, whose "
                f"diagonal noise lowers, got {self.kernel!r}."
            )
        return [0.5**n for n in n_qubits]

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


def _corrected(K, survival, floor) -> np.ndarray:
    return (K - (1 - survival) * floor) / survival


def _product(matrices: Iterable[np.ndarray]) -> np.ndarray:
    """Product of matrices that come one after another, of which none is kept."""
    return reduce(np.multiply, matrices)
