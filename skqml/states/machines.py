"""Fitted machines of scikit-learn that were saved, checked before they are used."""

import numpy as np
from sklearn.base import is_classifier

from .._checks import is_count
from .._sklearn import LibSVM

_MOST = 2**24  # features, of which a row takes 128 MiB


def check_machine(machine) -> None:
    """Refuse a fitted machine whose arrays are not finite, or that cannot say anything about a row of zeros."""
    inside = {**vars(getattr(machine, "_optimizer", None) or type), **vars(machine)}
    arrays = [a for value in inside.values() for a in _arrays(value)]
    if any(a.dtype.kind in "fc" and not np.isfinite(a).all() for a in arrays):
        raise ValueError(f"numbers in {type(machine).__name__} that are not finite")
    if isinstance(machine, LibSVM):
        check_libsvm(machine)
    n_features = machine.n_features_in_
    if not is_count(n_features, most=_MOST):
        raise ValueError(f"a {type(machine).__name__} of {n_features} features")
    names = ("decision_function", "predict", "transform")
    said = next(getattr(machine, name) for name in names if hasattr(machine, name))(np.zeros((1, n_features)))
    if not np.isfinite(np.asarray(said)).all():
        raise ValueError(f"a {type(machine).__name__} that gives no numbers")


def _arrays(value) -> list[np.ndarray]:
    return [a for a in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(a, np.ndarray)]


def check_libsvm(machine) -> None:
    """Refuse support vectors that do not go together: libsvm, which is compiled, reads where they point."""
    if "support_" not in vars(machine):
        return  # not fitted
    machine._validate_params()
    n, n_groups = len(machine.support_), len(machine.classes_) if is_classifier(machine) else 2
    n_pairs, (n_rows, n_columns) = n_groups * (n_groups - 1) // 2, machine.shape_fit_
    precomputed = machine.kernel == "precomputed" or callable(machine.kernel)
    expected = {
        "support_": (np.int32, {(n,)}),
        "_n_support": (np.int32, {(n_groups,)}),
        "support_vectors_": (np.float64, {(0, 0)} if precomputed else {(n, n_columns)}),
        "_dual_coef_": (np.float64, {(n_groups - 1, n)}),
        "_intercept_": (np.float64, {(n_pairs,)}),
        "_probA": (np.float64, {(0,), (n_pairs,)}),
        "_probB": (np.float64, {(0,), (n_pairs,)}),
    }
    for name, (dtype, shapes) in expected.items():
        array = getattr(machine, name)
        if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape not in shapes:
            raise ValueError(f"{name} of a {type(machine).__name__} that does not go with {n} support vectors")
    places, shares = machine.support_, machine._n_support[: n_groups if is_classifier(machine) else 1]
    if machine._sparse is not False or shares.min() < 0 or shares.sum(dtype=int) != n:
        raise ValueError(f"{shares.tolist()} support vectors of a {type(machine).__name__} that has {n}")
    if n and not 0 <= places.min() <= places.max() < n_rows:
        raise ValueError(f"support vectors of a {type(machine).__name__} outside its {n_rows} rows")
