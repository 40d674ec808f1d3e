"""The base of classifiers that are trained PyTorch modules."""

from abc import abstractmethod
from copy import copy
from typing import Any, ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted
from torch import nn

from ..._sklearn import Number
from ...states import count, each, floats
from ..base.classifiers import TrainedClassifier
from ..base.features.images import Shape, check_same_shape, flat_images, shape_of_images
from ..base.input_gradients import InputGradients
from ..base.inputs import Standardizer
from .modules import TrainedModule

_MOST_REFERENCE = 1000  # rows from which statistics of normalisations are taken
_DECAY = 0.9  # of those statistics in partial_fit


class HybridClassifier(TrainedClassifier, TrainedModule, InputGradients):
    """Base class: images or tables before a module; all else is `TrainedClassifier`'s and `TrainedModule`'s.

    A subclass has the parameters of ``_parameter_constraints`` and writes `_module`.
    """

    _clip = 1.0
    _contents: ClassVar[dict] = {
        "image_shape_": each(count(least=1), 3),
        "n_channels_": count(least=1),
        "statistics_": floats(None),
    }

    _parameter_constraints: ClassVar[dict] = {
        **TrainedClassifier._parameter_constraints,
        **TrainedModule._parameter_constraints,
        "image_shape": [tuple, list, None],
        "standardize": ["boolean"],
        "label_smoothing": [Number(closed="left", high=1.0)],
    }

    def __init__(self, *, image_shape, standardize, label_smoothing, **training):
        super().__init__(**training)
        self.image_shape = image_shape
        self.standardize = standardize
        self.label_smoothing = label_smoothing

    image_shape_: Shape
    statistics_: np.ndarray

    def _check_whole(self):  # without the module, whose backend may be a live one that is passed again later
        if self.network_.options.get("n_outputs") != self._n_outputs:
            raise ValueError(f"a network that is none of {self._n_outputs} classes")

    @abstractmethod
    def _module(self, shape) -> tuple[Any, dict]:
        """A function (generator, **options) that makes the module, and the options.

        The module takes images (n_samples, n_channels, height, width) of a shape (height, width, n_channels), and gives
        scores (n_samples, n_outputs).
        """

    def _validate(self, X, *y, **options):
        X, found = flat_images(X)
        if found is not None and not options.get("reset", True):
            check_same_shape(found, self.image_shape_)
        checked = super()._validate(X, *y, **options)
        if options.get("reset", True):
            rows = checked[0] if y else checked
            self.image_shape_ = shape_of_images(self.image_shape, found, rows.shape[1])
            of_pixels = found is not None or self.image_shape is not None
            self.n_channels_ = self.image_shape_[2] if of_pixels else rows.shape[1]
        return checked

    def _build(self, X, weight):
        super()._build(X, weight)
        self.network_.reference = self._reference(X)

    def _architecture(self):
        return self._module(self.image_shape_)

    def _standardizer(self, X, weight) -> Standardizer:
        """Pixels of images have one mean and deviation a channel, columns of a table each its own."""
        n_pixels = X.shape[1] // self.n_channels_
        found = Standardizer.fit(
            X.reshape(-1, self.n_channels_),
            np.repeat(weight, n_pixels),
            standardize=self.standardize,
            bandwidth=1.0,
            auto_bandwidth=np.ones_like,
        )
        return Standardizer(np.tile(found.mean, n_pixels), np.tile(found.factor, n_pixels), found.bandwidth)

    def _reference(self, X):
        return self._prepare(X[:: -(-len(X) // _MOST_REFERENCE)])

    def _prepare(self, X):
        images = self.standardizer_.transform(X).reshape(-1, *self.image_shape_)
        return self.network_.rows(images.transpose(0, 3, 1, 2))

    def _risk(self, X, Y, weight, penalty, rng):
        Y = (1 - self.label_smoothing) * Y + self.label_smoothing / Y.shape[1]
        return super()._risk(X, Y, weight, penalty, rng)

    def _fitted(self, v):
        return {"statistics_": self.network_.statistics(v)}

    def _keep(self, training, attributes):
        super()._keep(training, attributes)
        self.network_.reference = None

    def _step(self, X, Y, weight):
        before = None
        if self._is_trained:
            before, self.network_ = self.statistics_, copy(self.network_)
            self.network_.reference = self._reference(X)
        super()._step(X, Y, weight)
        self.network_.reference = None
        if before is not None:  # a batch alone would say less than all before it
            self.statistics_ = _DECAY * before + (1 - _DECAY) * self.statistics_

    def _scores(self, X):
        return self.network_.scores(self._prepare(X), self._state.v, statistics=self.statistics_)

    def _pullback(self, X):
        S, pullback = self.network_.input_pullback(self._prepare(X), self._state.v, self.statistics_)
        slopes = self.standardizer_.slopes(X)
        return S, lambda g: pullback(g).transpose(0, 2, 3, 1).reshape(X.shape) * slopes

    @property
    def module_(self) -> nn.Module:
        """A copy of the trained module, which takes standardised images (n_samples, n_channels, height, width)."""
        check_is_fitted(self)
        return self.network_.loaded(self.network_.new(0), self._state.v, self.statistics_)
