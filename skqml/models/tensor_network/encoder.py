"""From sequences to codes of letters."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from ..._sklearn import Count, check_sample_weight, fit_context
from ...states import CheckedState, count, instance, integers, option
from ..base.failures import unchanged_on_error
from ..base.inputs import quantile_cuts
from .reading import SequenceReader, warn_of_unseen

LETTERS = {"alphabet": [str, None], "n_bins": [Count(2)], "max_length": [Count(), None]}


@dataclass(frozen=True)
class Letters(CheckedState):
    """Which letters there are, and how arrays of `read_sequences` become their codes.

    Attributes
    ----------
    kind : {"u", "i", "f"}
        Of arrays: code points, codes, or floats.
    values : ndarray
        Letters in the order of their codes, of code points and codes; of floats the cuts of all columns.
    n_cuts : ndarray of int (n_features,)
        Cuts of each column of floats.
    max_length : int
        Of sequences of code points.
    """

    kind: str
    values: np.ndarray
    n_cuts: np.ndarray
    max_length: int

    _contents: ClassVar[dict] = {
        "kind": option("u", "i", "f"),
        "values": instance(np.ndarray),
        "n_cuts": integers(None),
        "max_length": count(least=1),
    }

    def _check_whole(self):
        cuts = len(self.values) if self.kind == "f" else 0
        if self.values.ndim != 1 or self.values.dtype.kind not in (self.kind, "f" if cuts else "iu"):
            raise ValueError(f"letters of type {self.values.dtype} and shape {self.values.shape}")
        if self.n_cuts.sum() != cuts or not len(self) or not np.isfinite(self.values).all():
            raise ValueError(f"{len(self.values)} letters, and {self.n_cuts.sum()} cuts")

    @classmethod
    def learn(cls, X, weight, alphabet, n_bins, max_length) -> "Letters":
        """Letters of the rows of a fit; see `SequenceEncoder`."""
        kind, used = X.dtype.kind, X[weight > 0]
        if kind == "f":
            cuts = [quantile_cuts(column, weight, n_bins - 1) for column in X.T]
            return cls(kind, np.concatenate(cuts), np.array([len(c) for c in cuts]), X.shape[1])
        found = np.unique(used[used > 0 if kind == "u" else used >= 0])
        if kind == "u" and alphabet is not None:
            found = np.unique(np.array(list(alphabet), dtype="U1").view(np.uint32))
        if not len(found):
            raise ValueError("X must have letters, or codes of at least 0, got none; give other rows.")
        longest = int(np.max(np.sum(used > 0, axis=1))) if kind == "u" else X.shape[1]
        return cls(kind, found, np.zeros(0, int), min(longest, max_length or longest))

    def __len__(self) -> int:
        return len(self.values) + len(self.n_cuts)  # of floats, one more than cuts in each column

    @property
    def names(self) -> list[str]:
        """Letters as text."""
        if self.kind == "f":
            return [f"column {j}, bin {k}" for j, n in enumerate(self.n_cuts) for k in range(n + 1)]
        return [chr(value) if self.kind == "u" else str(value) for value in self.values]

    def codes(self, X) -> np.ndarray:
        """Codes (n_samples, max_length) of letters, -1 behind the end; unseen ones are skipped with a warning."""
        if (X.dtype.kind == "u") != (self.kind == "u"):
            raise ValueError("X must hold strings if fit did, and numbers if fit did, got the other.")
        if self.kind == "f":
            ends = np.cumsum(self.n_cuts)
            bins = [np.searchsorted(self.values[e - n : e], x) for e, n, x in zip(ends, self.n_cuts, X.T, strict=True)]
            return np.stack(bins, axis=1) + ends - self.n_cuts + np.arange(len(ends))
        places = np.minimum(np.searchsorted(self.values, X), len(self.values) - 1)
        seen = self.values[places] == X
        warn_of_unseen(
            [chr(x) if self.kind == "u" else x for x in np.unique(X[~seen & (X > 0 if self.kind == "u" else X >= 0)])]
        )
        order = np.argsort(~seen, axis=1, kind="stable")
        codes = np.take_along_axis(np.where(seen, places, -1), order, axis=1)[:, : self.max_length]
        return np.pad(codes, ((0, 0), (0, self.max_length - codes.shape[1])), constant_values=-1)


class SequenceEncoder(SequenceReader, TransformerMixin, CheckedState, BaseEstimator):
    """Sequences of letters as codes.

    Strings of any length become codes of their letters, -1 behind the end. Tables are read by one rule: each column is
    a token; integers are codes, of which negative ones are skipped, and floats fall into bins of equally many training
    rows, each column having letters of its own.

    Parameters
    ----------
    alphabet : str, default=None
        Letters of strings, such as "ACDEFGHIKLMNPQRSTVWY"; ``None`` means those of `fit`. Others are skipped, with one
        warning.
    n_bins : int, default=8
        Of a column of floats.
    max_length : int, default=None
        Letters of a string from which on it is cut; ``None`` means the longest of `fit`.

    Attributes
    ----------
    letters_ : list of str
        In the order of their codes.
    alphabet_ : Letters
        Makes codes of letters.

    Examples
    --------
    >>> from skqml.models.tensor_network import SequenceEncoder
    >>> encoder = SequenceEncoder().fit(["CAB", "A"])
    >>> encoder.transform(["BA", "C"])
    array([[ 1,  0, -1],
           [ 2, -1, -1]])
    """

    _contents: ClassVar[dict] = {"n_features_in_": count(least=1), "alphabet_": instance(Letters)}
    _parameter_constraints: ClassVar[dict] = LETTERS

    def __init__(self, alphabet=None, n_bins=8, max_length=None):
        self.alphabet = alphabet
        self.n_bins = n_bins
        self.max_length = max_length

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # codes are integers
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Learn letters or bins.

        Parameters
        ----------
        X : sequences of n_samples
            Strings in a list, array, Series or single column; or a table (n_samples, n_features).
        y : None
            Ignored.
        sample_weight : array-like (n_samples,), default=None
            Weights of rows; those of 0 do not count.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X = self._validate(X)
            weight = check_sample_weight(sample_weight, X)
            self.alphabet_ = Letters.learn(X, weight, self.alphabet, self.n_bins, self.max_length)
            self.letters_ = self.alphabet_.names
        return self

    def transform(self, X) -> np.ndarray:
        """Codes (n_samples, longest of the fit)."""
        check_is_fitted(self)
        return self.alphabet_.codes(self._validate(X, reset=False))

    def get_feature_names_out(self, input_features=None) -> np.ndarray:
        """Names "token0", "token1", ..."""
        check_is_fitted(self)
        return np.array([f"token{k}" for k in range(self.alphabet_.max_length)], dtype=object)
