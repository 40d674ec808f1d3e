"""From Hamiltonians to the attributes of a fitted eigensolver."""

from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_random_state

from ..._parts import OptionalParts
from ...backends import Backend
from ...backends.program import Program
from ...backends.redrawn import Drawing
from ...circuits import Observable
from ...circuits.ansatze import as_ansatz
from ...engine.reading.occurrences import weights_as_data
from ..base.drawing import KeptCircuit
from .basis_states import lowest_basis_states, warn_above
from .energy import Energies, draw_ansatz
from .growth import MAX_GROWTH, GrowingAnsatz, starts_of_the_unfinished
from .hamiltonians import PauliSums, in_units, unit_of
from .training import Search
from .zero_noise import Estimates, mitigation

_N_NEAREST = 3  # fitted rows whose weights a new row starts from


class Fitting(KeptCircuit, OptionalParts, BaseEstimator):
    """What `ZNEVQE` does with its parameters once Hamiltonians are read."""

    _drawing: Drawing
    _backend: Backend
    _sums: PauliSums

    def _kept_circuit(self) -> QuantumCircuit:
        return self._drawing.circuit

    @property
    def _ansatz(self) -> Any:
        return self._drawing.given[0]

    @cached_property
    def _program(self) -> Program:
        """Values of the Pauli strings."""
        return self._compile(self._sums.labels)

    def _draw(self, operators):
        """Make circuit, mitigation and program for some Hamiltonians; parameters that do not fit are refused here."""
        self.operators_ = operators
        self._drawing = Drawing(draw_ansatz, as_ansatz(self._part("ansatz")), operators[0].n_qubits)
        self.n_parameters_ = self._drawing.n_weights
        self._backend = clone(self._part("backend"))
        self._zne = mitigation(self._backend, self.scales, self.fold, self.extrapolate, self._drawing.circuit)
        self._unit = unit_of(operators)
        self._sums = PauliSums.read(in_units(operators, self._unit))
        self._program = self._compile(self._sums.labels)

    def _train(self, rng, progress, checkpoint) -> None:
        bits, bound = lowest_basis_states(self._sums, self._drawing.n_qubits)
        search = self._search(self._sums, rng, progress, checkpoint)
        starts = search.random_starts(self.n_restarts, len(self.operators_), self.n_parameters_)
        grows = isinstance(self._ansatz, GrowingAnsatz)
        if grows:
            starts[0] += self._ansatz.basis_state(bits)
        search.run(starts)
        search.share()
        if grows and self._may_grow() and not search.ended:
            self._grow(search)
        self.__dict__.update(self._fitted(search.weights))
        self.loss_curve_ = [self._unit * loss for loss in search.losses]
        self.n_iter_ = max(1, len(search.losses))
        if not search.ended:
            slack = max(self.tol, 1e-9) * self._sums.scale
            warn_above(self._unit * bound, self.energies_, self.errors_, self._unit * slack)

    def _may_grow(self) -> bool:
        """Whether more weights can help, and the search for them costs no more than the iterations allow."""
        few = self.n_parameters_ < 4 * 2**self._drawing.n_qubits  # twice the numbers of a state lack nothing
        affordable = 2 * self.n_parameters_ <= self.max_iter  # a row of second derivatives is two evaluations
        return few and affordable and self._backend.exact and self.optimizer is None

    def _grow(self, search) -> None:
        """Add layers to the ansatz while that lowers energies."""
        rows = np.arange(len(self.operators_))
        for _ in range(MAX_GROWTH):
            drawing = Drawing(draw_ansatz, self._ansatz.with_layer(), self._drawing.n_qubits)
            energies, before = Energies(self._compile(self._sums.labels, drawing), self._sums), search.lowest.copy()
            weights = np.pad(search.weights, ((0, 0), (0, drawing.n_weights - self.n_parameters_)))
            rows, starts = starts_of_the_unfinished(energies, weights, rows, search.rng)
            if not len(rows):
                return
            self._drawing, self._program = drawing, energies.program
            self.n_parameters_ = drawing.n_weights
            search.go_on(energies, weights, starts, rows)
            rows = rows[(before - search.lowest > self.tol * self._sums.scale)[rows]]
            if search.ended or not len(rows):
                return

    def _fitted(self, weights) -> dict:
        """Fitted attributes of a model of these weights."""
        found = self._estimate(Energies(self._program, self._sums), self.operators_, weights)
        return {
            "weights_": weights,
            "energies_": found.energies,
            "errors_": found.errors,
            "raw_energies_": found.raw,
            "scales_": found.scales,
            "scale_energies_": found.of_scales,
            "scale_errors_": found.errors_of_scales,
        }

    def _train_new(self, operators, sums, distances) -> Estimates:
        search = self._search(sums, self._rng())
        nearest = np.argsort(distances, axis=0, kind="stable")[:_N_NEAREST]
        return self._estimate(search.energies, operators, search.run(self.weights_[nearest]))

    def _rng(self):
        return np.random.default_rng(self._seed())

    def _seed(self) -> int:
        return check_random_state(self.random_state).randint(2**31)

    def _search(self, sums, rng, callback=None, checkpoint=None) -> Search:
        program = self._program if sums.labels == self._sums.labels else self._compile(sums.labels)
        noisy = self._backend.random
        energies = Energies(program, sums)
        rules = self.optimizer, noisy, self.max_iter, self.tol, rng, self.verbose
        return Search(energies, *rules, callback, checkpoint)

    def _compile(self, labels, drawing: Drawing | None = None) -> Program:
        """Program for the values of Pauli strings; weights are its data."""
        circuit = (drawing or self._drawing).circuit
        return self._backend.compile(weights_as_data(circuit), [Observable(label) for label in labels])

    def _estimate(self, energies, operators, W) -> Estimates:
        if self._backend.exact:
            return Estimates.without_noise(energies(W, np.arange(len(W))), self.scales).times(self._unit)
        rng = self._rng().spawn(1)[0]  # not the shots of the training once more
        operators = in_units(operators, self._unit)
        return Estimates.measure(self._zne, weights_as_data(self._drawing.circuit), operators, W, rng).times(self._unit)
