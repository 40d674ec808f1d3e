"""What a primitive is asked (a PUB: circuit, rows of angles, observables), and how its answer is read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from qiskit.circuit import ClassicalRegister, ParameterVector, QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from ...engine.reading.bases import CommutingTerms, group_terms
from ...engine.reading.expressions import Atoms
from ...engine.reading.lower import DATA, flatten, split_parameters
from ...engine.reading.occurrences import Occurrences
from ...engine.reading.paulis import read_observables
from ..counts import mean_and_variance
from ..terms import pauli_label

_REGISTER = "outcome"
_MAX_STRINGS = 2**12  # Pauli strings that one projector may become for an estimator


@dataclass(frozen=True)
class Pub(ABC):
    """A circuit for many rows of angles, and the observables that it serves.

    Attributes
    ----------
    kind : {"sampler", "estimator"}
        The primitive that it is for.
    circuit : QuantumCircuit
        As the primitive runs it, with the elements of ``x`` for angles.
    logical : QuantumCircuit
        The same before it was fitted to a device.
    places : ndarray of int (n_served,)
        Columns of the values that belong to its observables.
    """

    circuit: QuantumCircuit
    logical: QuantumCircuit
    places: np.ndarray

    kind: ClassVar[str]

    def bindings(self, angles: np.ndarray) -> np.ndarray:
        """Values (n_samples, n_parameters) of the circuit's parameters."""
        columns = [p.index for p in self.circuit.parameters]
        return angles[:, columns] if angles.shape[1] else np.zeros((len(angles), len(columns)))

    @property
    @abstractmethod
    def bounds(self) -> np.ndarray:
        """Largest absolute values (n_served,) that the observables can have."""

    def check(self, means: np.ndarray, variances: np.ndarray, n_rows: int) -> None:
        """Raise ValueError for means and variances that cannot be an answer for so many rows."""
        shape = (n_rows, len(self.places))
        if means.shape != shape or variances.shape != shape:
            raise ValueError(f"expected values of shape {shape}, got {means.shape} with variances {variances.shape}")
        if means.dtype != float or variances.dtype != float:
            raise ValueError(f"expected floats, got {means.dtype} with variances in {variances.dtype}")
        if not (np.isfinite(means).all() and np.isfinite(variances).all()):
            raise ValueError("it holds NaN or infinity")
        if (variances < 0).any():
            raise ValueError("it holds negative variances")
        # Mitigation may carry a value past the largest one possible, but not far.
        if (np.abs(means) > 2 * self.bounds + 10 * np.sqrt(variances)).any():
            raise ValueError(f"it holds a value of {np.abs(means).max():g}, where {self.bounds.max():g} is possible")

    @abstractmethod
    def ask(self, angles: np.ndarray) -> tuple:
        """What the primitive is given for rows of angles."""

    @abstractmethod
    def read(self, data, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Means of the observables that it serves and their variances, both (n_rows, n_served)."""

    def cache_key(self) -> tuple:
        """All that an answer depends on besides the angles, as text and arrays."""
        gates, data = [], split_parameters(self.logical)[0]
        atoms = Atoms(data)
        for operation, qubits in flatten(self.logical):
            free = any(getattr(p, "parameters", ()) for p in operation.params)
            meaning = [atoms.read(p) for p in operation.params] if free else np.asarray(operation.to_matrix())
            gates.append((operation.name, meaning, qubits))
        index = {qubit: k for k, qubit in enumerate(self.circuit.qubits)}
        physical = [(i.operation.name, [index[q] for q in i.qubits]) for i in self.circuit.data]
        return gates, physical, self.places


@dataclass(frozen=True)
class SamplerPub(Pub):
    """A circuit that is measured in one basis, for a sampler."""

    group: CommutingTerms
    shots: int | None

    kind: ClassVar[str] = "sampler"

    @property
    def bounds(self) -> np.ndarray:
        """Largest absolute values (n_served,) that the observables can have."""
        return np.abs(self.group.matrix).sum(axis=1)

    def ask(self, angles: np.ndarray) -> tuple:
        """What the sampler is given for rows of angles."""
        return self.circuit, self.bindings(angles)

    def read(self, data, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances (n_rows, n_served) out of the counted outcomes."""
        samples = np.asarray(getattr(data, _REGISTER).array)
        if samples.ndim != 3 or samples.shape[0] != n_rows or not samples.shape[1]:
            raise ValueError(f"expected shots for {n_rows} rows, got an array of shape {samples.shape}")
        if self.shots is not None and samples.shape[1] < self.shots:
            raise ValueError(f"expected {self.shots} shots a row, got {samples.shape[1]}")
        moments = [self._moments(row) for row in samples]
        return np.array([mean for mean, _ in moments]), np.array([variance for _, variance in moments])

    def _moments(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and its variance (n_served,) over the packed outcomes (n_shots, n_bytes) of one row."""
        outcomes, counts = np.unique(samples, axis=0, return_counts=True)
        bits = np.unpackbits(outcomes, axis=1)[:, ::-1][:, : len(self.group.qubits)]
        return mean_and_variance(counts, self.group.values(bits))

    def cache_key(self) -> tuple:
        """All that an answer depends on besides the angles, as text and arrays."""
        return *super().cache_key(), self.group.basis, self.group.labels, self.group.matrix


@dataclass(frozen=True)
class EstimatorPub(Pub):
    """A circuit with its observables, for an estimator."""

    operators: tuple[SparsePauliOp, ...]
    standard_error: float | None

    kind: ClassVar[str] = "estimator"

    @property
    def bounds(self) -> np.ndarray:
        """Largest absolute values (n_served,) that the observables can have."""
        return np.array([np.abs(operator.coeffs).sum() for operator in self.operators])

    def ask(self, angles: np.ndarray) -> tuple:
        """What the estimator is given for rows of angles, which broadcast against the observables."""
        return self.circuit, list(self.operators), self.bindings(angles)[:, None]

    def read(self, data, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Means and variances (n_rows, n_served); errors that are all zero count as the one asked for."""
        means, errors = np.asarray(data.evs, dtype=float), np.asarray(data.stds, dtype=float)
        shape = (n_rows, len(self.operators))
        if means.shape != shape or errors.shape != shape:
            raise ValueError(f"expected values of shape {shape}, got {means.shape} with errors {errors.shape}")
        if (errors < 0).any():
            raise ValueError("it holds negative standard errors")
        if not errors.any() and self.standard_error is not None:  # StatevectorEstimator says 0 whatever noise it adds
            errors = np.full(shape, self.standard_error)
        return means, errors**2

    def cache_key(self) -> tuple:
        """All that an answer depends on besides the angles, as text and arrays."""
        return *super().cache_key(), [(o.paulis.to_labels(), o.coeffs) for o in self.operators]


def sampler_pubs(
    occurrences: Occurrences, observables: Sequence, places: Sequence[int], fit, shots
) -> tuple[list, np.ndarray]:
    """PUBs of a sampler, one a measurement basis, and the constants of all observables.

    Parameters
    ----------
    occurrences : Occurrences
    observables : sequence
    places : sequence of int
        Columns that the observables belong to.
    fit : callable (circuit) -> circuit
        Writes a circuit for a device.
    shots : int or None
        Shots of each row that are asked for.
    """
    circuit = _with_parameter(occurrences.circuit)
    groups, constant = group_terms(observables, circuit.num_qubits)
    pubs = []
    for group in groups:
        measured = circuit.compose(group.rotations(circuit.num_qubits))
        register = ClassicalRegister(len(group.qubits), _REGISTER)
        measured.add_register(register)
        measured.measure(group.qubits, register)
        pubs.append(SamplerPub(fit(measured), measured, np.array(places, dtype=int), group, shots))
    return pubs, constant


def estimator_pubs(
    occurrences: Occurrences, observables: Sequence, places: Sequence[int], fit, standard_error
) -> tuple[list, np.ndarray]:
    """The PUB of an estimator (none if all observables are constant), and the constants; see `sampler_pubs`."""
    circuit = _with_parameter(occurrences.circuit)
    n_qubits = circuit.num_qubits
    _refuse_wide_projectors(observables)
    strings, matrix, constant = read_observables(observables, n_qubits)
    labels = [pauli_label(x, z, n_qubits) for x, z in strings]
    served = [k for k, row in enumerate(matrix) if row.any()]
    if not served:
        return [], constant
    isa = fit(circuit)
    operators = []
    for row in matrix[served]:
        terms = [(label, c) for label, c in zip(labels, row.tolist(), strict=True) if c]
        operator = SparsePauliOp.from_list(terms)
        operators.append(operator if isa.layout is None else operator.apply_layout(isa.layout))
    return [EstimatorPub(isa, circuit, np.array(places, dtype=int)[served], tuple(operators), standard_error)], constant


def _with_parameter(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit, with a rotation of |0> about Z in front if it has no angle.

    Rows of a circuit without parameters are more than Aer's estimator can take.
    """
    if circuit.parameters:
        return circuit
    turned = QuantumCircuit(circuit.num_qubits)
    turned.rz(ParameterVector(DATA, 1)[0], 0)
    return turned.compose(circuit)


def _refuse_wide_projectors(observables: Sequence) -> None:
    for observable in observables:
        for label in getattr(observable, "labels", ()):
            projected = sum(letter in "01" for letter in label)
            if 1 << projected > _MAX_STRINGS:
                raise ValueError(
                    f"Expected a sampler for a projector on {projected} qubits, which an estimator would need "
                    f"2**{projected} Pauli strings for; give Primitive(sampler=...)."
                )
