"""Fixed gates of one qubit as rotations."""

from functools import lru_cache

import numpy as np

from .affine import EXACT


@lru_cache(maxsize=256)  # a circuit asks for the same H again and again
def euler(entries: bytes) -> tuple[float, float, float]:
    """Angles (lam, theta, phi) with u = RZ(phi) RY(theta) RZ(lam), up to a global phase, of a matrix's bytes."""
    u = np.frombuffer(entries, dtype=complex).reshape(2, 2)
    if abs(u[1, 0]) < EXACT:
        return float(np.angle(u[1, 1] / u[0, 0])), 0.0, 0.0
    if abs(u[0, 0]) < EXACT:
        return float(np.angle(-u[0, 1] / u[1, 0])), np.pi, 0.0
    theta, phi = 2.0 * np.arctan2(abs(u[1, 0]), abs(u[0, 0])), np.angle(u[1, 0] / u[0, 0])
    # Of phi alone small entries know little; what counts beside it comes from the larger ones.
    if abs(u[1, 0]) < abs(u[0, 0]):
        lam = np.angle(u[1, 1] / u[0, 0]) - phi
    else:
        lam = phi - np.angle(-u[1, 0] / u[0, 1])
    return float(lam), float(theta), float(phi)
