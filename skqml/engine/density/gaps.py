"""Where a noise model has no errors to give: qubits and pairs of qubits that it does not know."""

import warnings
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Instruction

from ..reading.transpile import refuse_small_device

Gaps = dict[str, set[tuple[int, ...]]]
_FOUND: ContextVar[Gaps | None] = ContextVar("found", default=None)


def refuse_unknown_qubits(noise_model, circuit: QuantumCircuit) -> None:
    """Raise ValueError for a circuit of more qubits than a device has whose noise the model gives."""
    refuse_small_device("noise_model", _n_known(noise_model), circuit)


def _n_known(noise_model) -> int | None:
    """Qubits of the device that a model is of; None for one that is of no device, and may run on any number.

    A device's model has noise passes with the times of its qubits, or has errors on certain qubits alone: of one
    instruction (a gate of one qubit, or the readout) on each of qubits 0 ... n - 1, and of gates on some pairs.
    """
    for one in noise_model._custom_noise_passes:
        if hasattr(one, "_t1s"):
            return len(one._t1s)
    if noise_model._default_quantum_errors or noise_model._default_readout_error is not None:
        return None
    tables = [*noise_model._local_quantum_errors.values(), noise_model._local_readout_errors]
    known = {q for table in tables for qubits in table for q in qubits}
    coupled = any(len(qubits) > 1 for table in noise_model._local_quantum_errors.values() for qubits in table)
    everywhere = any({(q,) for q in range(len(known))} <= set(table) for table in tables)
    return len(known) if coupled and everywhere and known == set(range(len(known))) else None


def note_gaps(noise_model, found: Iterable[tuple[Instruction, tuple[int, ...]]]) -> None:
    """Write down gates of two or more qubits whose errors the model gives for other qubits alone.

    A gate of one qubit with errors on some qubits is taken as it stands: that is how one qubit is made worse.
    """
    gaps = _FOUND.get()
    if gaps is None:
        return
    for operation, qubits in found:
        name = getattr(operation, "label", None) or operation.name
        known = noise_model._local_quantum_errors.get(name)
        if known and len(qubits) > 1 and qubits not in known and name not in noise_model._default_quantum_errors:
            gaps.setdefault(name, set()).add(qubits)


def warns_of_gaps(compile_it: Callable) -> Callable:
    """A method that compiles, and warns once of all gaps that it and those it calls come across."""

    @wraps(compile_it)
    def compiled(*args, **kwargs) -> Any:
        if _FOUND.get() is not None:  # the outer one will tell
            return compile_it(*args, **kwargs)
        gaps: Gaps = {}
        token = _FOUND.set(gaps)
        try:
            result = compile_it(*args, **kwargs)
        finally:
            _FOUND.reset(token)
        for name, places in sorted(gaps.items()):
            warnings.warn(_message(name, sorted(places)), UserWarning, stacklevel=2)
        return result

    return compiled


def _message(name: str, places: list[tuple[int, ...]]) -> str:
    return (
        f"The noise model has errors of '{name}' on certain qubits, but none on {places}, where these gates run "
        "without noise; give the device itself, as in Aer(device) or Primitive(..., target=device), which brings gates "
        "to qubits that are coupled, or add errors for these qubits."
    )
