"""What a fitted model's kernel and circuit say of it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..inspection import (
    alignment,
    concentration,
    effective_rank,
    entangling_capability,
    expressibility,
    geometric_difference,
    gradient_variance,
    nearest_polynomial,
    nearest_rbf,
    shots_needed,
)
from ..models.base.inside import find_fitted

_MOST_QUBITS = 12  # of circuits whose states are drawn again and again
_N_DRAWS = 100
_REGULARIZATION = 0.1


def diagnostics(fitted, X, y, random_state: int) -> dict[str, float]:
    """Numbers by what they are; those that do not apply to the model are left out.

    Parameters
    ----------
    fitted : estimator
    X, y : ndarray
    random_state : int
    """
    found: dict[str, float] = {}
    for name, measure in (*_of_kernel(fitted, X, y), *_of_circuit(fitted, random_state)):
        try:
            found[name] = float(measure())
        except (AttributeError, TypeError, ValueError):  # such as shots of a kernel whose entries are no fidelities
            continue
    return found


def _of_kernel(fitted, X, y) -> Iterator[tuple[str, Callable[[], Any]]]:
    model, rows = find_fitted(fitted, "kernel_", X)
    if not hasattr(model, "kernel_") or not hasattr(model, "standardizer_"):
        return
    Z = model.standardizer_.transform(np.asarray(rows, dtype=float))
    K = model.kernel_(Z)
    difference = geometric_difference(K, Z, y=y, regularization=[_REGULARIZATION])
    yield "mean of the kernel's entries", lambda: concentration(K).mean
    yield "variance of the kernel's entries", lambda: concentration(K).variance
    yield "variance of fidelities of random states", lambda: concentration(model, rows).haar_variance
    yield "effective rank of the kernel matrix", lambda: effective_rank(K).effective_rank
    yield "alignment of the kernel with the targets", lambda: alignment(K, y=y)
    yield "distance to the nearest RBF kernel", lambda: nearest_rbf(K, Z).distance
    yield "distance to the nearest polynomial kernel", lambda: nearest_polynomial(K, Z).distance
    yield "geometric difference to an RBF kernel", lambda: difference.difference[0]
    yield "that difference at most, about", lambda: np.sqrt(len(Z))
    yield "model complexity", lambda: difference.complexity[0]  # type: ignore[index]
    yield "model complexity of an RBF kernel", lambda: difference.classical_complexity[0]  # type: ignore[index]
    yield "shots needed for each entry", lambda: shots_needed(K).per_entry


def _of_circuit(fitted, random_state: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    model, _ = find_fitted(fitted, "circuit_")
    circuit = getattr(model, "circuit_", None)
    if circuit is None or circuit.num_qubits > _MOST_QUBITS or not circuit.num_parameters:
        return
    yield "qubits", lambda: circuit.num_qubits
    yield "entangling capability", lambda: entangling_capability(circuit, random_state=random_state).mean
    yield (
        "expressibility, as divergence from random states",
        lambda: expressibility(circuit, random_state=random_state).divergence,
    )
    if getattr(model, "weights_", None) is not None:
        yield (
            "variance of gradients at random weights",
            lambda: gradient_variance([circuit], n_draws=_N_DRAWS, random_state=random_state).mean[0],
        )
