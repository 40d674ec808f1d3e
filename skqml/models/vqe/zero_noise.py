"""Energies at several strengths of the noise, and at none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from qiskit import QuantumCircuit

from ...backends.base import Backend
from ...circuits import Observable
from ...mitigation import ZNE, WeightedShots, fold_global, richardson
from ...mitigation.counted import limit_of_counts
from ...mitigation.extrapolation import nan_where_unknown

_BLOCK = 64  # rows whose Hamiltonians are the observables of one program


def mitigation(backend: Backend, scales, fold: Callable | None, extrapolate, circuit: QuantumCircuit) -> ZNE:
    """A backend with its noise extrapolated away.

    Raises
    ------
    ValueError
        For wrong scales, before anything is trained.
    """
    fold, extrapolate = fold_global if fold is None else fold, richardson if extrapolate is None else extrapolate
    zne = ZNE(WeightedShots(backend), scales, fold, extrapolate)
    zne.folded(QuantumCircuit(1) if backend.exact else circuit)  # without noise no circuit will be folded
    return zne


@dataclass(frozen=True)
class Estimates:
    """Energies of rows of weights, each under its own Hamiltonian.

    Attributes
    ----------
    energies, errors : ndarray (n,)
        Without noise, and their standard errors.
    raw : ndarray (n,)
        At the least of the scales.
    scales : ndarray (n_scales,)
        Those that were realised.
    of_scales, errors_of_scales : ndarray (n, n_scales)
        At each of them, and their standard errors.
    """

    energies: np.ndarray
    errors: np.ndarray
    raw: np.ndarray
    scales: np.ndarray
    of_scales: np.ndarray
    errors_of_scales: np.ndarray

    def times(self, unit: float) -> "Estimates":
        """The same of Hamiltonians so many times as large."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return Estimates(**{name: x if name == "scales" else unit * x for name, x in named.items()})

    @classmethod
    def without_noise(cls, energies: np.ndarray, scales: Sequence[float]) -> "Estimates":
        """Energies that no noise has touched: all scales are alike."""
        of_scales, zeros = np.tile(energies[:, None], len(scales)), np.zeros(len(energies))
        return cls(energies, zeros, energies.copy(), np.array(scales, float), of_scales, np.zeros_like(of_scales))

    @classmethod
    def measure(cls, zne: ZNE, circuit: QuantumCircuit, operators: Sequence[Observable], W, rng) -> "Estimates":
        """Energies of rows of weights W, the data of a circuit, at all scales, and their limit.

        Observables are whole Hamiltonians, not Pauli strings, so that standard errors know which
        strings come from the same shots.
        """
        parts = []
        for a in range(0, len(W), _BLOCK):
            program = zne.compile(circuit, operators[a : a + _BLOCK])
            tables = np.stack(program.scaled_estimates(W[a : a + _BLOCK], None, rng))
            parts.append(np.diagonal(tables, axis1=2, axis2=3))  # each row's own operator
        values, errors = np.concatenate(parts, axis=2)
        energies, error = limit_of_counts(zne.extrapolator(), program.scales, values, errors)
        if np.shape(energies) != (len(W),):
            raise ValueError(
                f"Expected extrapolate to turn values of shape {values.shape} into {(len(W),)}, "
                f"got {np.shape(energies)}."
            )
        # None is an unknown one, NaN.
        error = nan_where_unknown(np.broadcast_to(np.asarray(error, dtype=float), energies.shape), zne).copy()
        raw = values[np.argmin(program.scales)]
        return cls(np.asarray(energies, dtype=float), error, raw, program.scales, values.T, errors.T)
