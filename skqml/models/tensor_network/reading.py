"""Sequences as users give them: strings, or tables of codes or numbers, as one array each."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_consistent_length
from sklearn.utils.validation import column_or_1d, validate_data

from ..._checks import shown


class SequenceReader(BaseEstimator):
    """Rows of estimators that read strings too."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags

    def _validate(self, X, *y, **options):
        return read_sequences(self, X, *y, **options)


def read_sequences(estimator, X, *y, reset=True) -> Any:
    """Rows of X as an array, and y if it is given.

    Strings become code points (n_samples, longest) of unsigned integers, 0 behind the end; tables stay integers or
    become floats.

    Parameters
    ----------
    estimator : BaseEstimator
        Learns names and number of the columns; a column of strings is one.
    X : list, array or Series of strings, a data frame with one such column, or array-like (n_samples, n_features)
    y : array-like (n_samples,)
    reset : bool, default=True
        Whether columns are learned or compared with those before.
    """
    texts = _texts(X)
    if texts is None:
        options = {"dtype": "numeric", "reset": reset}
        checked = validate_data(estimator, X, *y, **options)
        table, *rest = checked if y else (checked,)
        table = table.astype(np.int64 if table.dtype.kind in "iub" and _fits(table) else float, copy=False)
    else:
        if np.ndim(X) == 2:
            validate_data(estimator, X, skip_check_array=True, reset=reset)
        elif reset:
            vars(estimator).pop("feature_names_in_", None)
            estimator.n_features_in_ = 1
        table, rest = _code_points(texts), [_labels(estimator, part, texts) for part in y]
    return (table, *rest) if y else table


def _fits(table) -> bool:
    return table.dtype.kind != "u" or not table.size or table.max() < 2**63


def _labels(estimator, y, texts) -> np.ndarray:
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None.")
    y = column_or_1d(y, warn=True)
    check_consistent_length(texts, y)
    return y


def _texts(X) -> np.ndarray | None:
    """Strings (n_samples,); None where X holds no string."""
    try:
        A = np.asarray(X)
    except ValueError:  # rows of different length
        return None
    A = A[:, 0] if A.ndim == 2 and A.shape[1] == 1 else A
    if A.ndim == 2 and any(isinstance(a, str | bytes) for a in A[:1].ravel()):
        raise ValueError(
            f"X must be strings in one column, or numbers, got strings in {A.shape[1]} columns; join them."
        )
    if A.ndim != 1 or A.dtype.kind not in "OUS" or not any(isinstance(a, str | bytes) for a in A):
        return None
    strange = [k for k, a in enumerate(A) if not isinstance(a, str | bytes)]
    if strange:
        raise ValueError(
            f"X must be strings, got {shown(A[strange[0]])} in row {strange[0]}; leave such rows out, or give ''."
        )
    return np.array([a.decode("latin-1") if isinstance(a, bytes) else str(a) for a in A], dtype=object)


def _code_points(texts) -> np.ndarray:
    width = max(1, max(map(len, texts)))
    return texts.astype(f"U{width}").view(np.uint32).reshape(len(texts), width)


def warn_of_unseen(letters) -> None:
    """Say which letters are skipped, once for all rows."""
    if len(letters):
        warnings.warn(
            f"Skipped {len(letters)} letters that fit has not seen: {shown(list(letters))}; name all letters by "
            "alphabet=, or fit to rows that have them.",
            UserWarning,
            stacklevel=2,
        )
