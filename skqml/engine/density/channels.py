"""What a noise model of Qiskit Aer attaches to gates and measurements; with `gaps` the only reader of such models."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from qiskit.circuit import Delay, Gate, Instruction
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator, Pauli

from .gaps import note_gaps
from .transfer import X, Y, Z, compose, embed, of_kraus, tidy

STANDARD = {name: gate for name, gate in get_standard_gate_name_mapping().items() if isinstance(gate, Gate)}
_NO_GATES = {"measure", "reset", "delay"}  # errors on a reset never act: circuits with one are refused
_ATTRIBUTES = (
    "basis_gates",
    "_default_quantum_errors",
    "_local_quantum_errors",
    "_default_readout_error",
    "_local_readout_errors",
    "_custom_noise_passes",
)
# Kraus operators of an instruction, from its parameters.
_OPERATORS: dict[str, Callable[[Sequence], Sequence[np.ndarray]]] = {
    "kraus": lambda operators: operators,
    "reset": lambda _: [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])],
    "pauli": lambda labels: [Pauli(labels[0]).to_matrix()],
    "unitary": lambda matrices: matrices[:1],
}
_MAX_ERROR_QUBITS = 4  # transfer matrices are then 256 x 256


class Channels:
    """Channels of a noise model, as Pauli transfer matrices.

    An error for certain qubits takes the place of the one for all qubits, as in Aer. A gate is
    looked up by its label if it has one, else by its name.

    Parameters
    ----------
    noise_model : NoiseModel
        Of Qiskit Aer.

    Attributes
    ----------
    basis : list of str
        Gates that circuits have to be transpiled to.
    """

    def __init__(self, noise_model):
        # Aer has no public way to one error of many; its dictionary of a device's takes a second.
        if not all(hasattr(noise_model, name) for name in _ATTRIBUTES):
            raise ValueError(
                f"The 'noise_model' parameter must be None or a NoiseModel of Qiskit Aer, got {noise_model!r}."
            )
        self.basis = sorted(set(noise_model.basis_gates) & set(STANDARD))
        self._model = noise_model
        self._on_delays = _relaxes_delays(noise_model._custom_noise_passes)
        self._for_all, self._for_some = noise_model._default_quantum_errors, noise_model._local_quantum_errors
        self._readout_for_all, self._readout = noise_model._default_readout_error, noise_model._local_readout_errors
        self._known: dict[int, np.ndarray] = {}  # by identity: the model keeps its errors alive
        self._seen: set[str] = set()  # names and labels of all operations that were checked

    def check(self, found: Iterable[tuple[Instruction, tuple[int, ...]]]) -> None:
        """Refuse a model that cannot be honoured on these operations, and note where it has no errors for them."""
        found = list(found)
        note_gaps(self._model, found)
        for operation, _ in found:
            self._seen.add(_key(operation))
            if self._on_delays and isinstance(operation, Delay):
                raise ValueError(
                    "Expected a circuit without delays, because the noise model relaxes delays by a noise pass of "
                    "its own; remove them, or name 'delay' in the model."
                )
        named = set(self._for_all) | set(self._for_some)
        unknown = sorted(named - set(self.basis) - _NO_GATES - self._seen)
        if unknown:
            raise ValueError(
                f"Expected a noise model that names gates among its basis_gates {self.basis}, or labels of gates of "
                f"the circuit, but it names {unknown} too; rename them, or put gates with these labels in the circuit."
            )

    def after(self, operation, qubits: tuple[int, ...]) -> np.ndarray | None:
        """Transfer matrix of the noise that follows an operation on some qubits."""
        return self._find(_key(operation), qubits)

    def measured(self, qubit: int) -> np.ndarray | None:
        """Transfer matrix from a qubit's Pauli matrices to what a measurement of them gives in the mean.

        The basis is changed without noise; errors of the measurement and of the readout follow.
        """
        wide = [qubits for qubits in self._readout if len(qubits) > 1 and qubit in qubits]
        if wide:
            raise ValueError(
                f"Expected readout errors of one qubit each, but the noise model correlates those of qubits {wide[0]}; "
                "use one error a qubit, or Aer with shots."
            )
        readout, channel = self._readout.get((qubit,), self._readout_for_all), self._find("measure", (qubit,))
        if readout is None and channel is None:
            return None
        z = np.eye(4)[Z] if channel is None else channel[Z]
        if readout is not None:
            zero, one = readout.probabilities @ (1.0, -1.0)  # mean of Z if the qubit is 0, 1
            z = 0.5 * (zero - one) * z
            z[0] += 0.5 * (zero + one)
        h, s = (of_kraus([Operator(STANDARD[name]).data]) for name in ("h", "sdg"))
        T = np.eye(4)
        T[X], T[Y], T[Z] = z @ h, z @ h @ s, z
        return tidy(T)

    def _find(self, name: str, qubits: tuple[int, ...]) -> np.ndarray | None:
        error = self._for_some.get(name, {}).get(qubits, self._for_all.get(name))
        if error is None:
            return None
        if id(error) not in self._known:
            self._known[id(error)] = _transfer_matrix(error.to_dict(), len(qubits))
        return self._known[id(error)]


def _key(operation) -> str:
    return getattr(operation, "label", None) or operation.name


def _relaxes_delays(passes) -> bool:
    """Whether noise passes act on delays; those that act on anything else are refused."""
    if any(tuple(getattr(one, "_ops", ())) != (Delay,) for one in passes):
        raise ValueError(
            "Expected a noise model of errors attached to gates, but it has custom noise passes; "
            "add its errors by add_quantum_error, or use Aer with shots."
        )
    return len(passes) > 0


def _transfer_matrix(error: Mapping, n_qubits: int) -> np.ndarray:
    """Transfer matrix of an error of n_qubits, given as Aer's dictionary."""
    if n_qubits > _MAX_ERROR_QUBITS:
        raise ValueError(
            f"Expected errors of at most {_MAX_ERROR_QUBITS} qubits, but the noise model has one of {n_qubits} qubits; "
            "attach it to smaller gates."
        )
    places = range(n_qubits)
    if error["type"] == "plerror":
        return _lindblad(error, places)
    total = np.zeros((4**n_qubits, 4**n_qubits))
    for probability, circuit in zip(error["probabilities"], error["instructions"], strict=True):
        parts = [(_part(part), part["qubits"]) for part in circuit]
        total += probability * compose(parts, places)
    return tidy(total)


def _part(part: Mapping) -> np.ndarray:
    """Transfer matrix of one instruction of an error."""
    name, params = part["name"], part.get("params", [])
    if name in _OPERATORS:
        return of_kraus(_OPERATORS[name](params))
    if name in STANDARD:
        return of_kraus([Operator(STANDARD[name].base_class(*params)).data])
    raise ValueError(
        f"Expected errors made of Kraus operators, gates and resets, but the noise model has one with '{name}'; "
        "write it as Kraus operators."
    )


def _lindblad(error: Mapping, places) -> np.ndarray:
    """Transfer matrix of a Pauli-Lindblad channel: exp(rate (P rho P - rho)) for each generator P."""
    maps = []
    for rate, circuit in zip(error["rates"], error["instructions"], strict=True):
        flips = _part(circuit[0])
        maps.append((embed(np.diag(np.exp(rate * (np.diag(flips) - 1.0))), circuit[0]["qubits"], places), places))
    return compose(maps, places)
