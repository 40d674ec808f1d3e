"""Sequences as estimators take them: rows of one channel, or three axes with NaN behind the end."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import as_tuple, check_numbers


@dataclass(frozen=True)
class Sequences:
    """Sequences of channels.

    Attributes
    ----------
    X : ndarray (n_sequences, n_steps, n_channels)
        Zero behind the end of a sequence.
    lengths : ndarray of int (n_sequences,)
    stepwise : bool
        Whether they came with three axes, with a target for every step.
    """

    X: np.ndarray
    lengths: np.ndarray
    stepwise: bool

    @property
    def inside(self) -> np.ndarray:
        """Which steps (n_sequences, n_steps) belong to a sequence."""
        return np.arange(self.X.shape[1]) < self.lengths[:, None]


def pad_sequences(sequences) -> np.ndarray:
    """Return sequences of different length as one array that ends in NaN.

    Parameters
    ----------
    sequences : list of array-like (n_steps,) or (n_steps, n_channels)

    Returns
    -------
    ndarray (n_sequences, longest n_steps, n_channels)

    Examples
    --------
    >>> from skqml.models.recurrent import pad_sequences
    >>> pad_sequences([[1.0, 2.0], [3.0]])[:, :, 0]
    array([[ 1.,  2.],
           [ 3., nan]])
    """
    arrays = [check_numbers("Each of the sequences", s, (1, 2)) for s in as_tuple("sequences", sequences)]
    arrays = [a[:, None] if a.ndim == 1 else a for a in arrays]
    if len({a.shape[1] for a in arrays}) != 1:
        raise ValueError("Expected a list of sequences of shape (n_steps, n_channels), all of as many channels.")
    out = np.full((len(arrays), max(map(len, arrays)), arrays[0].shape[1]), np.nan)
    for row, a in zip(out, arrays, strict=True):
        row[: len(a)] = a
    return out


def read_sequences(estimator, X, y="no_validation", *, reset: bool, washout: int = 0, classify: bool = False) -> Any:
    """Check X, and y where it is given, and return `Sequences` and targets.

    Parameters
    ----------
    estimator : BaseEstimator
        Gets ``n_features_in_`` with ``reset``: columns of 2-D X, channels of 3-D X.
    X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)
    y : array-like, default="no_validation"
        A target a row, or for 3-D X a target a step; labels of sequences with ``classify``.
    reset : bool
    washout : int, default=0
        Sequences have to be longer.
    classify : bool, default=False
    """
    if not reset:
        check_is_fitted(estimator)
    without = isinstance(y, str) and y == "no_validation"
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None.")
    if _n_dimensions(X) == 3:
        sequences = _three_axes(estimator, X, reset)
        y = None if without else _step_targets(y, sequences, classify)
    else:
        if not reset and estimator._stepwise:
            how = "X[:, :, None] with a series a row" if estimator.n_features_in_ == 1 else "X[None] for one series"
            raise ValueError(
                f"Expected X of shape (n_sequences, n_steps, {estimator.n_features_in_}) as in fit, got 2 axes; give "
                f"{how}. Reshape your data."
            )
        options = {} if without or classify else {"multi_output": True, "y_numeric": True}
        checked = validate_data(estimator, X, y, dtype=float, reset=reset, **options)
        X, y = (checked, None) if without else checked
        sequences = Sequences(X[:, :, None], np.full(len(X), X.shape[1]), False)
    short = np.flatnonzero(sequences.lengths <= washout)
    if len(short):
        raise ValueError(
            f"Expected sequences longer than washout={washout} steps, but sequence {short[0]} has "
            f"{sequences.lengths[short[0]]}; lower washout."
        )
    return sequences, y


def check_several(sequences: Sequences) -> None:
    """Refuse to fit to one row or one step, which mostly is a long series in another shape."""
    n_sequences, n_steps, n_channels = sequences.X.shape
    if sequences.stepwise and n_sequences * n_steps == 1:
        raise ValueError(
            f"Expected more than one step, got X of shape (1, 1, {n_channels}); a long series of one "
            "channel has shape (1, n_steps, 1): give X.reshape(1, -1, 1)."
        )
    if not sequences.stepwise and n_sequences == 1:
        raise ValueError(
            f"Expected more than one row, each a sequence of one channel, got 1 sample of {n_steps} "
            "steps; give a long series of one channel as X[:, :, None] with a target for each step, or "
            "as rows of make_windows(series, width). Reshape your data."
        )


def _n_dimensions(X) -> int:
    try:
        return np.asarray(X).ndim
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            "Expected sequences of equal length, or an array (n_sequences, n_steps, n_channels) that ends in NaN where "
            "a sequence is shorter; pad_sequences makes one of a list."
        ) from error


def _three_axes(estimator, X, reset: bool) -> Sequences:
    X = check_array(X, dtype=float, allow_nd=True, ensure_all_finite="allow-nan", ensure_min_features=0, copy=True)
    if 0 in X.shape:
        raise ValueError(f"Expected at least one step and one channel, got X of shape {X.shape}: the series is empty.")
    if reset:
        estimator.n_features_in_ = X.shape[2]
        vars(estimator).pop("feature_names_in_", None)
    elif not estimator._stepwise:
        raise ValueError(f"Expected X of shape (n_rows, {estimator.n_features_in_}) as in fit, got shape {X.shape}.")
    elif X.shape[2] != estimator.n_features_in_:
        raise ValueError(
            f"Expected X of {estimator.n_features_in_} channels, (n_sequences, n_steps, {estimator.n_features_in_}), "
            f"as in fit, got shape {X.shape}."
        )
    return _without_padding(X)


def _without_padding(X) -> Sequences:
    """Sequences (n_sequences, n_steps, n_channels) that end in NaN, which turns into zeros in place."""
    outside = np.isnan(X).all(axis=2)
    lengths = X.shape[1] - np.argmin(outside[:, ::-1], axis=1)
    lengths[outside.all(axis=1)] = 0
    sequences = Sequences(X, lengths, True)
    for i, t in np.argwhere(np.isnan(X).any(axis=2) & sequences.inside)[:1]:
        raise ValueError(
            f"Expected NaN in X only behind the end of a sequence, but sequence {i} has NaN at step {t} of "
            f"{lengths[i]}; fill gaps before."
        )
    if not lengths.all():
        raise ValueError(f"Expected at least one step a sequence, but sequence {np.argmin(lengths)} is empty.")
    X[~sequences.inside] = 0.0
    return sequences


def _step_targets(y, sequences: Sequences, classify: bool):
    """Targets of 3-D X, as they are but for padding."""
    shape = sequences.X.shape[:2]
    if classify:
        y = check_array(y, ensure_2d=False, dtype=None)
        if y.shape != shape[:1]:
            raise ValueError(f"Expected y of shape ({shape[0]},), one label a sequence of X, got shape {y.shape}.")
        return y
    y = check_array(y, dtype=float, allow_nd=True, ensure_2d=False, ensure_all_finite=False)
    if y.ndim not in (2, 3) or y.shape[:2] != shape:
        raise ValueError(
            f"Expected y of shape {shape} or {(*shape, 'n_targets')}, one target a step of X, got shape {y.shape}."
        )
    if not np.isfinite(y[sequences.inside]).all():
        raise ValueError("Expected finite targets inside sequences, but y contains NaN or infinity.")
    return y
