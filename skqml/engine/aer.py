"""Qiskit Aer: shots, noise models, matrix product states, stabilizers and device models."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from .backend import Backend, Program
from .checks import as_rows, as_weights, check_finite
from .groups import Group, group_terms
from .lower import split_parameters
from .occurrences import Occurrences
from .overlaps import fidelities, symmetric_fidelities
from .paulis import read_terms
from .shifted import ShiftedOverlaps
from .shots import as_generator, check_shots
from .threads import n_threads

# Gates with free angles that Aer binds at run time. It ignores the angles of controlled ones (crx,
# cp, ...) without a word, so that no such gate may be here.
_BASIS = "rx ry rz p u r rxx ryy rzz rzx id x y z h s sdg t tdg sx sxdg cx cy cz swap ccx".split()
_UNBOUND = {"cp", "crx", "cry", "crz", "cu", "cu1", "cu3", "mcp", "mcphase", "mcr", "mcrx", "mcry", "mcrz", "mcu"}
_NO_GATES = {"reset", "measure", "delay", "unitary", "kraus", "superop", "roerror", "quantum_channel"}
_BATCH_BYTES = 2**28  # of the states of rows that are one job, with one seed
_MAX_BATCH = 4096


class Aer(Backend):
    """Simulation by Qiskit Aer.

    A circuit is transpiled once, to gates that a noise model names if there is one, and all rows
    are bound inside Aer.

    Parameters
    ----------
    simulator : AerSimulator, default=None
        With any method, noise model or device model; ``None`` means an ideal ``AerSimulator()``,
        made anew in each process.
    shots : int, default=None
        Shots for each row and measurement basis. ``None`` gives exact values: of the density
        matrix where there is a noise model. Readout errors act on counts alone.
    random_state : int, RandomState, Generator or None, default=None
        Source of the seeds where a call is given no ``rng``.
    max_memory : int, default=4 * 2**30
        Bytes that one state may take.

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

    def __init__(self, simulator=None, shots=None, random_state=None, max_memory=4 * 2**30):
        self.simulator = simulator
        self.shots = shots
        self.random_state = random_state
        self.max_memory = max_memory

    @property
    def exact(self):
        """True without shots and noise, unless the simulator's method is an approximation."""
        return self.shots is None and self._noise() is None and self._method() == "statevector"

    def compile(self, circuit, observables):
        """Return a program that runs on Aer; see `Backend.compile`."""
        self._check(circuit)
        return (_ExactAer if self.shots is None else _SampledAer)(self, circuit, observables)

    def compile_overlaps(self, circuit):
        """Return fidelities of the states where they are exact, else those of pairs of rows."""
        self._check(circuit)
        return StatesOverlaps(self, circuit) if self.exact else super().compile_overlaps(circuit)

    def generator(self):
        """Source of seeds for one call, ``None`` without shots."""
        return None if self.shots is None else as_generator(self.random_state)

    def _live(self) -> AerSimulator:
        return AerSimulator() if self.simulator is None else self.simulator

    def _noise(self):
        noise = getattr(getattr(self.simulator, "options", None), "noise_model", None)
        return None if noise is None or noise.is_ideal() else noise

    def _method(self) -> str:
        """Method to run with: one that is exact if there are no shots."""
        method = getattr(getattr(self.simulator, "options", None), "method", None) or "automatic"
        if self.shots is not None:
            return method
        if self._noise() is None:
            return "statevector" if method == "automatic" else method
        return "density_matrix" if method in ("automatic", "statevector") else method

    def _check(self, circuit: QuantumCircuit) -> None:
        split_parameters(circuit)
        if self.shots is not None:
            check_shots(self.shots)
            self.generator()
        if self.simulator is not None and not isinstance(self.simulator, AerSimulator):
            raise ValueError(
                f"The 'simulator' parameter must be None or an AerSimulator, got {self.simulator!r}."
            )
        method = self._method()
        if self.shots is None and self._noise() is not None and method != "density_matrix":
            raise ValueError(
                f"Expected a simulator whose method gives exact values with noise, got '{method}'; "
                "set shots, or the method 'density_matrix'."
            )
        needed = 16 * {"statevector": 2, "density_matrix": 4}.get(method, 0) ** circuit.num_qubits
        if needed > self.max_memory:
            raise ValueError(
                f"Expected a circuit whose state fits in max_memory={self.max_memory} bytes, but "
                f"{circuit.num_qubits} qubits need {needed} bytes with the method '{method}'; use fewer "
                "qubits, a larger max_memory, or a simulator of another method."
            )

    def prepare(self, circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
        """The circuit in gates that the simulator binds, and the place of each qubit in it."""
        noise = self._noise()
        # Which qubits are neighbours matters to the noise of a device alone.
        coupling = None if noise is None else self.simulator.coupling_map
        basis = _BASIS if noise is None else sorted(set(noise.basis_gates) - _UNBOUND - _NO_GATES)
        try:
            native = transpile(
                circuit, basis_gates=basis, coupling_map=coupling, optimization_level=0, seed_transpiler=0
            )
        except QiskitError as error:
            raise ValueError(
                f"Expected a circuit that can be written in the gates {basis} of the simulator, but "
                f"transpiling it failed: {error}."
            ) from error
        native.global_phase = 0  # Aer refuses one with parameters, and it has no effect
        layout = native.layout
        places = range(circuit.num_qubits) if layout is None else layout.final_index_layout()
        return native, list(places)

    def run(self, circuit: QuantumCircuit, angles: np.ndarray, seeds: np.random.Generator | None):
        """Yield the data of each row of angles, which bind x[0], x[1], ... of the circuit."""
        check_finite(angles, "X")
        step = int(np.clip(_BATCH_BYTES >> (4 + min(circuit.num_qubits, 24)), 1, _MAX_BATCH))
        for a in range(0, len(angles), step):
            block = angles[a : a + step]
            options = {"shots": 1 if self.shots is None else int(self.shots), "method": self._method()}
            options["seed_simulator"] = 0 if seeds is None else int(seeds.integers(2**62))
            yield from self._job(circuit, block, options)

    def _job(self, circuit, angles, options):
        simulator, parameters = self._live(), list(circuit.parameters)
        if n_threads() == 1 or not simulator.options.max_parallel_threads:
            options["max_parallel_threads"] = n_threads()
        # A circuit without angles that is exact is the same for all rows.
        n_runs = len(angles) if parameters or self.shots is not None else 1
        binds = [{p: angles[:, p.index].tolist() for p in parameters}] if parameters else None
        result = self._result(simulator, [circuit] * (1 if parameters else n_runs), binds, options)
        if not result.success or len(result.results) != n_runs:
            raise RuntimeError(
                f"Expected {n_runs} results from Aer, but it says '{result.status}'; if that is about "
                "memory use fewer qubits or another method, else gates that the method can run."
            )
        return [result.data(k % n_runs) for k in range(len(angles))]

    def _result(self, simulator, circuits, binds, options):
        at_run_time = binds is not None
        try:
            job = simulator.run(
                circuits, parameter_binds=binds, runtime_parameter_bind_enable=at_run_time, **options
            )
            return job.result()
        except QiskitError as error:
            raise RuntimeError(
                f"Expected Aer to run the circuit, but it refused: {error}; check the simulator's options."
            ) from error


class _AerProgram(Program):
    def __init__(self, backend: Aer, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        # Each angle is an element of its own: no expression reaches Aer.
        self._occurrences = Occurrences(circuit)

    def _angles(self, X, w):
        occurrences = self._occurrences
        X, w = as_rows(X, occurrences.n_features), as_weights(w, occurrences.n_weights)
        return occurrences.angles(X, w)


class _ExactAer(_AerProgram):
    """Expectation values that Aer saves."""

    def __init__(self, backend, circuit, observables):
        super().__init__(backend, circuit, observables)
        self._circuit, places = backend.prepare(self._occurrences.circuit)
        for k, observable in enumerate(self.observables):
            terms = read_terms(observable, circuit.num_qubits)
            self._circuit.save_expectation_value(_operator(terms), places, label=f"value{k}")

    def __call__(self, X, w=None, rng=None):
        angles = self._angles(X, w)
        values = np.empty((len(angles), len(self.observables)))
        if values.size:
            for row, data in zip(values, self.backend.run(self._circuit, angles, None), strict=True):
                row[:] = [data[f"value{k}"] for k in range(len(row))]
        return values


def _operator(terms: list[tuple[str, float]]) -> SparsePauliOp:
    factors = {letter: SparsePauliOp(letter) for letter in "IXYZ"}
    factors |= {b: SparsePauliOp(["I", "Z"], [0.5, sign * 0.5]) for b, sign in (("0", 1), ("1", -1))}
    total = []
    for label, coefficient in terms:
        operator = SparsePauliOp("", coefficient)
        for letter in label:
            operator = operator.tensor(factors[letter])
        total.append(operator)
    return SparsePauliOp.sum(total).simplify(atol=0.0)


class _SampledAer(_AerProgram):
    """Expectation values from counts, a circuit for each measurement basis."""

    def __init__(self, backend, circuit, observables):
        super().__init__(backend, circuit, observables)
        n_qubits = circuit.num_qubits
        self._groups, self._constant = group_terms(self.observables, n_qubits)
        self._circuits = [self._measured(group, n_qubits) for group in self._groups]

    def _measured(self, group: Group, n_qubits: int) -> QuantumCircuit:
        rotated = self._occurrences.circuit.compose(group.rotations(n_qubits))
        native, places = self.backend.prepare(rotated)
        measured = QuantumCircuit(native.num_qubits, len(group.qubits))
        measured.compose(native, inplace=True)
        measured.measure([places[q] for q in group.qubits], range(len(group.qubits)))
        return measured

    def __call__(self, X, w=None, rng=None):
        angles = self._angles(X, w)
        rng = self.backend.generator() if rng is None else rng
        values = np.tile(self._constant, (len(angles), 1))
        for group, circuit in zip(self._groups, self._circuits, strict=True):
            for row, data in zip(values, self.backend.run(circuit, angles, rng), strict=True):
                row += group.mean({int(key, 16): count for key, count in data["counts"].items()})
        return values

    def forward(self, X, w=None, rng=None, data_gradient=True):
        # One generator for values and shifts: an integer seed must not give both the same noise.
        return super().forward(X, w, self.backend.generator() if rng is None else rng, data_gradient)


class StatesOverlaps(ShiftedOverlaps):
    """Fidelities from one state of Aer's a row and one matrix product.

    Parameters
    ----------
    backend : Aer
    circuit : QuantumCircuit
    """

    def __init__(self, backend: Aer, circuit: QuantumCircuit):
        super().__init__(backend, circuit)
        self._occurrences = Occurrences(circuit)
        self._circuit, _ = backend.prepare(self._occurrences.circuit)
        self._circuit.save_statevector()

    def states(self, X, w=None) -> np.ndarray:
        """States (n_samples, 2, 2**n_qubits), real and imaginary parts, up to global phases."""
        occurrences = self._occurrences
        X, w = as_rows(X, occurrences.n_features), as_weights(w, occurrences.n_weights)
        S = np.empty((len(X), 2, 1 << self._circuit.num_qubits))
        for parts, data in zip(S, self.backend.run(self._circuit, occurrences.angles(X, w), None), strict=True):
            psi = np.asarray(data["statevector"])
            parts[0], parts[1] = psi.real, psi.imag
        return S

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

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        """Ones: the states are normalised."""
        return np.ones(len(X))
