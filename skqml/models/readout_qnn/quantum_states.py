"""Rows that are quantum states."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import validate_data

from .inputs import Inputs


class StateInputs(Inputs):
    """Rows are amplitudes of states."""

    def read(self, model, X, *y, **options) -> Any:
        X = checked_states(X)
        checked = validate_data(model, X.real, *y, dtype=float, **options)
        return (X, checked[1]) if y else X

    def check(self, model) -> None:
        if model.backend is not None or model.superposition_batches:
            raise ValueError(
                "inputs='state' takes its rows as amplitudes, which no circuit prepares; "
                "set backend=None and superposition_batches=False."
            )

    def learn(self, model, X, weight) -> tuple[None, int]:
        return None, X.shape[1].bit_length() - 1

    def product_gates(self, gates) -> tuple[str, ...]:
        raise ValueError("product_twin needs inputs='bits': on states all gates entangle.")

    def classical_twin(self, model) -> BaseEstimator:
        linear = LogisticRegression(max_iter=model.max_iter, class_weight=model.class_weight)
        return make_pipeline(FunctionTransformer(density_matrices), linear)


def checked_states(X) -> np.ndarray:
    """Rows as complex amplitudes, refusing what is no state."""
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] < 2 or X.shape[1] & (X.shape[1] - 1):
        raise ValueError(f"Expected states as rows of 2^n amplitudes, n >= 1, got shape {X.shape}.")
    X = np.ascontiguousarray(X, dtype=complex)
    norms = np.linalg.norm(X, axis=1)
    if not np.allclose(norms, 1.0, atol=1e-6):
        raise ValueError(
            f"Expected states of norm 1, got norms from {norms.min():g} to {norms.max():g}; "
            "divide each row by its norm."
        )
    return X


def density_matrices(X) -> np.ndarray:
    """Numbers of the density matrices of states, real and imaginary parts of the upper triangles."""
    rho = X[:, :, None] * np.conj(X[:, None, :])
    upper = np.triu_indices(X.shape[1])
    return np.hstack([rho.real[:, *upper], rho.imag[:, *upper]])
