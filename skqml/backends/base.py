"""Where circuits run: the base class of all backends."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator

from .._parts import OptionalParts
from .defaults import PairOverlaps, StringProbabilities
from .program import Overlaps, Probabilities, Program


class Backend(OptionalParts, BaseEstimator, ABC):
    """Compiles circuits into programs.

    A subclass writes `compile`. Circuits follow one convention: the elements of the parameter
    vector ``x`` are data (column k of X is the element of index k), all other parameters are
    weights, in the order of ``circuit.parameters``.
    """

    @abstractmethod
    def compile(self, circuit: QuantumCircuit, observables: Sequence) -> Program:
        """Return a program for the expectation values of some observables.

        Parameters
        ----------
        circuit : QuantumCircuit
        observables : SparsePauliOp or Observable, or a sequence of them

        Returns
        -------
        Program
        """

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if circuits of so many qubits can surely not be run; it is asked before they are drawn.

        The default asks the backend inside, if there is one, and otherwise takes any number.
        """
        if "backend" in self._default_parts:
            inner = self._part("backend")
            if isinstance(inner, Backend):
                inner.check_width(n_qubits)

    def check_circuit(self, circuit) -> None:
        """Refuse what is no circuit, or one that is too wide."""
        if not isinstance(circuit, QuantumCircuit):
            raise TypeError(f"Expected circuit to be a QuantumCircuit, but got {type(circuit).__name__}.")
        self.check_width(circuit.num_qubits)

    def compile_overlaps(self, circuit: QuantumCircuit) -> Overlaps:
        """Return a program for the fidelities ``|<psi(y)|psi(x)>|^2`` of a circuit's states."""
        return PairOverlaps(self, circuit)

    def compile_probabilities(self, circuit: QuantumCircuit, qubits: Sequence[int]) -> Probabilities:
        """Return a program for the probabilities of the outcomes when some qubits are measured."""
        return StringProbabilities(self, circuit, qubits)

    def overlaps(self, circuit: QuantumCircuit, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m) of the states of the rows of X and Y (``None``: X, symmetric)."""
        return self.compile_overlaps(circuit)(X, Y, w, rng)

    @property
    def exact(self) -> bool:
        """Whether results have neither shot noise nor gate noise."""
        return False

    @property
    def random(self) -> bool:
        """Whether results hold shots, so that they differ from call to call."""
        return self.generator() is not None

    def generator(self) -> np.random.Generator | None:
        """Source of shots for one call, ``None`` where results are not random."""
        return None
