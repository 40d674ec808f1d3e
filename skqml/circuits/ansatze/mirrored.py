"""An ansatz and its inverse."""

from qiskit import QuantumCircuit

from ..._checks import check_callable
from ..weights import fresh_weights
from .layers import hardware_efficient
from .steps import drawing


@drawing
def mirrored(qc, weight, ansatz=hardware_efficient) -> None:
    """Draw an ansatz and then its inverse, each with weights of its own.

    ``W(w, v) = V(v)^-1 V(w)``, the identity where v = w: there gradients do not vanish with the
    number of qubits, so it is a place to start (``init="identity"``).

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    ansatz : callable (qc, weight), default=hardware_efficient
        It draws V.

    References
    ----------
    E. Grant et al., An initialization strategy for addressing barren plateaus in parametrized
    quantum circuits, Quantum 3, 214 (2019).
    """
    check_callable("ansatz", ansatz, "a function (qc, weight)")
    half = QuantumCircuit(qc.num_qubits)
    angles, angle = fresh_weights("half")
    ansatz(half, angle)
    for circuit in (half, half.inverse()):
        fresh = {p: weight() for p in angles}
        used = set(circuit.parameters)
        qc.compose(circuit.assign_parameters({p: w for p, w in fresh.items() if p in used}), inplace=True)
