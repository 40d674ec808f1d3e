"""Where circuits run: the base class of all backends."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone

from .._checks import as_generator
from .._parts import OptionalParts
from ..engine.reading.transpile import standard_gates, write_in
from ..files.stand_ins import PlainState
from .defaults import PairOverlaps
from .prepared import GateByGate
from .probabilities import StringProbabilities
from .program import Overlaps, Probabilities, Program


class Backend(OptionalParts, PlainState, GateByGate, ABC):
    """Compiles circuits into programs.

    A subclass writes `compile`. Circuits follow one convention: the elements of the parameter
    vector ``x`` are data (column k of X is the element of index k), all other parameters are
    weights, in the order of ``circuit.parameters``.

    What others want to know of a backend is an attribute with a plain default; nobody asks for its class.

    Attributes
    ----------
    shots : int or None
        For each row and basis; None for exact results, and where that is left to hardware.
    threads : int or None
        Upper limit of threads, None for all cores.
    noise_model : NoiseModel or None
        As it was given; `noise` is the one in use.
    random_state : int, RandomState, Generator or None
        Source of shots where a call is given no ``rng``.
    starts_from_rows : bool
        Whether `compile` takes circuits that prepare rows as amplitudes (`AmplitudePreparation`); others are handed
        such circuits in rotations, whose angles are computed from each row.
    """

    shots: int | None = None
    threads: int | None = None
    noise_model: Any = None
    random_state: Any = None

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
        """Raise ValueError if circuits of so many qubits can surely not be run; it is asked before they are drawn or
        compiled."""

    def compile_overlaps(self, circuit: QuantumCircuit) -> Overlaps:
        """Return a program for the fidelities ``|<psi(y)|psi(x)>|^2`` of a circuit's states."""
        return PairOverlaps(self, circuit).compiled()

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
    def statevector(self) -> bool:
        """Whether circuits run as statevectors in this process, so that a model's own loops may stand in for them."""
        return False

    @property
    def random(self) -> bool:
        """Whether results hold shots, so that they differ from call to call."""
        return self.shots is not None

    @property
    def seed(self) -> Any:
        """What `generator` is made from."""
        return self.random_state

    def generator(self) -> np.random.Generator | None:
        """Source of shots for one call, ``None`` where results are not random."""
        return as_generator("random_state", self.seed) if self.random else None

    @property
    def runner(self) -> "Backend":
        """The backend that runs the circuits: this one, or the innermost."""
        return self

    @property
    def noise(self) -> Any:
        """Noise model of Aer under which circuits run, None where there is none."""
        return self.noise_model

    @property
    def misread(self) -> bool:
        """Whether errors of the readout are in the results, which extrapolation cannot take out."""
        return self.noise is not None and "measure" in self.noise.noise_instructions

    @property
    def native_gates(self) -> list[str]:
        """Names of the gates that noise is on: those that circuits have to be written in; none without noise."""
        return [] if self.noise is None else standard_gates(self.noise.basis_gates)

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit in the gates that are run, for their count; ``u`` and ``cx`` where a backend takes any."""
        return write_in(circuit, ["u", "cx"])

    def replaced(self, **params: Any) -> Self:
        """A copy in which some parameters have other values."""
        return clone(self).set_params(**params)
