"""From Hamiltonians to the attributes of a fitted eigensolver."""

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator, clone

from ..._parts import OptionalParts
from ...backends.redrawn import Drawing
from ...circuits.ansatze import as_ansatz
from ...engine.reading.occurrences import weights_as_data
from ..base.drawing import KeptCircuit
from ..base.iterations import ToldOfFits
from .basis_states import lowest_basis_states, warn_above
from .energy import draw_ansatz
from .growth import MAX_GROWTH, GrowingAnsatz, starts_of_the_unfinished
from .hamiltonians import PauliSums, in_units, unit_of
from .setup import Setup
from .training import Search
from .zero_noise import Estimates, mitigation

_N_NEAREST = 3  # fitted rows whose weights a new row starts from


class Fitting(KeptCircuit, ToldOfFits, OptionalParts, BaseEstimator):
    """What `ZNEVQE` does with its parameters once Hamiltonians are read."""

    _setup: Setup

    def _kept_circuit(self) -> QuantumCircuit:
        return self._setup.drawing.circuit

    def _draw(self, operators):
        """Make the setup for some Hamiltonians; parameters that do not fit are refused here."""
        self.operators_, backend, unit = operators, clone(self._part("backend")), unit_of(operators)
        drawing = Drawing(draw_ansatz, as_ansatz(self._part("ansatz")), operators[0].n_qubits)
        zne = mitigation(backend, self.scales, self.fold, self.extrapolate, drawing.circuit)
        self._setup = Setup(drawing, backend, zne, unit, PauliSums.read(in_units(operators, unit)))
        self._setup.program  # noqa: B018  what cannot be compiled is refused here
        self.n_parameters_ = drawing.n_weights

    def _train(self, rng, progress, checkpoint) -> None:
        setup = self._setup
        bits, bound = lowest_basis_states(setup.sums, setup.drawing.n_qubits)
        search = self._search(setup.sums, rng, progress, checkpoint)
        starts = search.random_starts(self.n_restarts, len(self.operators_), self.n_parameters_)
        grows = isinstance(setup.ansatz, GrowingAnsatz)
        if grows:
            starts[0] += setup.ansatz.basis_state(bits)
        search.run(starts)
        search.share()
        if grows and self._may_grow() and not search.ended:
            self._grow(search)
        self.__dict__.update(self._fitted(search.weights))
        self.loss_curve_ = [setup.unit * loss for loss in search.losses]
        self.n_iter_ = max(1, len(search.losses))
        if not search.ended:
            slack = max(self.tol, 1e-9) * setup.sums.scale
            warn_above(setup.unit * bound, self.energies_, self.errors_, setup.unit * slack)

    def _may_grow(self) -> bool:
        """Whether more weights can help, and the search for them costs no more than the iterations allow."""
        few = self.n_parameters_ < 4 * 2**self._setup.drawing.n_qubits  # twice the numbers of a state lack nothing
        affordable = 2 * self.n_parameters_ <= self.max_iter  # a row of second derivatives is two evaluations
        return few and affordable and self._setup.backend.exact and self.optimizer is None

    def _grow(self, search) -> None:
        """Add layers to the ansatz while that lowers energies."""
        rows = np.arange(len(self.operators_))
        for _ in range(MAX_GROWTH):
            setup, before = self._setup.grown(), search.lowest.copy()
            energies, n_weights = setup.energies(setup.sums), setup.drawing.n_weights
            weights = np.pad(search.weights, ((0, 0), (0, n_weights - self.n_parameters_)))
            rows, starts = starts_of_the_unfinished(energies, weights, rows, search.rng)
            if not len(rows):
                return
            self._setup, self.n_parameters_ = setup, n_weights
            search.go_on(energies, weights, starts, rows)
            rows = rows[(before - search.lowest > self.tol * setup.sums.scale)[rows]]
            if search.ended or not len(rows):
                return

    def _fitted(self, weights) -> dict:
        """Fitted attributes of a model of these weights."""
        found = self._estimate(self._setup.energies(self._setup.sums), self.operators_, weights)
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
        search = self._search(sums, np.random.default_rng(self._seed()))
        nearest = np.argsort(distances, axis=0, kind="stable")[:_N_NEAREST]
        return self._estimate(search.energies, operators, search.run(self.weights_[nearest]))

    def _search(self, sums, rng, callback=None, checkpoint=None) -> Search:
        rules = self.optimizer, self._setup.backend.random, self.max_iter, self.tol, rng, self.verbose
        return Search(self._setup.energies(sums), *rules, callback, checkpoint)

    def _estimate(self, energies, operators, W) -> Estimates:
        setup = self._setup
        if setup.backend.exact:
            return Estimates.without_noise(energies(W, np.arange(len(W))), self.scales).times(setup.unit)
        rng = np.random.default_rng(self._seed()).spawn(1)[0]  # not the shots of the training once more
        circuit, operators = weights_as_data(setup.drawing.circuit), in_units(operators, setup.unit)
        return Estimates.measure(setup.zne, circuit, operators, W, rng).times(setup.unit)
