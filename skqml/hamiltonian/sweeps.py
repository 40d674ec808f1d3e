"""Evolution of many states, each under a Hamiltonian of its own: compiled."""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, fastmath={"contract", "reassoc", "nsz"})
def evolve(Q, phases, psi, phi):
    """Replace psi by ``Q diag(phases) Q^T psi``, and phi by ``Q^T psi``, for each row.

    Parameters
    ----------
    Q : ndarray (n_samples, D, D)
    phases, psi, phi : ndarray of complex (n_samples, D)
    """
    n_samples, D = psi.shape
    re, im = np.empty(D), np.empty(D)
    for n in range(n_samples):
        re[:] = 0.0
        im[:] = 0.0
        for j in range(D):
            a, b = psi[n, j].real, psi[n, j].imag
            for i in range(D):
                re[i] += Q[n, j, i] * a
                im[i] += Q[n, j, i] * b
        for i in range(D):
            phi[n, i] = complex(re[i], im[i])
            turned = phi[n, i] * phases[n, i]
            re[i], im[i] = turned.real, turned.imag
        for i in range(D):
            a = b = 0.0
            for j in range(D):
                a += Q[n, i, j] * re[j]
                b += Q[n, i, j] * im[j]
            psi[n, i] = complex(a, b)
