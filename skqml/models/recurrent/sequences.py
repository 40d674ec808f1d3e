"""Sequences as estimators take them: rows of one channel, or three axes with NaN behind the end."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d, validate_data

from ..._checks import as_tuple, check_numbers, check_targets
from ..._sklearn import check_sample_weight
from ...states import CheckedState, flag, floats, integers, nullable
from ..base.distinct_rows import kinds_of_rows


@dataclass(frozen=True)
class Sequences(CheckedState):
    """Sequences of channels.

    Attributes
    ----------
    X : ndarray (n_sequences, n_steps, n_channels)
        Zero behind the end of a sequence.
    lengths : ndarray of int (n_sequences,)
    stepwise : bool
        Whether they came with three axes, with a target for every step.
    weight : ndarray (n_sequences, n_steps) or None
        Of steps; None where all count alike.
    """

    X: np.ndarray
    lengths: np.ndarray
    stepwise: bool
    weight: np.ndarray | None = None

    _contents: ClassVar[dict] = {
        "X": floats("n_sequences", "n_steps", "n_channels"),
        "lengths": integers("n_sequences"),
        "stepwise": flag,
        "weight": nullable(floats("n_sequences", "n_steps")),
    }

    @property
    def inside(self) -> np.ndarray:
        """Which steps (n_sequences, n_steps) belong to a sequence."""
        return np.arange(self.X.shape[1]) < self.lengths[:, None]

    @property
    def weight_of_steps(self) -> np.ndarray:
        """Weights (n_sequences, n_steps), ones where all count alike."""
        return np.broadcast_to(1.0, self.X.shape[:2]) if self.weight is None else self.weight

    @property
    def weights(self) -> np.ndarray:
        """Weights (n_sequences,) of sequences whose steps all have one."""
        return self.weight_of_steps[:, 0]

    def weighted(self, sample_weight) -> "Sequences":
        """These sequences with weights (n_sequences,), or with None."""
        if sample_weight is None:
            return self
        weight = check_sample_weight(sample_weight, self.X)
        return replace(self, weight=np.broadcast_to(weight[:, None], self.X.shape[:2]))

    def __getitem__(self, rows) -> "Sequences":
        """Some of the sequences."""
        weight = None if self.weight is None else self.weight[rows]
        return Sequences(self.X[rows], self.lengths[rows], self.stepwise, weight)

    def numbers(self, y) -> np.ndarray:
        """Numbers (n_sequences,) that tell folds, for targets y (n_sequences, ...); see `kinds_of_rows`."""
        return kinds_of_rows(self.weights, self.X, y, self.lengths)[1]


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


def learn_sequences(estimator, X) -> Sequences:
    """Check the X of a first fit, and note in ``n_features_in_`` how many steps rows, or channels sequences have.

    Parameters
    ----------
    estimator : BaseEstimator
    X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)
    """
    if _n_dimensions(X) != 3:
        return _of_rows(validate_data(estimator, X, dtype=float))
    X = _three_axes(X)
    estimator.n_features_in_ = X.shape[2]
    vars(estimator).pop("feature_names_in_", None)
    return _without_padding(X)


def read_sequences(estimator, X) -> Sequences:
    """Check X that comes after the fit, in the form that it had there; see `learn_sequences`."""
    check_is_fitted(estimator)
    n_channels, stepwise = estimator.n_features_in_, estimator._stepwise
    if _n_dimensions(X) == 3:
        X = _three_axes(X)
        if not stepwise:
            raise ValueError(f"Expected X of shape (n_rows, {n_channels}) as in fit, got shape {X.shape}.")
        if X.shape[2] != n_channels:
            raise ValueError(
                f"Expected X of {n_channels} channels, (n_sequences, n_steps, {n_channels}), as in fit, got shape "
                f"{X.shape}."
            )
        return _without_padding(X)
    if stepwise:
        how = "X[:, :, None] with a series a row" if n_channels == 1 else "X[None] for one series"
        raise ValueError(
            f"Expected X of shape (n_sequences, n_steps, {n_channels}) as in fit, got 2 axes; give {how}. "
            "Reshape your data."
        )
    return _of_rows(validate_data(estimator, X, dtype=float, reset=False))


def read_targets(estimator, y, sequences: Sequences) -> np.ndarray:
    """Check numbers: a target a row (n_rows[, n_targets]), or a step (n_sequences, n_steps[, n_targets]).

    What stands behind the end of a sequence is 0.
    """
    _check_given(estimator, y)
    if not sequences.stepwise:
        y = check_targets(check_array(y, ensure_2d=False, input_name="y"))
        check_consistent_length(sequences.X, y)
        return y
    y = check_targets(check_array(y, allow_nd=True, ensure_2d=False, ensure_all_finite=False), finite=False)
    shape = sequences.X.shape[:2]
    if y.ndim not in (2, 3) or y.shape[:2] != shape:
        raise ValueError(
            f"Expected y of shape {shape} or {(*shape, 'n_targets')}, one target a step of X, got shape {y.shape}."
        )
    if not np.isfinite(y[sequences.inside]).all():
        raise ValueError("Expected finite targets inside sequences, but y contains NaN or infinity.")
    return np.where(sequences.inside if y.ndim == 2 else sequences.inside[:, :, None], y, 0.0)


def read_labels(estimator, y, sequences: Sequences) -> np.ndarray:
    """Check labels (n_rows,), one a row or sequence."""
    _check_given(estimator, y)
    y = column_or_1d(check_array(y, ensure_2d=False, dtype=None, input_name="y"), warn=True)
    if len(y) != len(sequences.X):
        n_rows = len(sequences.X)
        raise ValueError(f"Expected y of shape ({n_rows},), one label a sequence of X, got shape {y.shape}.")
    return y


def _check_given(estimator, y) -> None:
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None.")


def check_longer(sequences: Sequences, washout: int) -> None:
    """Refuse sequences without a step behind the washout."""
    short = np.flatnonzero(sequences.lengths <= washout)
    if len(short):
        raise ValueError(
            f"Expected sequences longer than washout={washout} steps, but sequence {short[0]} has "
            f"{sequences.lengths[short[0]]}; lower washout."
        )


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


def _of_rows(X) -> Sequences:
    return Sequences(X[:, :, None], np.full(len(X), X.shape[1]), False)


def _three_axes(X) -> np.ndarray:
    X = check_array(X, dtype=float, allow_nd=True, ensure_all_finite="allow-nan", ensure_min_features=0, copy=True)
    if 0 in X.shape:
        raise ValueError(f"Expected at least one step and one channel, got X of shape {X.shape}: the series is empty.")
    return X


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
