"""Shots where they matter: measurement bases with large coefficients get more of them."""

from dataclasses import dataclass

import numpy as np

from .._checks import check_count
from ..backends import Program, Wrapper
from ..engine.reading.bases import group_terms
from .programs import SeveralPrograms


class WeightedShots(Wrapper):
    """Shares out the shots of a backend among measurement bases; their total stays.

    Terms that commute qubit by qubit share a basis. A basis gets shots in proportion to the sum of
    the absolute coefficients of its terms, where the backend itself would give each the same.

    Parameters
    ----------
    backend : Backend, default=None
        With a parameter ``shots``; another one is used as it is. ``None`` means `Exact`.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> from skqml import Shots
    >>> from skqml.mitigation import WeightedShots
    >>> energy = SparsePauliOp(["X", "Z"], [0.01, 1.0])  # 10 shots in X, 990 in Z, not 500 in each
    >>> program = WeightedShots(Shots(500, random_state=0)).compile(QuantumCircuit(1), [energy])
    >>> abs(program(np.zeros((1, 0)))[0, 0] - 1.0) < 0.02
    np.True_
    """

    def __init__(self, backend=None):
        self.backend = backend

    def compile(self, circuit, observables) -> Program:
        """Return a program for each basis, added up; see `Backend.compile`."""
        backend = self.inner
        groups, constant = group_terms(observables, circuit.num_qubits)
        weights = np.array([np.abs(group.matrix).sum() for group in groups])
        if backend.shots is None or len(groups) < 2 or not weights.any():
            return backend.compile(circuit, observables)
        shares = (
            np.maximum(1, np.rint(check_count("shots", backend.shots) * len(groups) * weights / weights.sum()))
            .astype(int)
            .tolist()
        )
        programs = []
        for group, share in zip(groups, shares, strict=True):
            parts = [_BasisTerms(group.labels, row) for row in group.matrix]
            programs.append(backend.replaced(shots=share).compile(circuit, parts))
        return _Sum(self, circuit, observables, programs, constant)


@dataclass(frozen=True)
class _BasisTerms:
    """What one basis adds to an observable."""

    labels: tuple[str, ...]
    coeffs: np.ndarray


class _Sum(SeveralPrograms):
    """Values of programs with independent shots, added to constants."""

    def __init__(self, backend, circuit, observables, programs, constant):
        super().__init__(backend, circuit, observables)
        self.programs, self._constant = programs, constant

    def _joined(self, found):
        return self._constant + np.sum(found, axis=0), lambda g: [g] * len(found)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        values, errors = self._estimates(X, w, rng)
        return self._constant + np.sum(values, axis=0), np.linalg.norm(errors, axis=0)
