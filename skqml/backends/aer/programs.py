"""Programs that run on Aer: saved expectation values, counts, states."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from ...engine.reading.bases import CommutingTerms, group_terms
from ...engine.reading.lower import split_parameters
from ...engine.reading.occurrences import Occurrences
from ...engine.reading.paulis import check_projectors, read_terms
from ..base import Backend
from ..counts import mean_and_variance
from ..defaults import PairOverlaps, ShiftProgram
from ..exact.overlaps import fidelities, row_fidelities, symmetric_fidelities
from ..program import Cost
from .simulation import Simulation


class AerProgram(ShiftProgram):
    """What programs on Aer share.

    Parameters
    ----------
    backend : Aer
    simulation : Simulation
        What the circuit is run with.
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend: Backend, simulation: Simulation, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        self.simulation = simulation
        native, self._places = simulation.prepare(circuit)
        # Each angle is an element of its own: no expression reaches Aer. Shifted are those of the gates as they are
        # run: gates written anew would have other noise between them.
        self._occurrences = Occurrences(native, split_parameters(circuit))

    def _angles(self, X, w) -> np.ndarray:
        return self._occurrences.angles(*self._check(X, w))

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        return self._on_angles(self._angles(X, w), rng)

    @abstractmethod
    def _on_angles(self, angles: np.ndarray, rng) -> np.ndarray:
        """Values for rows of angles of all gates."""


class ExactAer(AerProgram):
    """Expectation values that Aer saves."""

    def __init__(self, backend, simulation, circuit, observables):
        super().__init__(backend, simulation, circuit, observables)
        self._circuit = self._occurrences.circuit.copy()
        for k, observable in enumerate(self.observables):
            terms = read_terms(observable, circuit.num_qubits)
            self._circuit.save_expectation_value(_operator(terms), self._places, label=f"value{k}")

    def _on_angles(self, angles: np.ndarray, rng) -> np.ndarray:
        values = np.empty((len(angles), len(self.observables)))
        if values.size:
            for row, data in zip(values, self.simulation.run(self._circuit, angles, None), strict=True):
                row[:] = [data[f"value{k}"] for k in range(len(row))]
        return values


def _operator(terms: list[tuple[str, float]]) -> SparsePauliOp:
    factors = {letter: SparsePauliOp(letter) for letter in "IXYZ"}
    factors |= {b: SparsePauliOp(["I", "Z"], [0.5, sign * 0.5]) for b, sign in (("0", 1), ("1", -1))}
    total = []
    for label, coefficient in terms:
        check_projectors(label)
        operator = SparsePauliOp("", coefficient)
        for letter in label:
            operator = operator.tensor(factors[letter])
        total.append(operator)
    return SparsePauliOp.sum(total).simplify(atol=0.0)


class SampledAer(AerProgram):
    """Expectation values from counts, a circuit for each measurement basis."""

    def __init__(self, backend, simulation, circuit, observables):
        super().__init__(backend, simulation, circuit, observables)
        n_qubits = circuit.num_qubits
        self._groups, self._constant = group_terms(self.observables, n_qubits)
        self._circuits = [self._measured(group, n_qubits) for group in self._groups]

    def _measured(self, group: CommutingTerms, n_qubits: int) -> QuantumCircuit:
        circuit = self._occurrences.circuit
        measured = QuantumCircuit(circuit.num_qubits, len(group.qubits))
        measured.compose(circuit, inplace=True)
        rotations = self.simulation.placed(group.rotations(n_qubits), self._places, circuit.num_qubits)
        measured.compose(rotations, inplace=True)
        measured.measure([self._places[q] for q in group.qubits], range(len(group.qubits)))
        return measured

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values and standard errors from the same counts; see `Program.estimate`."""
        return self._estimate(self._angles(X, w), rng)

    def _on_angles(self, angles: np.ndarray, rng) -> np.ndarray:
        return self._estimate(angles, rng)[0]

    def _estimate(self, angles, rng) -> tuple[np.ndarray, np.ndarray]:
        rng = self.backend.generator() if rng is None else rng
        values = np.tile(self._constant, (len(angles), 1))
        variances = np.zeros_like(values)
        for group, circuit in zip(self._groups, self._circuits, strict=True):
            for k, data in enumerate(self.simulation.run(circuit, angles, rng)):
                mean, variance = mean_and_variance(*_counted(data["counts"], group))
                values[k] += mean
                variances[k] += variance
        return values, np.sqrt(variances)


def _counted(counts: dict[str, int], group: CommutingTerms) -> tuple[np.ndarray, np.ndarray]:
    """Counts (n_outcomes,), and what each outcome adds to the observables (n_outcomes, n_observables)."""
    bits = np.array([[int(key, 16) >> k & 1 for k in range(len(group.qubits))] for key in counts])
    return np.array(list(counts.values())), group.values(bits)


class StatesOverlaps(PairOverlaps):
    """Fidelities from one state of Aer's a row and one matrix product.

    Parameters
    ----------
    backend : Aer
    simulation : Simulation
    circuit : QuantumCircuit
    """

    in_pairs = False
    normalised = True

    def __init__(self, backend: Backend, simulation: Simulation, circuit: QuantumCircuit):
        super().__init__(backend, circuit)
        self.simulation = simulation
        self._occurrences = Occurrences(simulation.prepare(circuit)[0], split_parameters(circuit))
        self._circuit = self._occurrences.circuit.copy()
        self._circuit.save_statevector()

    def states(self, X, w=None) -> np.ndarray:
        """States (n_samples, 2, 2**n_qubits), real and imaginary parts, up to global phases."""
        angles = self._occurrences.angles(*self._check(X, w))
        S = np.empty((len(X), 2, 1 << self._circuit.num_qubits))
        for parts, data in zip(S, self.simulation.run(self._circuit, angles, None), strict=True):
            psi = np.asarray(data["statevector"])
            parts[0], parts[1] = psi.real, psi.imag
        return S

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """One state a row; derivatives are those of pairs; see `Overlaps.cost`."""
        pairs = super().cost(n_rows, n_columns, gradient)
        return pairs if gradient else Cost(n_rows + (n_columns or 0), bytes=pairs.bytes)

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m)."""
        S = self.states(X, w)
        K = np.empty((len(X), len(X if Y is None else Y)))
        if Y is None:
            symmetric_fidelities(S, K)
            np.fill_diagonal(K, 1.0)
        else:
            fidelities(S, self.states(Y, w), K)
        return K

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        return row_fidelities(self.states(X, w), self.states(Y, w))
