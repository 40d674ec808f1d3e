"""How entangled the states of a circuit are."""

from dataclasses import dataclass

import numpy as np

from ..._checks import as_generator, check_count
from ...circuits import one_qubit_paulis
from .draws import angles_as_data, as_backend, as_circuit, uniform_angles


@dataclass(frozen=True)
class EntanglingCapability:
    """Meyer-Wallach entanglement of the states of a circuit at random angles, without unit, from 0 to 1.

    Attributes
    ----------
    mean, standard_error : float
        Over the draws.
    haar_mean : float
        Of Haar random states, (d - 2) / (d + 1) with d = 2^n.
    values : ndarray (n_draws,)
    """

    mean: float
    standard_error: float
    haar_mean: float
    values: np.ndarray


def entangling_capability(circuit, *, n_draws=1000, backend=None, random_state=None) -> EntanglingCapability:
    r"""Return how entangled the states of a circuit are at angles uniform in [0, 2 pi).

    Meyer and Wallach's ``Q = 2 (1 - 1/n sum_q Tr rho_q^2) = 1 - 1/n sum_q (<X_q>^2 + <Y_q>^2 + <Z_q>^2)``: 0 for
    product states, 1 where each qubit is maximally entangled with the others.

    Parameters
    ----------
    circuit : QuantumCircuit or fitted estimator with ``circuit_``
        An encoding draws one: ``encoding.build(n_features)``.
    n_draws : int, default=1000
    backend : Backend, default=None
        ``None`` means `Exact`. Noise looks like entanglement, and shots lower Q by 1/shots for each expectation value.
    random_state : int, RandomState, Generator or None, default=None
        Draws the angles.

    Returns
    -------
    EntanglingCapability
        ``mean``, ``standard_error``, ``haar_mean`` and the ``values``.

    References
    ----------
    D. A. Meyer and N. R. Wallach, Global entanglement in multiparticle systems, J. Math. Phys. 43, 4273 (2002);
    S. Sim, P. D. Johnson and A. Aspuru-Guzik, Adv. Quantum Technol. 2, 1900070 (2019).

    Examples
    --------
    >>> from skqml import AngleEncoding, IQPEncoding
    >>> from skqml.inspection import entangling_capability
    >>> [round(entangling_capability(e.build(3), random_state=0).mean, 1) for e in (AngleEncoding(), IQPEncoding())]
    [0.0, 0.7]
    """
    rng = as_generator("random_state", random_state)
    n_draws = check_count("n_draws", n_draws, 2, most=10**8)
    circuit, *sizes = angles_as_data(as_circuit(circuit))
    n, backend = circuit.num_qubits, as_backend(backend)
    program = backend.compile(circuit, one_qubit_paulis(n))
    found = program(uniform_angles(n_draws, sum(sizes), rng), None, backend.generator())
    Q = np.maximum(1.0 - np.sum(found**2, axis=1) / n, 0.0)
    error = float(Q.std(ddof=1) / np.sqrt(n_draws))
    return EntanglingCapability(float(Q.mean()), error, (2.0**n - 2) / (2.0**n + 1), Q)
