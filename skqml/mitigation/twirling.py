"""Pauli twirling: coherent errors of two-qubit gates become random ones."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli

from .._checks import as_generator, check_count
from ..backends import Program, Wrapper
from ..engine.reading.unitary_part import standard_name
from .native_steps import PAULI_GATES, NativeStep, NativeSteps
from .programs import MeanProgram

_CLIFFORD = ("cx", "cz")


class PauliTwirling(Wrapper):
    r"""Means over circuits with random Pauli gates around each CX and CZ.

    ``CX -> P' CX P`` with a Pauli string P drawn for each gate, and P' such that nothing changes but
    the gate's error, which in the mean becomes a Pauli channel: a coherent over-rotation then adds up
    like a random walk from gate to gate, not along one direction. Under ``ZNE(PauliTwirling(backend))``
    the noise is of the kind that extrapolation assumes. The Pauli gates are written in the backend's
    gates, and bring their own noise.

    Parameters
    ----------
    backend : Backend, default=None
        ``None`` means `Exact`.
    n_twirls : int, default=16
        Circuits, each with all the backend's shots.
    random_state : int, RandomState, Generator or None, default=None
        Of the Pauli gates, which are drawn when a circuit is compiled.

    References
    ----------
    J. J. Wallman and J. Emerson, Noise tailoring for scalable quantum computation via randomized
    compiling, Phys. Rev. A 94, 052325 (2016).

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from skqml import all_z
    >>> from skqml.mitigation import PauliTwirling
    >>> qc = QuantumCircuit(2)
    >>> _ = qc.x(0)
    >>> _ = qc.cx(0, 1)
    >>> PauliTwirling(n_twirls=4, random_state=0).compile(qc, all_z(2))(np.zeros((1, 0))).round(6)
    array([[-1., -1.]])
    """

    def __init__(self, backend=None, n_twirls=16, random_state=None):
        self.backend = backend
        self.n_twirls = n_twirls
        self.random_state = random_state

    def compile(self, circuit, observables) -> Program:
        """Return a program that takes the mean over twirls; see `Backend.compile`."""
        check_count("n_twirls", self.n_twirls)
        inner, rng = self.inner, as_generator("random_state", self.random_state)
        native = NativeSteps(circuit, inner)
        circuits = [_twirled(native, rng) for _ in range(self.n_twirls)]
        return MeanProgram(self, inner, circuits, observables)


def _twirled(native: NativeSteps, rng: np.random.Generator) -> QuantumCircuit:
    steps: list[NativeStep] = []
    for step in native.steps:
        if standard_name(step.gate) not in _CLIFFORD:
            steps.append(step)
            continue
        before = Pauli("".join(rng.choice(list("IXYZ"), 2)))
        after = before.evolve(step.gate, frame="s")
        steps += _paulis(native, before, step.qubits) + [step] + _paulis(native, after, step.qubits)
    return native.circuit(steps)


def _paulis(native: NativeSteps, pauli: Pauli, qubits: tuple[int, ...]) -> list[NativeStep]:
    letters = zip(reversed(pauli.to_label().lstrip("-")), qubits, strict=True)
    return [inner for letter, q in letters if letter != "I" for inner in native.write(PAULI_GATES[letter], (q,))]
