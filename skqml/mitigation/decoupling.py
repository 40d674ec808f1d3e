"""Dynamical decoupling: pulses that turn a waiting qubit round, so that its drift undoes itself."""

import numpy as np
from qiskit.circuit import Barrier, Delay, QuantumCircuit
from qiskit.circuit.library import IGate
from qiskit.quantum_info import Pauli

from .._checks import check_kind
from ..backends import Program, Wrapper
from .native_steps import PAULI_GATES, NativeStep, NativeSteps

_IDLE = (IGate, Delay)


class DynamicalDecoupling(Wrapper):
    r"""Pauli pulses spread over the windows in which a qubit waits.

    A window is a run of ``id`` gates or delays on one qubit, each of equal duration, and at least as many as the
    sequence has pulses; `fill_idle` puts in the waiting that a circuit implies. With X pulses a drift about Z
    before a pulse is undone by that behind it. Pulses take no time, are written in the backend's
    gates and bring their own noise. There is an effect where the backend's waiting is noisy: `Noisy`
    with a model that names ``id`` or ``delay``; other simulators leave waiting out.

    Parameters
    ----------
    backend : Backend, default=None
        ``None`` means `Exact`.
    sequence : str, default="XX"
        Pulses over the letters XYZ whose product is the identity up to a phase; "XYXY" undoes drifts about
        all axes.

    References
    ----------
    L. Viola, E. Knill and S. Lloyd, Dynamical decoupling of open quantum systems, Phys. Rev. Lett. 82,
    2417 (1999).

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit.library import RZGate
    >>> from qiskit_aer.noise import NoiseModel, coherent_unitary_error
    >>> from skqml import all_z
    >>> from skqml.mitigation import DynamicalDecoupling
    >>> from skqml import Noisy
    >>> drift = NoiseModel(["id", "h", "x", "cx"])
    >>> drift.add_all_qubit_quantum_error(coherent_unitary_error(RZGate(0.2).to_matrix()), "id")
    >>> qc = QuantumCircuit(1)
    >>> for gate in ("h", "id", "id", "id", "id", "h"):
    ...     _ = getattr(qc, gate)(0)
    >>> for backend in (Noisy(drift), DynamicalDecoupling(Noisy(drift))):
    ...     backend.compile(qc, all_z(1))(np.zeros((1, 0))).round(3)
    array([[0.697]])
    array([[1.]])
    """

    def __init__(self, backend=None, sequence="XX"):
        self.backend = backend
        self.sequence = sequence

    def compile(self, circuit, observables) -> Program:
        """Return the backend's program for the circuit with pulses; see `Backend.compile`."""
        sequence, inner = self._checked_sequence(), self.inner
        native = NativeSteps(circuit, inner)
        return inner.compile(native.circuit(_with_pulses(native, sequence)), observables)

    def _checked_sequence(self) -> str:
        letters = self.sequence if isinstance(self.sequence, str) else ""
        product = Pauli("I")
        for letter in letters if set(letters) <= set("XYZ") else "":
            product = product @ Pauli(letter)
        if not letters or not set(letters) <= set("XYZ") or product.x.any() or product.z.any():
            raise ValueError(
                "The 'sequence' parameter must be letters XYZ whose product is the identity, such as 'XX' or 'XYXY', "
                f"got {self.sequence!r}."
            )
        return letters


def fill_idle(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with ``id`` gates wherever a qubit waits, each gate taking one unit of time.

    Gates are run as early as they can be. Nothing is put before a qubit's first gate.

    Parameters
    ----------
    circuit : QuantumCircuit
        Without measurements.

    Returns
    -------
    QuantumCircuit
    """
    check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit")
    filled = circuit.copy_empty_like()
    clock = dict.fromkeys(circuit.qubits, 0)

    def wait(qubits, until) -> None:
        for qubit in qubits:
            for _ in range(until - clock[qubit] if clock[qubit] else 0):
                filled.id(qubit)
            clock[qubit] = until

    for instruction in circuit.data:
        wait(instruction.qubits, max(clock[qubit] for qubit in instruction.qubits))
        filled.append(instruction)
        for qubit in instruction.qubits:
            clock[qubit] += not isinstance(instruction.operation, Barrier)
    wait(circuit.qubits, max(clock.values(), default=0))
    return filled


def _with_pulses(native: NativeSteps, sequence: str) -> list[NativeStep]:
    """Steps with pulses in front of those idle ones where a pulse is due."""
    pulses: dict[int, list[str]] = {}
    for window in _windows(native.steps):
        if len(window) >= len(sequence):
            places = len(window) * (2 * np.arange(len(sequence)) + 1) // (2 * len(sequence))
            for place, letter in zip(places, sequence, strict=True):
                pulses.setdefault(window[place], []).append(letter)
    steps: list[NativeStep] = []
    for k, step in enumerate(native.steps):
        for letter in pulses.get(k, []):
            steps += native.write(PAULI_GATES[letter], step.qubits)
        steps.append(step)
    return steps


def _windows(steps: list[NativeStep]) -> list[list[int]]:
    """Indices of the steps of each run of idle steps on one qubit."""
    windows: list[list[int]] = []
    open_windows: dict[int, list[int]] = {}
    for k, step in enumerate(steps):
        for q in step.qubits:
            if not isinstance(step.gate, _IDLE):
                open_windows.pop(q, None)
            elif q in open_windows:
                open_windows[q].append(k)
            else:
                open_windows[q] = [k]
                windows.append(open_windows[q])
    return windows
