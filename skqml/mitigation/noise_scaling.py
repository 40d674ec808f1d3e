"""A fold that leaves the circuit alone and multiplies the rates of the noise model."""

import copy
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import PTM, Kraus, SuperOp
from scipy.linalg import fractional_matrix_power

from .._checks import check_kind
from ..backends.base import Backend
from .folding import check_scale


def scale_noise(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    r"""Run the circuit as it is under a noise model whose gate errors are multiplied.

    The probability of a depolarizing channel becomes ``scale`` times as large. Any other channel E is
    replaced by ``E^scale``, whose generator (rates of damping, angles of coherent errors) is that of E times
    the scale, or where that is no channel by ``(1 - scale) identity + scale E``. Readout errors
    stay as they are.

    Parameters
    ----------
    circuit : QuantumCircuit
    backend : Backend
        With a noise model, its own or that of a backend inside it.
    scale : float
        At least 1.

    Returns
    -------
    circuit : QuantumCircuit
    backend : Backend
        A copy with the scaled model.
    """
    if check_scale(scale) == 1:
        return circuit, backend
    if check_kind("backend", backend, Backend, "a backend").noise is None:
        raise ValueError(
            "Expected a backend with a noise model to scale, such as Noisy(noise_model), got "
            f"{type(backend).__name__} without one; use a fold of gates, such as fold_global."
        )
    return circuit, backend.replaced(noise_model=_scaled_model(backend.noise, float(scale)))


def _scaled_model(model, scale: float) -> Any:
    scaled = copy.deepcopy(model)
    # Errors that are added by the model's own methods would join those that are there.
    tables = [scaled._default_quantum_errors, *scaled._local_quantum_errors.values()]
    for table in tables:
        for key, error in table.items():
            table[key] = _scaled_error(error, scale)
    return scaled


def _scaled_error(error, scale: float) -> Any:
    if hasattr(error, "rates"):  # a Pauli-Lindblad error is its generator
        return type(error)(error.generators, scale * error.rates)
    channel = SuperOp(error)
    mixed = SuperOp((1 - scale) * np.eye(len(channel.data)) + scale * channel.data)
    power = SuperOp(fractional_matrix_power(channel.data, scale))
    for candidate in [mixed] if _is_depolarizing(channel) else [power, mixed]:
        if np.isfinite(candidate.data).all() and candidate.is_cptp(atol=1e-8):
            return type(error)(Kraus(candidate))
    raise ValueError(
        f"Expected gate errors that can be {scale:g} times as large, but one of the noise model would then be no "
        "channel any more; use smaller scales, or a fold of gates."
    )


def _is_depolarizing(channel: SuperOp) -> bool:
    transfer = PTM(channel).data.real
    return np.allclose(transfer, np.diag([1.0] + [transfer[1, 1]] * (len(transfer) - 1)), rtol=0.0, atol=1e-13)
