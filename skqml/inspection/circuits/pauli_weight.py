"""Whether low-weight Pauli strings do what a model does."""

from copy import copy
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier

from ..._checks import check_count, check_number, check_numbers, distinct
from ...backends import PauliPropagation, Program
from ...backends.kept import KeptProgram
from ...backends.program import Pullback
from ...models.base.inside import find_fitted, outer_backends

_MOST = 4  # letters that are tried by default: with more, strings are soon as many as amplitudes


@dataclass(frozen=True)
class PauliWeightNeeded:
    """What is left of a fitted model when Pauli strings of many letters are dropped.

    Attributes
    ----------
    weights : ndarray of int (n_weights,)
        Letters k that strings may have.
    scores : ndarray (n_weights,)
        The model's score with strings of up to k letters.
    changed : ndarray (n_weights,)
        Share of the rows whose class differs from the model's, or the root mean squared change of predictions in units
        of their standard deviation.
    errors : ndarray (n_weights,)
        Estimated error of an expectation value, the root of the squares of all coefficients that were dropped, mean
        over rows and observables; NaN for kernel machines.
    score : float
        The model's own.
    needed : int or None
        Least of the weights from which on the score stays within the tolerance; None if there is none.
    """

    weights: np.ndarray
    scores: np.ndarray
    changed: np.ndarray
    errors: np.ndarray
    score: float
    needed: int | None


def pauli_weight_needed(estimator, X, y, *, max_weight=None, tolerance=0.01, min_coefficient=0.0) -> PauliWeightNeeded:
    r"""Return how a fitted model scores when its circuits are simulated from low-weight Pauli strings alone.

    Observables are carried backwards through the circuit by `PauliPropagation`, and strings of more than k letters are
    dropped on the way, for k = 1, 2, ... Weights and readout stay as they were trained. Where the score at a small k is
    that of the model, the model is classically simulable at k, by about :math:`n^k` strings at any width.

    Parameters
    ----------
    estimator : fitted estimator
        A trained circuit, or a kernel machine with a `ProjectedKernel`, also in a pipeline or search.
    X : array-like (n_samples, n_features)
        Rows, better those held out.
    y : array-like (n_samples,)
        Targets.
    max_weight : int, default=None
        Largest k; ``None`` means 4, or the number of qubits if that is smaller.
    tolerance : float, default=0.01
        Loss of score that is allowed.
    min_coefficient : float, default=0.0
        As in `PauliPropagation`, for circuits of too many strings.

    Returns
    -------
    PauliWeightNeeded
        ``needed`` beside ``scores``, ``changed`` and ``errors`` at each of ``weights``.

    Raises
    ------
    ValueError
        If there is no circuit whose observables could be carried back.

    References
    ----------
    P. Bermejo et al., Quantum convolutional neural networks are (effectively) classically simulable, arXiv 2408.12739.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import AngleEncoding, VariationalClassifier
    >>> from skqml.inspection import pauli_weight_needed
    >>> X, y = load_iris(return_X_y=True)
    >>> model = VariationalClassifier(AngleEncoding(), random_state=0).fit(X, y)
    >>> found = pauli_weight_needed(model, X, y)
    >>> found.weights
    array([1, 2, 3, 4])
    >>> bool(found.scores[-1] == found.score)
    True
    """
    tolerance = check_number("tolerance", tolerance, 0.0, np.inf, "left")
    model, rows = find_fitted(estimator, "circuit_", X)
    y = _checked_targets(model, y)
    n_qubits = _with_backend(model, PauliPropagation()).circuit_.num_qubits
    most = check_count("max_weight", min(_MOST, n_qubits) if max_weight is None else max_weight)
    expected, score = model.predict(rows), float(model.score(rows, y))
    weights = np.arange(1, most + 1)
    found = []
    for k in weights:
        light = _with_backend(model, PauliPropagation(int(k), min_coefficient))
        found.append((light.score(rows, y), _changed(light, rows, expected), _error(light, rows)))
    scores, changed, errors = np.array(found).T
    bad = np.flatnonzero(scores < score - tolerance)
    first = 0 if len(bad) == 0 else int(bad[-1]) + 1
    return PauliWeightNeeded(
        weights, scores, changed, errors, score, int(weights[first]) if first < len(weights) else None
    )


def _checked_targets(model: BaseEstimator, y) -> np.ndarray:
    """Targets that a score can be of; refuse labels that are not of one kind, and what are no numbers."""
    if not is_classifier(model):
        return check_numbers("y", y, (1, 2))
    distinct(y, "y")
    return np.asarray(y)


def _with_backend(model: BaseEstimator, backend: PauliPropagation) -> BaseEstimator:
    """The fitted model with its circuits on another backend."""
    moved = copy(model)
    program = getattr(getattr(model, "network_", None), "program", None)
    if isinstance(program, KeptProgram):
        moved.network_ = copy(model.network_)
        moved.network_.program = program.on(backend)
        return moved
    kernel = getattr(model, "kernel_", None)
    places = [] if kernel is None else outer_backends(kernel)
    if not places:
        raise ValueError(
            "estimator must be a fitted model of a trained circuit, such as VariationalClassifier, or a kernel machine "
            f"with a ProjectedKernel, got {type(model).__name__}."
        )
    moved.kernel_ = clone(kernel).set_params(**dict.fromkeys(places, backend))
    return moved


def _changed(light: BaseEstimator, X, expected: np.ndarray) -> float:
    """How much predictions differ from what is expected."""
    found = light.predict(X)
    if is_classifier(light):
        return float(np.mean(found != expected))
    return float(np.sqrt(np.mean((found - expected) ** 2)) / max(np.std(expected), np.finfo(float).tiny))


def _error(light: BaseEstimator, X) -> float:
    """The mean of the errors that a trained circuit's values are estimated to have."""
    if not hasattr(light, "network_"):
        return np.nan
    light.network_.program = watched = _Watched(light.network_.program)
    light.predict(X)
    return float(np.mean(watched.errors))


class _Watched(Program):
    """A program that writes down the errors of its values."""

    def __init__(self, program: Program):
        self.program, self.errors = program, np.empty(0)
        self.n_features, self.n_weights = program.n_features, program.n_weights
        self.n_observables = program.n_observables

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        values, errors = self.program.estimate(X, w, rng)
        self.errors = np.append(self.errors, errors)
        return values

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        return self.program.forward(X, w, rng)
