"""A dense autoencoder: few values of a row from which all of it can be told."""

from collections import OrderedDict
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data
from torch import nn

from ..._checks import as_tuple, check_count
from ..._parts import OptionalParts
from ..._sklearn import Count, Number, StrOptions, fit_context
from ...backends.torch.device import find_device
from ...states.rules import count, floats, instance
from ...training import minimize, squared_error
from ...training.risk import Risk
from ..base.failures import unchanged_on_error
from ..base.inputs import Standardizer
from .network import ModuleNetwork
from .optimizer import TorchOptimizer, one_cycle
from .parts import linear


class AutoencoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, OptionalParts, BaseEstimator):
    """A few values of a row, from which a network can tell the row: an autoencoder of dense layers.

    ``z = E(x)`` and ``x = D(z)`` up to an error whose square training makes small; E and D have ReLU layers, D those of
    E in reverse order. It knows no labels, and stands before a `QuantumTransferClassifier`, or where PCA stands.

    Parameters
    ----------
    latent_dim : int, default=64
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
    device, precision, random_state, verbose
        As in `QuanvolutionClassifier`.

    Attributes
    ----------
    module_ : torch.nn.Sequential
        The trained network, a copy, whose parts ``encoder`` and ``decoder`` take standardised rows and values.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_ : float, list of float
        Half of the square error of standardised rows, the lowest and that of each iteration.
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

    _default_parts: ClassVar[dict] = {
        "optimizer": lambda self: TorchOptimizer(
            learning_rate=self.learning_rate, weight_decay=0.01, schedule=one_cycle, n_iter=self.max_iter
        )
    }
    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "network_": instance(ModuleNetwork),
        "_v": floats("n_parameters"),
        "n_parameters_": count("n_parameters"),
        "_n_features_out": count(least=1),
    }
    _parameter_constraints: ClassVar[dict] = {
        "latent_dim": [Count()],
        "hidden_layer_sizes": ["array-like"],
        "optimizer": [callable, None],
        "learning_rate": [Number()],
        "batch_size": [Count(), None],
        "max_iter": [Count()],
        "device": [StrOptions({"cpu", "cuda"})],
        "precision": [StrOptions({"single", "double"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        latent_dim=64,
        hidden_layer_sizes=(256,),
        *,
        optimizer=None,
        learning_rate=1e-3,
        batch_size=64,
        max_iter=20,
        device="cpu",
        precision="double",
        random_state=None,
        verbose=0,
    ):
        self.latent_dim = latent_dim
        self.hidden_layer_sizes = hidden_layer_sizes
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Train on rows X (n_samples, n_features); y is ignored."""
        with unchanged_on_error(self):
            X = validate_data(self, X, dtype=float)
            find_device(self.device)
            hidden = as_tuple("hidden_layer_sizes", self.hidden_layer_sizes)
            sizes = [check_count("Each of hidden_layer_sizes", n) for n in hidden]
            self._n_features_out = min(self.latent_dim, X.shape[1])
            self.standardizer_ = Standardizer.fit(X, None, standardize=True, bandwidth=1.0, auto_bandwidth=np.ones_like)
            options = {"sizes": (X.shape[1], *sizes, self._n_features_out)}
            self.network_ = ModuleNetwork(autoencoder, options, self.device, self.precision)
            self._train(self.standardizer_.transform(X))
        return self

    def _train(self, Z) -> None:
        """Become the network that training has reached."""
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        risk = Risk(self.network_, squared_error, self.network_.rows(Z), Z, np.ones(len(Z)), rng=rng)
        rules = {"batch_size": self.batch_size, "max_iter": self.max_iter, "tol": None, "verbose": self.verbose}
        optimizer, start = clone(self._part("optimizer"), safe=False), self.network_.start(int(rng.integers(2**31)))
        training = minimize(risk, start, optimizer, loss=risk.value, n_samples=len(Z), rng=rng, **rules)
        self._v, self.loss_, self.loss_curve_ = training.w, training.loss, training.losses
        self.n_iter_ = training.n_iter
        self.n_parameters_ = self.network_.n_parameters

    @property
    def module_(self) -> nn.Sequential:
        """A copy of the trained network."""
        check_is_fitted(self)
        return self.network_.loaded(self.network_.new(0), self._v)

    def transform(self, X) -> np.ndarray:
        """Values (n_samples, latent_dim) of rows (n_samples, n_features)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self._through(self.module_.encoder, self.standardizer_.transform(X))

    def inverse_transform(self, X) -> np.ndarray:
        """Rows (n_samples, n_features) that values X (n_samples, latent_dim) stand for."""
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

    def score(self, X, y=None) -> float:
        """Mean square error of what `inverse_transform` makes of the values of rows, with a minus sign."""
        return -float(np.mean((self.inverse_transform(self.transform(X)) - np.asarray(X, dtype=float)) ** 2))


def autoencoder(generator, sizes) -> nn.Sequential:
    """Dense layers of some sizes, and back, with ReLU between."""
    encoder, decoder = ([*pairwise(way)] for way in (sizes, sizes[::-1]))
    parts = {}
    for name, pairs in (("encoder", encoder), ("decoder", decoder)):
        layers = [layer for pair in pairs for layer in (linear(*pair, generator), nn.ReLU())]
        parts[name] = nn.Sequential(*layers[:-1])
    return nn.Sequential(OrderedDict(parts))
