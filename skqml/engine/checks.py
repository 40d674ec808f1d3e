"""Checks of what comes into a program."""

import math

import numpy as np

from .._checks import check_count

_FEW = 5000  # numbers whose product takes no threads


def as_rows(X, n_features: int) -> np.ndarray:
    """X as a real array (n_samples, n_features); the circuit says how many features."""
    if np.iscomplexobj(X):
        raise ValueError("Complex data not supported: expected real features X, one column each.")
    X = np.ascontiguousarray(X, dtype=float)
    if X.ndim != 2 or X.shape[1] != n_features:
        raise ValueError(
            f"Expected X of shape (n_samples, {n_features}), one column for each element of the "
            f"circuit's data vector, but got shape {X.shape}."
        )
    return X


def as_weights(w, n_weights: int) -> np.ndarray:
    """Weights as a real array (n_weights,); ``None`` stands for none."""
    w = np.zeros(0) if w is None else np.asarray(w, dtype=float)
    if w.shape != (n_weights,):
        raise ValueError(
            f"Expected {n_weights} weights, one for each parameter of the circuit outside its data "
            f"vector, but got shape {w.shape}."
        )
    check_finite(w, "weights")
    return w


def as_cotangents(g, shape: tuple[int, int]) -> np.ndarray:
    """Cotangents g of values of this shape as real numbers; compiled functions would read past the end of fewer."""
    g = np.asarray(g, dtype=float)
    if g.shape != shape:
        raise ValueError(f"Expected cotangents g of shape {shape}, one for each value, but got shape {g.shape}.")
    return g


def check_finite(values: np.ndarray, name: str) -> None:
    """Refuse NaN and infinity, which a simulator would turn into plausible numbers."""
    if not surely_finite(values) and not np.isfinite(values).all():
        raise ValueError(
            f"Expected finite gate angles, but {name} gives NaN or infinity; remove such values, "
            "and keep features inside the domain of the encoding (arccos needs [-1, 1])."
        )


def surely_finite(values: np.ndarray) -> bool:
    """Whether a product says so, which for few numbers is quicker than a look at each; it may overflow."""
    return values.size < _FEW and math.isfinite(np.vdot(values, values))


def check_memory(n_qubits: int, needed: int, max_memory: int, what: str, remedy: str) -> None:
    """Refuse circuits that need more bytes than may be taken."""
    if needed > max_memory:
        size = str(needed) if needed < 10**30 else f"10**{int(math.log10(needed))}"
        raise ValueError(
            f"Expected a circuit whose {what} in max_memory={max_memory} bytes, but {n_qubits} qubits need {size} "
            f"bytes; {remedy}"
        )


def check_limits(threads, max_memory) -> None:
    """Refuse what is no number of threads (or None), or no number of bytes."""
    if threads is not None:
        check_count("threads", threads)
    check_count("max_memory", max_memory, most=np.inf)
