"""Exact simulation under a noise model."""

from typing import Any

from ..._checks import check_count
from ...engine.checks import check_limits
from ...engine.density.channels import Channels
from ...engine.density.gaps import refuse_unknown_qubits
from ...engine.density.noisy_circuit import read_circuit
from ...engine.density.sweeps import check_width
from ...engine.reading.inverse import inverted
from ...engine.reading.lower import split_parameters
from ..base import Backend
from ..program import Overlaps, Program
from ..shots import SampledOverlaps, SampledProgram
from .overlaps import NoisyOverlaps
from .program import NoisyProgram


class Noisy(Backend):
    """Exact simulation under a noise model, by compiled sweeps over density matrices.

    A circuit is transpiled once to the gates that the model names (level 0); each gate is followed
    by its error, as in Aer's density matrix method. What is measured is changed by errors of the
    measurement and of the readout: the mean of a Pauli string is that of the outcomes, after a
    change of basis without noise. With shots the gates that change the basis are noisy too, as on
    a chip.

    Fidelities are those of U(x) and then U(y)^-1, which is the inverse of each gate of U in reverse order, under the
    gate's label if it has one. Both are written in the gates that the model names, and each gate is followed by its
    error, as the hardware would run them. They come from one sweep through U(x) and one through U(y)^-1 for each row:
    with Pauli expectation values r_P = Tr[P rho] and coefficients m_P of the projector on 0..0,
    pulled back through the noisy inverse circuit,

    ``K(x, y) = sum_P r_P(x) m_P(y)``.

    Gradients are exact: states are kept, or kept at some places and computed again between them.

    Parameters
    ----------
    noise_model : NoiseModel, default=None
        Of Qiskit Aer; ``None`` means no noise. Readout errors must be of one qubit each. A gate of two or more qubits
        whose errors are on others than it acts on runs without noise, with a warning, and circuits of more qubits than
        a device's model knows are refused; give the device itself to `Aer` for circuits that are to be routed.
    shots : int, default=None
        Shots for each row and basis, and for each pair of rows of a fidelity, sampled from the
        exact results; ``None`` for these themselves.
    random_state : int, RandomState, Generator or None, default=None
        Source of the shots where a call is given no ``rng``.
    threads : int, default=None
        Upper limit of threads; ``None`` means all cores. Inside a joblib worker it is one.
    max_memory : int, default=4 * 2**30
        Bytes that states may take at one time: 8 * 4**n_qubits for a row.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit_aer.noise import NoiseModel, depolarizing_error
    >>> from skqml import all_z
    >>> from skqml import Noisy
    >>> model = NoiseModel()
    >>> model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.x(0)
    >>> Noisy(model).compile(qc, all_z(1))(np.zeros((1, 0)))
    array([[-0.9]])
    """

    def __init__(self, noise_model=None, shots=None, random_state=None, threads=None, max_memory=4 * 2**30):
        self.noise_model = noise_model
        self.shots = shots
        self.random_state = random_state
        self.threads = threads
        self.max_memory = max_memory

    @property
    def exact(self) -> bool:
        """True without shots and without a noise model."""
        return self.shots is None and self.noise_model is None

    @property
    def noise(self) -> Any:
        """The noise model; ValueError if it is none."""
        self._channels()
        return self.noise_model

    def compile(self, circuit, observables) -> Program:
        """Return a program for expectation values under noise; see `Backend.compile`."""
        if self.shots is not None:
            return SampledProgram(self, self._without_shots(), circuit, observables)
        return NoisyProgram(
            read_circuit(circuit, self._channels_of(circuit)), observables, self.threads, self.max_memory
        )

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities from two sweeps for each row and one matrix product."""
        if self.shots is not None:
            return SampledOverlaps(self, self._without_shots(), circuit)
        parameters, channels = split_parameters(circuit), self._channels_of(circuit)
        there = read_circuit(circuit, channels, parameters, measured=False)
        back = read_circuit(inverted(circuit), channels, parameters)
        return NoisyOverlaps(there, back, self.threads, self.max_memory)

    def _without_shots(self) -> "Noisy":
        check_count("shots", self.shots)
        self.generator()  # refuses what is no seed
        return Noisy(self.noise_model, threads=self.threads, max_memory=self.max_memory)

    def _channels(self) -> Channels | None:
        return None if self.noise_model is None else Channels(self.noise_model)

    def _channels_of(self, circuit) -> Channels | None:
        channels = self._channels()
        if channels is not None:
            refuse_unknown_qubits(self.noise_model, circuit)
        return channels

    def check_width(self, n_qubits) -> None:
        """Raise ValueError if density matrices of so many qubits do not fit in ``max_memory``."""
        self._channels()  # refuses what is no model of noise
        check_limits(self.threads, self.max_memory)
        check_width(n_qubits, self.max_memory)
