"""Encodings, kernels and bandwidths against each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.gaussian_process.kernels import Kernel
from sklearn.utils.multiclass import type_of_target

from .._checks import check_count, check_cv, check_numbers, shown
from ..circuits import Encoding
from ..inspection import alignment, concentration, effective_rank, geometric_difference, nearest_rbf
from ..kernels import FidelityKernel, QuantumKernel
from ..models.kernel_machines import QuantumKernelRidge, QuantumKernelSVC
from .diagnostics import as_numbers
from .folds import checked_data, fold_scores, folds_of
from .table import Table

_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
_REGULARIZATION = 0.1


def compare_encodings(
    kernels,
    X,
    y,
    *,
    estimator=None,
    factors=_FACTORS,
    cv=5,
    n_seeds=1,
    scoring=None,
    n_jobs=None,
    random_state=0,
) -> Table:
    """Compare kernels, or encodings, at several bandwidths, by scores in the same folds and by measures of the kernel.

    Parameters
    ----------
    kernels : dict of str to QuantumKernel or Encoding, or sequence of them
        An encoding stands for its `FidelityKernel`.
    X : array-like (n_samples, n_features)
    y : array-like (n_samples,)
    estimator : kernel machine, default=None
        Into which each kernel is put; ``None`` means `QuantumKernelSVC`, or `QuantumKernelRidge` for numbers.
    factors : array-like of float, default=(0.25, 0.5, 1.0, 2.0, 4.0)
        Multiples of the bandwidth that the estimator chooses for each kernel.
    cv : int or splitter, default=5
    n_seeds : int, default=1
        How often with other folds.
    scoring, n_jobs
        As in `cross_val_score`.
    random_state : int, default=0
        Of the first folds.

    Returns
    -------
    Table
        A row for each kernel and factor; the best score comes first.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import AngleEncoding, ZZEncoding
    >>> from skqml.evidence import compare_encodings
    >>> X, y = load_iris(return_X_y=True)
    >>> table = compare_encodings([AngleEncoding(), ZZEncoding()], X, y, factors=[1.0, 4.0])
    >>> table.rows[-1]["factor"]  # the worst
    4.0
    """
    X, y = checked_data(X, y)
    cv, n_seeds = check_cv("cv", cv), check_count("n_seeds", n_seeds)
    check_count("random_state", random_state, 0)
    values = check_numbers("factors", factors)
    if not (values.size and (values > 0).all()):
        raise ValueError(f"factors must be positive numbers, got {shown(factors)}.")
    machine = _machine(estimator, y)
    folds = folds_of(cv, X, y, random_state, n_seeds, is_classifier(machine))
    rows = []
    for name, kernel in _named(kernels).items():
        for factor in values:
            scaled = clone(kernel).set_params(scale=float(kernel.scale * factor))
            model = clone(machine).set_params(kernel=scaled)
            scores = fold_scores({name: model}, X, y, folds, scoring, n_jobs)[name]
            rows.append({"kernel": name, "factor": float(factor), **_row(model.fit(X, y), X, y, scores)})
    rows.sort(key=lambda row: -row["score"])
    return Table(rows, f"{len(y)} rows, {len(folds[0])} folds, {n_seeds} seeds; the best score first.")


def _machine(estimator, y) -> Any:
    if estimator is None:
        return (
            QuantumKernelRidge() if type_of_target(y, input_name="y").startswith("continuous") else QuantumKernelSVC()
        )
    if isinstance(estimator, type) or not hasattr(estimator, "predict") or "kernel" not in estimator.get_params():
        raise TypeError(f"estimator must be a kernel machine, such as QuantumKernelSVC(), got {shown(estimator)}.")
    return estimator


def _named(kernels) -> dict[str, QuantumKernel]:
    """Kernels by name, numbered where several have the same class."""
    if not isinstance(kernels, Mapping):
        listed = [kernels] if isinstance(kernels, (Kernel, Encoding)) else list(kernels) if np.iterable(kernels) else []
        names = [type(each).__name__ for each in listed]
        kernels = {
            name if names.count(name) == 1 else f"{name} {names[: k + 1].count(name)}": each
            for k, (name, each) in enumerate(zip(names, listed, strict=True))
        }
    found = {name: FidelityKernel(each) if isinstance(each, Encoding) else each for name, each in kernels.items()}
    if not found or not all(isinstance(k, QuantumKernel) and hasattr(k, "scale") for k in found.values()):
        raise TypeError(f"kernels must be quantum kernels with a scale, or encodings, got {shown(kernels)}.")
    return found


def _row(model, X, y, scores) -> dict[str, Any]:
    """Score and measures of a fitted machine."""
    Z = model.standardizer_.transform(X)
    K = model.kernel_(Z)
    return {
        "score": float(scores.mean()),
        "deviation": float(scores.std()),
        "alignment": alignment(K, y=y if is_classifier(model) else as_numbers(y)),
        "mean entry": concentration(K).mean,
        "variance": concentration(K).variance,
        "effective rank": effective_rank(K).effective_rank,
        "distance to RBF": nearest_rbf(K, Z).distance,
        "geometric difference": float(geometric_difference(K, Z, regularization=[_REGULARIZATION]).difference[0]),
    }
