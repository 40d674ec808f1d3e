"""Coordinates as inputs of a network: scaled, as sines of several frequencies, and fields by number."""

from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from ..._sklearn import Count, check_sample_weight, fit_context
from ...states import CheckedState, count, floats
from ..base.failures import unchanged_on_error

_FEW = 3  # coordinates of space; more are features of a table
_LIMIT = 3.0  # so many half ranges from the middle a coordinate is held


class PositionalEncoding(TransformerMixin, CheckedState, BaseEstimator):
    r"""Coordinates x in [-1, 1] and sines of them, ``x, sin(2^k pi x), cos(2^k pi x)``, k from 0.

    Parameters
    ----------
    n_frequencies : int, default=None
        Number of k; ``None`` means 6 for up to three coordinates, and none for more, which are a table.
    fields : bool, default=False
        Whether the last column is the number of a field, which becomes a one at its place.

    Attributes
    ----------
    low_, width_ : ndarray (n_coordinates,)
        Least value of each coordinate in `fit` and half its range.
    fields_ : ndarray (n_fields,)
        Numbers of fields.
    """

    _parameter_constraints: ClassVar[dict] = {"n_frequencies": [Count(0), None], "fields": ["boolean"]}

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "fields_": floats("n_fields"),
        "low_": floats("n_coordinates"),
        "width_": floats("n_coordinates"),
    }

    def _check_whole(self):
        if len(self.low_) != self.n_coordinates_:
            raise ValueError(f"ranges of {len(self.low_)} coordinates where {self.n_coordinates_} belong")

    def __init__(self, n_frequencies=None, fields=False):
        self.n_frequencies = n_frequencies
        self.fields = fields

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Learn ranges and fields from rows X (n_samples, n_features) of weights above 0."""
        with unchanged_on_error(self):
            X = validate_data(self, X, dtype=float)
            used = X[check_sample_weight(sample_weight, X) > 0]
            if self.fields and used.shape[1] < 2:
                raise ValueError("Expected coordinates and the number of a field in each row, got 1 feature(s).")
            self.fields_ = np.unique(used[:, -1]) if self.fields else np.zeros(1)
            points = used[:, : self.n_coordinates_]
            self.low_, width = points.min(axis=0), 0.5 * points.max(axis=0) - 0.5 * points.min(axis=0)
            self.width_ = np.where(width > 0, width, 1.0)
        return self

    @property
    def n_coordinates_(self) -> int:
        """Columns but for that of the field."""
        return self.n_features_in_ - self.fields

    @property
    def n_outputs_(self) -> int:
        """Columns that come from coordinates."""
        return self.n_coordinates_ * (1 + 2 * len(self._frequencies))

    @property
    def _frequencies(self) -> np.ndarray:
        few = 6 if self.n_coordinates_ <= _FEW else 0
        return np.pi * 2.0 ** np.arange(few if self.n_frequencies is None else self.n_frequencies)

    def encode(self, X) -> np.ndarray:
        """Inputs (n_samples, n_outputs_) from coordinates, whatever the field."""
        x = self._scaled(X)
        angles = (x[:, :, None] * self._frequencies).reshape(len(x), -1)
        return np.hstack([x, np.sin(angles), np.cos(angles)])

    def encode_points(self, name, points) -> np.ndarray:
        """Inputs of points (n_points, n_coordinates), which are those of no field; refuse others by name."""
        points = check_array(points, dtype=float, input_name=name)
        if points.shape[1] != self.n_coordinates_:
            raise ValueError(f"{name} must have {self.n_coordinates_} coordinates, got {points.shape[1]}.")
        return self.encode(points)

    def pullback(self, X, g) -> np.ndarray:
        """Cotangents of rows X for those of `encode`; 0 for the number of a field."""
        x, f = self._scaled(X), self._frequencies
        d, angles = self.n_coordinates_, (x[:, :, None] * f).reshape(len(x), -1)
        of_angles = np.cos(angles) * g[:, d : d + angles.shape[1]] - np.sin(angles) * g[:, d + angles.shape[1] :]
        slopes = (g[:, :d] + (of_angles.reshape(len(x), d, -1) * f).sum(axis=2)) / self.width_
        return np.hstack([np.where(self._inside(X), slopes, 0.0), np.zeros((len(x), int(self.fields)))])

    def fields_of(self, X) -> np.ndarray:
        """Places of the rows' fields in ``fields_``; refuse those that no fit has seen."""
        if not self.fields:
            return np.zeros(len(X), dtype=int)
        places = np.minimum(np.searchsorted(self.fields_, X[:, -1]), len(self.fields_) - 1)
        unseen = np.unique(X[self.fields_[places] != X[:, -1], -1])
        if len(unseen):
            raise ValueError(
                f"Expected numbers of fields that fit has seen in the last column of X, got {unseen[0]:g} too; "
                "complete(X, y, X_new) takes a new field."
            )
        return places

    def transform(self, X) -> np.ndarray:
        """Inputs, and ones at the places of the fields where there are several."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        ones = np.eye(len(self.fields_))[self.fields_of(X)]
        return np.hstack([self.encode(X), ones]) if self.fields else self.encode(X)

    def _scaled(self, X):
        """From twice the range on coordinates stay where they are: sines of huge numbers are noise."""
        return np.clip((X[:, : self.n_coordinates_] - self.low_) / self.width_ - 1.0, -_LIMIT, _LIMIT)

    def _inside(self, X):
        return np.abs((X[:, : self.n_coordinates_] - self.low_) / self.width_ - 1.0) < _LIMIT
