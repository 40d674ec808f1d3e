"""A compiled circuit that runs on primitives."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from qiskit import QuantumCircuit

from ...engine.checks import check_finite
from ...engine.reading.occurrences import Occurrences
from ...engine.reading.paulis import read_terms
from ..defaults import ShiftProgram
from ..program import Cost, Gradient
from .jobs import Job, cut
from .pubs import Pub, estimator_pubs, sampler_pubs
from .runner import Runner
from .store import Store


class PrimitiveProgram(ShiftProgram):
    """Expectation values from the jobs of a primitive.

    Parameters
    ----------
    backend : Primitive
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        # Each angle is an element of its own: parameter shifts and simulators that bind by column need that.
        self._occurrences = Occurrences(circuit)
        self._pubs: list[Pub] = []
        self._constant = np.zeros(len(self.observables))
        kinds = [self._kind(observable) for observable in self.observables]
        for kind in sorted(set(kinds)):
            self._add(kind, [k for k, other in enumerate(kinds) if other == kind])

    def _kind(self, observable) -> str:
        projects = any(set(label) & set("01") for label, _ in read_terms(observable, self.circuit.num_qubits))
        if self.backend.estimator is None or (projects and self.backend.sampler is not None):
            return "sampler"
        return "estimator"

    def _add(self, kind: str, places: list[int]) -> None:
        arguments = self._occurrences, [self.observables[k] for k in places], places, self.backend.prepare
        if kind == "sampler":
            pubs, constant = sampler_pubs(*arguments, self.backend.shots)
        else:
            pubs, constant = estimator_pubs(*arguments, self.backend.standard_error)
        self._pubs += pubs
        self._constant[places] = constant

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        return self.estimate(X, w, rng)[0]

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors, both (n_samples, n_observables)."""
        angles, backend = self._occurrences.angles(*self._check(X, w)), self.backend
        check_finite(angles, "X")
        rng = backend.generator() if rng is None else rng
        parts = cut(self._pubs, len(angles), int(backend.max_rows))
        jobs = [Job(k, len(parts), part, angles, self._seed(part[0].pub.kind, rng)) for k, part in enumerate(parts)]
        store = None if backend.folder is None else Store(backend.folder)
        seeds = [job.seed for job in jobs] if backend.seed is not None else None  # of which another is another result
        runner = Runner(backend, store, None if store is None else (backend.cache_key(), seeds))
        values, variances = np.tile(self._constant, (len(angles), 1)), np.zeros((len(angles), len(self._constant)))
        for part, means, squares in runner(jobs):
            values[part.rows, part.pub.places] += means
            variances[part.rows, part.pub.places] += squares
        return values, np.sqrt(variances)

    def _seed(self, kind: str, rng) -> int | None:
        return int(rng.integers(2**31)) if self.backend.takes_seeds(kind) else None

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """What so many rows take, and in how many jobs; see `Program.cost`."""
        jobs = sum(len(cut(self._pubs, n, int(self.backend.max_rows))) for n in self._calls(n_rows, gradient))
        return replace(super().cost(n_rows, gradient), jobs=jobs)
