"""How results depend on the angle of a gate: as a trigonometric polynomial, whose slope is a sum of shifted values."""

from functools import lru_cache

import numpy as np
from qiskit.circuit import Gate

from .lower import PAULI_ROTATIONS
from .unitary_part import standard_name

_N_POINTS = 32  # of an angle from 0 to 4 pi: frequencies up to 7.5
_NONE = 1e-9  # a share of a frequency this small is a rounding error


def frequencies(operation: Gate, place: int) -> tuple[float, ...]:
    """Frequencies of any result of a circuit as a function of one angle of a gate, noise behind the gate or not.

    Those of ``U^* x U``: 1 for a rotation about a Pauli string, 1/2 and 1 for a controlled one.
    """
    name = standard_name(operation)
    if name in PAULI_ROTATIONS or name in ("u", "u3"):
        return (1.0,)
    return _spectrum(operation.base_class, len(operation.params), place)


@lru_cache(maxsize=256)
def _spectrum(kind: type[Gate], n_params: int, place: int) -> tuple[float, ...]:
    params = np.tile(np.linspace(0.3, 1.1, n_params), (_N_POINTS, 1))  # others are anything but special
    params[:, place] += 4 * np.pi * np.arange(_N_POINTS) / _N_POINTS
    matrices = [kind(*row).to_matrix() for row in params]
    shares = np.abs(np.fft.fft([np.kron(U.conj(), U) for U in matrices], axis=0)).max(axis=(1, 2)) / _N_POINTS
    return tuple(k / 2 for k in range(1, _N_POINTS // 2) if shares[k] > _NONE)


@lru_cache(maxsize=256)
def shift_rule(found: tuple[float, ...]) -> list[tuple[float, float]]:
    """Pairs (shift, coefficient) with ``f'(t) = sum_k coefficient_k f(t + shift_k)`` for f of these frequencies.

    Frequencies are multiples of the least common one, of which all up to the largest are allowed for: D. Wierichs et
    al., General parameter-shift rules for quantum gradients, Quantum 6, 677 (2022), arXiv:2107.12390.
    """
    if not found:  # the angle has no effect
        return []
    halves = np.round(2 * np.array(found)).astype(int)
    unit = np.gcd.reduce(halves) / 2
    n_multiples = round(max(found) / unit)
    rule = []
    for k in range(n_multiples):
        shift = (2 * k + 1) * np.pi / (2 * n_multiples)
        coefficient = unit * (-1) ** k / (4 * n_multiples * np.sin(shift / 2) ** 2)
        rule += [(shift / unit, coefficient), (-shift / unit, -coefficient)]
    return rule
