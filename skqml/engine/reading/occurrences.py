"""Weights, or each gate angle of a circuit, as data columns of their own."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitError, Parameter, ParameterVector

from .angles import Tape
from .expressions import Atoms, Polynomial
from .frequencies import frequencies
from .lower import DATA, Parameters, flatten, is_free, split_parameters


class Occurrences:
    """A circuit whose data are the angles of its gates, one element for each occurrence.

    Parameters
    ----------
    circuit : QuantumCircuit
    parameters : (list of Parameter, list of Parameter), default=None
        Data and weights where they are those of the circuit that this one was written from.
    whole : bool, default=False
        Whether Qiskit's own gates stay as they are, for the noise that is on them.

    Attributes
    ----------
    circuit : QuantumCircuit
        Parametrised gates are among ``rx ry rz p u rxx ryy rzz rzx``, or any where they stay whole; each of their free
        angles is an element of the vector ``x``. All other gates stand as they were.
    n_features, n_weights, n_angles : int
        Columns of X and weights of the given circuit, data columns of the new one.
    frequencies : list of tuple of float
        Those of results as a function of each angle; see `frequencies`.
    of_weights : ndarray of bool (n_angles,)
        Whether each angle depends on weights.
    """

    def __init__(self, circuit: QuantumCircuit, parameters: Parameters | None = None, whole: bool = False):
        data, weights = parameters or split_parameters(circuit)
        atoms, trained = Atoms(data, weights), set(weights)
        self.n_features, self.n_weights = atoms.n_features, atoms.n_weights
        self.circuit = QuantumCircuit(circuit.num_qubits)
        x = ParameterVector(DATA, 0)
        angles: list[Polynomial] = []
        self.frequencies: list[tuple[float, ...]] = []
        of_weights: list[bool] = []
        for operation, qubits in flatten(circuit, keep_fixed=True, keep_invertible=whole):
            params = list(operation.params)
            for k, p in enumerate(params):
                if is_free(p):
                    angles.append(atoms.read(p))
                    self.frequencies.append(frequencies(operation, k))
                    of_weights.append(not trained.isdisjoint(p.parameters))
                    x.resize(len(angles))
                    params[k] = x[len(angles) - 1]
            if params != list(operation.params):
                operation = operation.base_class(*params, label=operation.label)
            self.circuit.append(operation, qubits)
        self.n_angles, self.of_weights = len(angles), np.array(of_weights, dtype=bool)
        self._tape = Tape(atoms, angles)

    def angles(self, X, w) -> np.ndarray:
        """Angles (n_samples, n_angles) of all gates."""
        return self._tape.values(self._tape.inputs_from(X, w))

    def pullback(self, X, w, g) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents g (n_samples, n_angles) of the angles."""
        dU = self._tape.pullback(self._tape.inputs_from(X, w), g)
        return self._tape.inputs_to(dU)


def weights_as_data(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with its weights as data too, behind the features.

    A program sums the derivatives by weights over rows; those by data come row by row.
    """
    data, weights = split_parameters(circuit)
    x = ParameterVector(DATA, len(data) + len(weights))
    used = set(circuit.parameters)
    new = {p: v for p, v in zip(data + weights, x, strict=True) if p in used}
    return substituted(circuit, new)


def substituted(circuit: QuantumCircuit, new: dict[Parameter, Parameter]) -> QuantumCircuit:
    """The circuit with other parameters, which may have the names of those that go."""
    try:
        return circuit.assign_parameters(new)
    except CircuitError:  # Qiskit puts in one after another, and meets a name that is still there
        between = {p: Parameter(f"in place of {p.name}") for p in new}
        renamed = circuit.assign_parameters(between)
        return renamed.assign_parameters({between[p]: new[p] for p in new})
