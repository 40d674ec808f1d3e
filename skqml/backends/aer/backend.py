"""Qiskit Aer: shots, noise models, matrix product states, stabilizers, GPUs and device models."""

from typing import Any

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator

from ..._checks import check_count, check_option
from ...engine.reading.transpile import standard_gates
from ..base import Backend
from ..program import Overlaps, Program
from .programs import ExactAer, SampledAer, StatesOverlaps
from .simulation import Simulation

_DEVICES = {None: None, "cpu": "CPU", "cuda": "GPU"}  # Aer's own names


class Aer(Backend):
    """Simulation by Qiskit Aer.

    A circuit is transpiled once, to gates that a noise model names if there is one, and all rows
    are bound inside Aer. Gates that Aer cannot bind or run, such as controlled ones with free angles, become others
    without noise, and their own noise follows: results are those of `Noisy`.

    Parameters
    ----------
    simulator : AerSimulator or BackendV2, default=None
        With any method, noise model or device model. Of another backend, such as those of
        ``fake_provider``, the noise, the gates and the neighbours are simulated
        (``AerSimulator.from_backend``, which can take seconds: convert it yourself before a
        search). ``None`` means an ideal ``AerSimulator()``. Simulators that
        are not given are made anew in each process.
    shots : int, default=None
        Shots for each row and measurement basis. ``None`` gives exact values: of the density
        matrix where there is a noise model. Readout errors act on counts alone.
    random_state : int, RandomState, Generator or None, default=None
        Source of the seeds where a call is given no ``rng``.
    max_memory : int, default=4 * 2**30
        Bytes that one state may take.
    method : str, default=None
        ``"statevector"``, ``"density_matrix"``, ``"matrix_product_state"``, ``"stabilizer"``
        (Clifford circuits without free angles), ... ``None`` leaves it to the simulator, as do
        the next three.
    noise_model : NoiseModel, default=None
    device : {"cpu", "cuda"}, default=None
        Processor that simulates, as in `Torch`. A GPU needs the package ``qiskit-aer-gpu`` instead of ``qiskit-aer``.
    precision : {"double", "single"}, default=None
        Of amplitudes.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import ParameterVector
    >>> from skqml import all_z
    >>> from skqml import Aer
    >>> x = ParameterVector("x", 1)
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.ry(x[0], 0)
    >>> Aer().compile(qc, all_z(1))(np.array([[0.0], [np.pi / 3]])).round(6)
    array([[1. ],
           [0.5]])
    """

    def __init__(
        self,
        simulator=None,
        shots=None,
        random_state=None,
        max_memory=4 * 2**30,
        *,
        method=None,
        noise_model=None,
        device=None,
        precision=None,
    ):
        self.simulator = simulator
        self.shots = shots
        self.random_state = random_state
        self.max_memory = max_memory
        self.method = method
        self.noise_model = noise_model
        self.device = device
        self.precision = precision

    @property
    def exact(self) -> bool:
        """True without shots and noise, unless the simulator's method is an approximation."""
        if self.shots is not None or not isinstance(self.simulator, AerSimulator | None):
            return False
        try:
            simulation = self._simulation()
            return simulation.noise is None and simulation.method == "statevector"
        except (TypeError, ValueError):  # `compile` says what is wrong
            return False

    def compile(self, circuit, observables) -> Program:
        """Return a program that runs on Aer; see `Backend.compile`."""
        simulation = self._checked(circuit)
        return (ExactAer if self.shots is None else SampledAer)(self, simulation, circuit, observables)

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities of the states where they are exact, else those of pairs of rows."""
        simulation = self._checked(circuit)
        return StatesOverlaps(self, simulation, circuit) if self.exact else super().compile_overlaps(circuit)

    def check_width(self, n_qubits) -> None:
        """Raise ValueError if a state of so many qubits does not fit in ``max_memory``, by the method in use."""
        self._simulation().check_memory(n_qubits, self.max_memory)

    @property
    def noise(self) -> Any:
        """Noise model that circuits run under, the one given or that of a given simulator of Aer."""
        options = self.simulator.options if isinstance(self.simulator, AerSimulator) else {}
        return options.get("noise_model") if self.noise_model is None else self.noise_model

    @property
    def native_gates(self) -> list[str]:
        """Names of the gates that noise is on: those of the noise model, or of a device."""
        is_device = isinstance(self.simulator, BackendV2) and not isinstance(self.simulator, AerSimulator)
        names = self.simulator.operation_names if is_device else []
        return standard_gates(names) if self.noise is None else super().native_gates

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit in the gates that the simulator runs, and on its qubits."""
        self.check_width(circuit.num_qubits)
        return self._checked(circuit).native(circuit)[0]

    def _simulation(self) -> Simulation:
        options = {name: getattr(self, name) for name in ("method", "noise_model", "precision")}
        options["device"] = _DEVICES[check_option("device", self.device, _DEVICES)]
        shots = None if self.shots is None else check_count("shots", self.shots)
        return Simulation(self.simulator, {k: v for k, v in options.items() if v is not None}, shots)

    def _checked(self, circuit: QuantumCircuit) -> Simulation:
        self.generator()
        simulation = self._simulation()
        simulation.check(circuit)
        return simulation
