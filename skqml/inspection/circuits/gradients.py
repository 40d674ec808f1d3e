"""How steep losses are at random weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from ..._checks import as_generator, as_tuple, check_callable, check_count
from ...circuits import Observable, all_z
from .draws import angles_as_data, as_backend, as_circuit, uniform_angles


@dataclass(frozen=True)
class GradientVariance:
    """The variance of derivatives at random angles, for one circuit or several, in units of the observable squared.

    Attributes
    ----------
    mean, largest : ndarray (n_circuits,)
        Over the weights.
    n_qubits, depth, n_weights : ndarray (n_circuits,)
    by_weight : tuple of ndarray (n_weights,)
        The variance of each derivative, one array a circuit.
    n_draws : int
        The standard error of a variance is about ``sqrt(2 / n_draws)`` of it, for normal derivatives.
    """

    mean: np.ndarray
    largest: np.ndarray
    n_qubits: np.ndarray
    depth: np.ndarray
    n_weights: np.ndarray
    by_weight: tuple[np.ndarray, ...]
    n_draws: int

    @property
    def factor_per_qubit(self) -> float | None:
        """By what the mean changes with each qubit, from a line through its logarithms: 1/2 on a barren plateau.

        None where there are not two widths of circuits with gradients.
        """
        steep = self.mean > 0
        if len(set(self.n_qubits[steep])) < 2:
            return None
        return float(np.exp(np.polyfit(self.n_qubits[steep], np.log(self.mean[steep]), 1)[0]))


def gradient_variance(circuits, *, observable=None, n_draws=200, backend=None, random_state=None) -> GradientVariance:
    r"""Return the variance of the derivatives of an expectation value at angles uniform in [0, 2 pi).

    ``Var_w(d<O>/dw_k)`` for each weight w_k; features, if there are any, are drawn like weights, and count as
    weights where there are no others. Where the variance falls exponentially with the number of qubits (a barren
    plateau) a gradient cannot be told from noise, and no optimiser leaves a random start.

    Parameters
    ----------
    circuits : QuantumCircuit, fitted estimator with ``circuit_``, or sequence of them
        Of several depths or widths, for instance.
    observable : callable ``(n_qubits) -> observable``, or observable, default=None
        ``None`` means Z of qubit 0.
    n_draws : int, default=200
    backend : Backend, default=None
        ``None`` means `Exact`.
    random_state : int, RandomState, Generator or None, default=None
        Draws the angles.

    Returns
    -------
    GradientVariance
        ``mean``, ``largest`` and ``by_weight`` beside ``n_qubits``, ``depth`` and ``n_weights``.

    References
    ----------
    J. R. McClean et al., Barren plateaus in quantum neural network training landscapes,
    Nature Communications 9, 4812 (2018).

    Examples
    --------
    >>> from skqml import IQPEncoding
    >>> from skqml.inspection import gradient_variance
    >>> found = gradient_variance([IQPEncoding(reps=4).build(n) for n in (2, 4, 6)], random_state=0)
    >>> found.n_qubits, bool(found.factor_per_qubit < 1)
    (array([2, 4, 6]), True)
    """
    rng = as_generator("random_state", random_state)
    n_draws = check_count("n_draws", n_draws, 2, most=10**8)
    one = isinstance(circuits, QuantumCircuit) or hasattr(circuits, "fit")
    drawn = [as_circuit(each, "circuits") for each in ((circuits,) if one else as_tuple("circuits", circuits))]
    if not drawn:
        raise ValueError("circuits must be a circuit or at least one in a sequence, got none.")
    observable = _as_function(observable)
    backend = as_backend(backend)
    found = [_variances(c, observable(c.num_qubits), n_draws, backend, rng) for c in drawn]
    return GradientVariance(
        mean=np.array([v.mean() for v in found]),
        largest=np.array([v.max() for v in found]),
        n_qubits=np.array([circuit.num_qubits for circuit in drawn]),
        depth=np.array([circuit.depth() for circuit in drawn]),
        n_weights=np.array([len(v) for v in found]),
        by_weight=tuple(found),
        n_draws=n_draws,
    )


def _as_function(observable) -> Callable[[int], Any]:
    """The observable as a function of the number of qubits."""
    if isinstance(observable, SparsePauliOp | Observable):  # of which Qiskit's is callable, for another use
        return lambda n_qubits: observable
    what = "None, an observable or a function of a number of qubits"
    return check_callable("observable", (lambda n: all_z(n)[0]) if observable is None else observable, what)


def _variances(circuit, observable, n_draws, backend, rng) -> np.ndarray:
    """Variances (n_weights,) of the derivatives: all draws are rows of one adjoint sweep."""
    circuit, n_features, n_weights = angles_as_data(circuit)
    program = backend.compile(circuit, [observable])
    X = uniform_angles(n_draws, n_features + n_weights, rng)
    slopes = program.pullback(X, None, np.ones((n_draws, 1)), backend.generator())[0]
    return np.var(slopes[:, n_features:], axis=0, ddof=1)
