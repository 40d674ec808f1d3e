"""Circuits on an Aer simulator: checks, native gates, jobs."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.exceptions import QiskitError
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from ...engine.checks import check_finite
from ...engine.density.gaps import note_gaps, refuse_unknown_qubits
from ...engine.reading.lower import flatten
from ...engine.reading.transpile import STANDARD_GATES, refuse_small_device, write_in
from ...engine.reading.unitary_part import unitary_part
from ...engine.threads import n_threads
from .runnable import STABILIZER_GATES, clifford_gates, with_carriers
from .settings import SimulatorSettings

_NO_GATES = {"reset", "measure", "delay", "unitary", "kraus", "superop", "roerror", "quantum_channel"}
_BATCH_BYTES = 2**28  # of the states of rows that are one job, with one seed
_MAX_BATCH = 4096


class Simulation(SimulatorSettings):
    """Circuits as a simulator takes them, and their jobs."""

    def check(self, circuit: QuantumCircuit) -> None:
        """Refuse a circuit that cannot be run."""
        self._checked = self.values()
        if self.simulator is not None:
            refuse_small_device(str(self.live.name), self.live.num_qubits if self.models_device else None, circuit)
        if self.noise is not None:
            _refuse_unknown_gates(self.noise, circuit)
            refuse_unknown_qubits(self.noise, circuit)

    def native(self, circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
        """The circuit in the gates that the simulator or its noise model names, and the place of each qubit in it."""
        # Which qubits are neighbours matters to the noise of a device alone.
        coupling = None if self.noise is None else self.live.coupling_map
        native = self._written(circuit, coupling)
        if self.noise is not None and coupling is None:
            places = {qubit: k for k, qubit in enumerate(native.qubits)}
            note_gaps(self.noise, ((i.operation, tuple(places[q] for q in i.qubits)) for i in native.data))
        layout = native.layout
        return native, list(range(circuit.num_qubits) if layout is None else layout.final_index_layout())

    def prepare(self, circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
        """The circuit in gates that Aer runs and binds, with their noise, and the place of each qubit in it."""
        native, places = self.native(circuit)
        return self._runnable(native), places

    def placed(self, circuit: QuantumCircuit, places: list[int], n_places: int) -> QuantumCircuit:
        """A circuit of one-qubit gates as `prepare` writes it, each qubit at its place."""
        wide = QuantumCircuit(n_places)
        wide.compose(circuit, places, inplace=True)
        return self._runnable(self._written(wide, None))

    def _written(self, circuit: QuantumCircuit, coupling) -> QuantumCircuit:
        basis = STANDARD_GATES if self.noise is None else sorted(set(self.noise.basis_gates) - _NO_GATES)
        deque(flatten(circuit, keep_fixed=True), maxlen=0)  # refuses what is not unitary
        circuit = unitary_part(circuit)
        if self.method == "stabilizer":
            circuit, basis = clifford_gates(circuit), [gate for gate in basis if gate in STABILIZER_GATES]
        return write_in(circuit, basis, coupling)

    def _runnable(self, native: QuantumCircuit) -> QuantumCircuit:
        if self.noise is None or self.method == "stabilizer":
            return native
        # What 'automatic' settles on is known only as it runs; density matrices know the fewest gates.
        methods = {"density_matrix", self.method}
        known = [set(AerSimulator(method=method).configuration().basis_gates) for method in methods]
        return with_carriers(native, set.intersection(*known))

    def run(self, circuit: QuantumCircuit, angles: np.ndarray, seeds: np.random.Generator | None) -> Iterator[dict]:
        """Yield the data of each row of angles, which bind x[0], x[1], ... of the circuit."""
        check_finite(angles, "X")
        if not all(a is b or a == b for a, b in zip(self.values(), self._checked, strict=True)):
            raise ValueError(
                "Expected the simulator as it was when the circuit was compiled, but its noise model, method, device "
                "or precision has been set anew since; give the backend another one by set_params(simulator=...)."
            )
        step = int(np.clip(_BATCH_BYTES >> (4 + min(circuit.num_qubits, 24)), 1, _MAX_BATCH))
        for a in range(0, len(angles), step):
            seed = 0 if seeds is None else int(seeds.integers(2**62))
            yield from self._job(circuit, angles[a : a + step], seed)

    def _job(self, circuit: QuantumCircuit, angles: np.ndarray, seed: int) -> list[dict]:
        options = self.options | {"method": self.method, "seed_simulator": seed, "shots": self.shots or 1}
        if n_threads() == 1 or not self.live.options.max_parallel_threads:
            options["max_parallel_threads"] = n_threads()
        parameters = list(circuit.parameters)
        # A circuit without angles that is exact is the same for all rows.
        n_runs = len(angles) if parameters or self.shots is not None else 1
        binds = [{p: angles[:, p.index].tolist() for p in parameters}] if parameters else None
        result = self._result([circuit] * (1 if parameters else n_runs), binds, options)
        if not result.success or len(result.results) != n_runs:
            raise RuntimeError(
                f"Expected {n_runs} results from Aer, but it says '{result.status}'; if that is about "
                "memory use fewer qubits or another method, else gates that the method can run."
            )
        return [result.data(k % n_runs) for k in range(len(angles))]

    def _result(self, circuits, binds, options) -> Any:
        at_run_time = binds is not None
        try:
            job = self.live.run(circuits, parameter_binds=binds, runtime_parameter_bind_enable=at_run_time, **options)
            return job.result()
        except QiskitError as error:
            raise RuntimeError(
                f"Expected Aer to run the circuit, but it refused: {error}; check the simulator's options."
            ) from error


def _refuse_unknown_gates(noise: NoiseModel, circuit: QuantumCircuit) -> None:
    known = set(get_standard_gate_name_mapping()) | _NO_GATES | set(AerSimulator().configuration().basis_gates)
    labels = {getattr(instruction.operation, "label", None) for instruction in circuit.data}
    unknown = sorted(set(noise.noise_instructions) - known - labels)
    if unknown:
        raise ValueError(
            f"Expected a noise model whose errors are on gates that Qiskit knows, but {unknown} are not, so that "
            "these errors would never act; name standard gates, or labels of gates of the circuit."
        )
