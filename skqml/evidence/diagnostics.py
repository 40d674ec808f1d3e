"""What a fitted model's kernel and circuit say of it."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from ..inspection import (
    alignment,
    concentration,
    effective_dimension,
    effective_rank,
    entangling_capability,
    expressibility,
    fisher_information,
    fourier_spectrum,
    geometric_difference,
    gradient_variance,
    nearest_polynomial,
    nearest_rbf,
    pauli_weight_needed,
    quantum_fisher_information,
    shots_needed,
)
from ..kernels.measures.concentration import haar_fidelity
from ..models.base.inside import find_fitted

_MOST_QUBITS = 12  # of circuits whose states are drawn again and again
_N_DRAWS = 100
_N_FISHER = 5  # rows, and draws of weights
_N_SAMPLES = 100_000  # with few, effective dimensions exceed the number of weights
_N_ROWS = 50  # that are predicted from strings of few letters
_REGULARIZATION = 0.1
_RANK = 1e-8  # of eigenvalues of the Fisher information, which are of the order of 1

Named = Iterator[tuple[str, Callable[[], Any]]]


def diagnostics(fitted, X, y, random_state: int) -> dict[str, float]:
    """Numbers by what they are; those that do not apply to the model are left out.

    Parameters
    ----------
    fitted : estimator
    X, y : ndarray
    random_state : int
    """
    found: dict[str, float] = {}
    targets = y if is_classifier(fitted) else as_numbers(y)
    for name, measure in (*_of_kernel(fitted, X, targets), *_of_circuit(fitted, X, y, random_state)):
        try:
            found[name] = float(measure())
        except (AttributeError, TypeError, ValueError):  # such as a spectrum of angles that are products of features
            continue
    return found


def as_numbers(y) -> np.ndarray:
    """Targets of mean 0 and deviation 1: whole numbers of a regressor are no labels of classes."""
    return (y - np.mean(y, axis=0)) / np.where(np.ptp(y, axis=0) > 0, np.std(y, axis=0), 1.0)


def _of_kernel(fitted, X, y) -> Named:
    model, rows = find_fitted(fitted, "kernel_", X)
    if not hasattr(model, "kernel_") or not hasattr(model, "standardizer_"):
        return
    Z = model.standardizer_.transform(np.asarray(rows, dtype=float))
    K = model.kernel_(Z)
    difference = cache(lambda: geometric_difference(K, Z, y=y, regularization=[_REGULARIZATION]))
    yield "mean of the kernel's entries", lambda: concentration(K).mean
    yield "variance of the kernel's entries", lambda: concentration(K).variance
    yield "effective rank of the kernel matrix", lambda: effective_rank(K).effective_rank
    yield "alignment of the kernel with the targets", lambda: alignment(K, y=y)
    yield "distance to the nearest RBF kernel", lambda: nearest_rbf(K, Z).distance
    yield "distance to the nearest polynomial kernel", lambda: nearest_polynomial(K, Z).distance
    yield "geometric difference to an RBF kernel", lambda: difference().difference[0]
    yield "that difference at most, about", lambda: np.sqrt(len(Z))
    yield "model complexity", lambda: difference().complexity[0]  # type: ignore[index]
    yield "model complexity of an RBF kernel", lambda: difference().classical_complexity[0]  # type: ignore[index]
    if getattr(model.kernel_, "fidelities", False):
        yield "variance of fidelities of random states", lambda: haar_fidelity(model.kernel_.n_qubits(Z.shape[1]))[1]
        yield "shots needed for each entry", lambda: shots_needed(model.kernel_, Z).per_entry


def _of_circuit(fitted, X, y, random_state: int) -> Named:
    model, rows = find_fitted(fitted, "circuit_", X)
    circuit = getattr(model, "circuit_", None)
    if circuit is None or circuit.num_qubits > _MOST_QUBITS or not circuit.num_parameters:
        return
    yield "qubits", lambda: circuit.num_qubits
    yield "entangling capability", lambda: entangling_capability(circuit, random_state=random_state).mean
    yield (
        "expressibility, as divergence from random states",
        lambda: expressibility(circuit, random_state=random_state).divergence,
    )
    yield (
        "frequencies of a feature, in the mean",
        lambda: np.mean([len(f) for f in fourier_spectrum(circuit).frequencies]),
    )
    if getattr(model, "weights_", None) is not None:
        yield from _of_weights(model, circuit, rows, y, random_state)


def _of_weights(model, circuit, X, y, random_state: int) -> Named:
    """What a circuit with trained weights says."""
    some = np.random.default_rng(random_state).permutation(len(X))[:_N_ROWS]
    draws = {"n_draws": _N_FISHER, "random_state": random_state}
    yield (
        "variance of gradients at random weights",
        lambda: gradient_variance([circuit], n_draws=_N_DRAWS, random_state=random_state).mean[0],
    )

    def rows():
        return model.standardizer_.transform(np.asarray(X, dtype=float)[some[:_N_FISHER]])

    yield "weights", lambda: len(model.weights_)
    yield (
        "directions in which weights move the state",
        lambda: np.linalg.matrix_rank(quantum_fisher_information(circuit, rows(), **draws), _RANK).mean(),
    )
    yield (
        f"effective dimension at {_N_SAMPLES:,} rows",
        lambda: effective_dimension(fisher_information(circuit, rows(), **draws), _N_SAMPLES),
    )
    yield (
        f"letters of Pauli strings that suffice for the score of {len(some)} rows",
        lambda: pauli_weight_needed(model, X[some], y[some]).needed or np.inf,
    )
