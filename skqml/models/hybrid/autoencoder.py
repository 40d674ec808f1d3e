"""A dense autoencoder: few values of a row from which all of it can be told."""

from collections import OrderedDict
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted
from torch import nn

from ..._checks import as_tuple, check_count
from ..._sklearn import Count, check_sample_weight, fit_context
from ...states import count
from ...training import squared_error
from ..base.distinct_rows import kinds_of_rows
from ..base.failures import unchanged_on_error
from ..base.inputs import Standardizer
from .modules import TrainedModule
from .seeded_modules import linear


class AutoencoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, TrainedModule):
    """A few values of a row, from which a network can tell the row: an autoencoder of dense layers.

    ``z = E(x)`` and ``x = D(z)`` up to an error whose square training makes small; E and D have ReLU layers, D those of
    E in reverse order. It knows no labels, and stands before a `QuantumTransferClassifier`, or where PCA stands.

    Parameters
    ----------
    n_latent : int, default=64
        Number of values; fewer where there are not so many features.
    hidden_layer_sizes : sequence of int, default=(256,)
        Units of the layers of E.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `TorchOptimizer`, AdamW with a one-cycle schedule.
    learning_rate : float, default=1e-3
        Largest of the default optimiser.
    batch_size : int, default=64
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=20
        Passes over all rows.
    tol, n_iter_no_change, early_stopping, validation_fraction, n_restarts, warm_start
        As in `QuanvolutionClassifier`.
    device, precision, random_state, verbose, checkpoint
        As there.

    Attributes
    ----------
    module_ : torch.nn.Sequential
        The trained network, a copy, whose parts ``encoder`` and ``decoder`` take standardised rows and values.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_ : float, list of float
        Half of the square error of standardised rows, the lowest and that of each iteration.
    validation_loss_curve_ : list of float or None
        That of the rows held out, with ``early_stopping``.
    n_iter_ : int

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import AutoencoderTransformer
    >>> X, _ = load_digits(return_X_y=True)
    >>> model = AutoencoderTransformer(8, (32,), random_state=0).fit(X[:500])
    >>> model.transform(X).shape, bool(model.score(X[500:]) > -X[500:].var(axis=0).mean())
    ((1797, 8), True)
    """

    _default_loss = staticmethod(squared_error)
    _contents: ClassVar[dict] = {"_n_features_out": count(least=1)}
    _parameter_constraints: ClassVar[dict] = TrainedModule._parameter_constraints | {
        "n_latent": [Count()],
        "hidden_layer_sizes": ["array-like"],
    }

    def __init__(
        self,
        n_latent=64,
        hidden_layer_sizes=(256,),
        *,
        optimizer=None,
        learning_rate=1e-3,
        batch_size=64,
        max_iter=20,
        tol=None,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        warm_start=False,
        device="cpu",
        precision="double",
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            warm_start=warm_start,
            device=device,
            precision=precision,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.n_latent = n_latent
        self.hidden_layer_sizes = hidden_layer_sizes

    def _check_whole(self):  # without the module: a broken file could ask for one that no memory holds
        sizes = self.network_.options["sizes"]
        if (sizes[0], sizes[-1]) != (self.n_features_in_, self._n_features_out):
            raise ValueError(f"layers from {sizes[0]} to {sizes[-1]} values of {self.n_features_in_} features")
        n_parameters = sum((m + 1) * n for way in (sizes, sizes[::-1]) for m, n in pairwise(way))
        if n_parameters != self.n_parameters_:
            raise ValueError(f"{self.n_parameters_} parameters where {n_parameters} belong")

    def fit(self, X, y=None, sample_weight=None) -> Self:
        """Train on rows X (n_samples, n_features); y is ignored, and a weight of 2 is the row twice."""
        return super().fit(X, y, sample_weight)

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None) -> Self:
        """Take a pass over a batch of rows; y is ignored. The first batch sets how rows are standardised."""
        with unchanged_on_error(self):
            X = self._validate(X, reset=not self._is_trained)
            self._step(X, X, check_sample_weight(sample_weight, X))
        return self

    @property
    def _n_outputs(self):
        return self.n_features_in_

    def _read(self, X, y, sample_weight):
        X = self._validate(X)
        rows, _, weight = kinds_of_rows(check_sample_weight(sample_weight, X), X)
        return X[rows], X[rows], weight

    def _standardizer(self, X, weight):
        return Standardizer.fit(X, weight, standardize=True, bandwidth=1.0, auto_bandwidth=np.ones_like)

    def _architecture(self):
        n_features = self.n_features_in_
        hidden = as_tuple("hidden_layer_sizes", self.hidden_layer_sizes)
        sizes = [check_count("Each of hidden_layer_sizes", n) for n in hidden]
        self._n_features_out = min(self.n_latent, n_features)
        return autoencoder, {"sizes": (n_features, *sizes, self._n_features_out)}

    def _prepare(self, X):
        return self.network_.rows(self.standardizer_.transform(X))

    def _risk(self, X, Y, weight, penalty, rng):
        return super()._risk(X, self.standardizer_.transform(Y), weight, penalty, rng)

    @property
    def module_(self) -> nn.Sequential:
        """A copy of the trained network."""
        check_is_fitted(self)
        return self.network_.loaded(self.network_.new(0), self._state.v)

    def transform(self, X) -> np.ndarray:
        """Values (n_samples, n_latent) of rows (n_samples, n_features)."""
        check_is_fitted(self)
        X = self._validate(X, reset=False)
        return self._through(self.module_.encoder, self.standardizer_.transform(X))

    def inverse_transform(self, X) -> np.ndarray:
        """Rows (n_samples, n_features) that values X (n_samples, n_latent) stand for."""
        module = self.module_
        X = check_array(X, dtype=float)
        if X.shape[1] != self._n_features_out:
            raise ValueError(f"X must have {self._n_features_out} columns, as `transform` gives, got {X.shape[1]}.")
        factor = self.standardizer_.factor
        Z = self._through(module.decoder, X)
        return self.standardizer_.mean + np.where(factor > 0, Z / np.where(factor > 0, factor, 1.0), 0.0)

    def _through(self, part, rows) -> np.ndarray:
        with torch.no_grad():
            return part(self.network_.rows(rows)).cpu().double().numpy()

    def score(self, X, y=None, sample_weight=None) -> float:
        """Mean square error of what `inverse_transform` makes of the values of rows, with a minus sign."""
        found = self.inverse_transform(self.transform(X))
        errors = np.mean((found - np.asarray(X, dtype=float)) ** 2, axis=1)
        return -float(np.average(errors, weights=check_sample_weight(sample_weight, found)))


def autoencoder(generator, sizes) -> nn.Sequential:
    """Dense layers of some sizes, and back, with ReLU between."""
    encoder, decoder = ([*pairwise(way)] for way in (sizes, sizes[::-1]))
    parts = {}
    for name, pairs in (("encoder", encoder), ("decoder", decoder)):
        layers = [layer for pair in pairs for layer in (linear(*pair, generator), nn.ReLU())]
        parts[name] = nn.Sequential(*layers[:-1])
    return nn.Sequential(OrderedDict(parts))
