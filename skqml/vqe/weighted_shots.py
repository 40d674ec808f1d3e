"""Shots where they matter: measurement bases with large coefficients get more of them."""

import numpy as np
from sklearn.base import clone

from ..circuits import Observable
from ..engine.backend import Backend, Program
from ..engine.groups import group_terms


class WeightedShots(Backend):
    """The shots of a backend, as many in all, shared out among measurement bases.

    Terms that commute qubit by qubit share a basis. A basis gets shots in proportion to the sum of
    the absolute coefficients of its terms, where the backend itself would give each the same.

    Parameters
    ----------
    backend : Backend
        With a parameter ``shots``; another one is used as it is.
    """

    def __init__(self, backend):
        self.backend = backend

    def compile(self, circuit, observables):
        """Return a program for each basis, added up; see `Backend.compile`."""
        shots = self.backend.get_params(deep=False).get("shots")
        groups, constant = group_terms(observables, circuit.num_qubits)
        if shots is None or len(groups) < 2:
            return self.backend.compile(circuit, observables)
        weights = np.array([np.abs(group.matrix).sum() for group in groups])
        shares = np.maximum(1, np.rint(shots * len(groups) * weights / weights.sum())).astype(int).tolist()
        programs = []
        for group, share in zip(groups, shares, strict=True):
            parts = [Observable(group.labels, row) for row in group.matrix]
            programs.append(clone(self.backend).set_params(shots=share).compile(circuit, parts))
        return _Sum(self, circuit, observables, programs, constant)

    def generator(self):
        """Source of shots of the backend inside."""
        return self.backend.generator()


class _Sum(Program):
    """Values of programs with independent shots, added to constants."""

    def __init__(self, backend, circuit, observables, programs, constant):
        super().__init__(backend, circuit, observables)
        self._programs, self._constant = programs, constant

    def __call__(self, X, w=None, rng=None):
        return self.estimate(X, w, rng)[0]

    def estimate(self, X, w=None, rng=None):
        rng = self.backend.generator() if rng is None else rng
        values, errors = zip(*(program.estimate(X, w, rng) for program in self._programs), strict=True)
        return self._constant + np.sum(values, axis=0), np.linalg.norm(errors, axis=0)
