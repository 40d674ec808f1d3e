"""The classical twin: a perceptron on counts of letters."""

from typing import ClassVar

import numpy as np

from ...states import instance
from ..base.inputs import Standardizer
from ..base.twin import TwinClassifier
from .encoder import LETTERS, Letters
from .reading import SequenceReader


class SequenceTwin(SequenceReader, TwinClassifier):
    """A classical classifier of what the quantum one reads.

    Of strings it sees the share of each letter, of tables which letter each column has.

    Parameters
    ----------
    machine : classifier
        With probabilities.
    alphabet, n_bins, max_length
        As in `QuantumTensorNetworkClassifier`.
    transformer, standardize, bandwidth, auto_bandwidth, n_restarts, class_weight
        As in `TwinClassifier`.
    """

    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer),
        "alphabet_": instance(Letters),
    }
    _parameter_constraints: ClassVar[dict] = {
        **TwinClassifier._parameter_constraints,
        **LETTERS,
    }

    def __init__(
        self,
        machine,
        *,
        alphabet=None,
        n_bins=8,
        max_length=None,
        transformer=None,
        standardize=True,
        bandwidth="auto",
        auto_bandwidth=None,
        n_restarts=1,
        class_weight=None,
    ):
        super().__init__(
            machine,
            transformer=transformer,
            standardize=standardize,
            bandwidth=bandwidth,
            auto_bandwidth=auto_bandwidth,
            n_restarts=n_restarts,
            class_weight=class_weight,
        )
        self.alphabet = alphabet
        self.n_bins = n_bins
        self.max_length = max_length

    def _fit_rows(self, X, weight):
        self.alphabet_ = Letters.learn(X, weight, self.alphabet, self.n_bins, self.max_length)
        super()._fit_rows(counts(self.alphabet_, X), weight)

    def _rows(self, X):
        return super()._rows(counts(self.alphabet_, X))


def n_counts(letters: Letters) -> int:
    """Columns of `counts`."""
    return len(letters) * (letters.max_length if letters.kind == "i" else 1)


def counts(letters: Letters, X) -> np.ndarray:
    """Shares of the letters in each string; of tables, ones at the letter of each column."""
    codes = letters.codes(X)
    if letters.kind == "i":  # letters of one alphabet mean something else in each column
        codes = np.where(codes < 0, -1, codes + len(letters) * np.arange(codes.shape[1]))
    found = np.zeros((len(codes), n_counts(letters) + 1))
    np.add.at(found, (np.arange(len(codes))[:, None], codes), 1.0)
    found = found[:, :-1]
    return found / np.maximum(1, found.sum(axis=1, keepdims=True)) if letters.kind == "u" else found
