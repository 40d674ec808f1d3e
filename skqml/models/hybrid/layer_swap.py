"""Networks whose layers are swapped, one by one, for quantum ones."""

from math import prod
from typing import ClassVar, Self

import numpy as np
import torch
from qiskit import QuantumCircuit
from sklearn import model_selection
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted
from torch import nn

from ..._checks import as_tuple, check_cv, check_option, shown
from ..._sklearn import Count, Number, Options, StrOptions
from ...nn import FlippedQuanv2d, ReuploadingLinear
from .base import HybridClassifier
from .fronts import check_filters
from .seeded_modules import Pad, Scale, convolution, linear

_LEVELS = (("conv", "linear"), ("qconv", "linear"), ("qconv", "qlinear"))
_MOST_CHANNELS = 64  # behind the last convolution of a twin


class LayerSwapClassifier(HybridClassifier):
    """Convolutions and a dense layer, each classical or quantum: what does a network gain by a swap?

    A quantum convolution is `FlippedQuanv2d`, the quantum dense layer is `ReuploadingLinear`, whose probabilities times
    a factor are the scores.

    Parameters
    ----------
    layers : sequence of {"conv", "qconv", "linear", "qlinear"}, default=None
        A convolution for each of ``n_filters``, then a dense layer. ``None`` means those of ``replacement_level``.
    replacement_level : {0, 1, 2}, default=2
        Nothing is quantum, the convolutions are, or all is.
    n_filters : sequence of int, default=(8, 4)
        Channels behind each convolution; (32, 16) is published.
    kernel_size : int, default=3
        Of the convolutions, which have no padding; smaller images are padded with zeros.
    reps : int, default=3
        Number of times that the quantum dense layer loads its input; 10 is published.
    entangled : bool, default=True
        Whether qubits get entangled; without, all Hamiltonians are cut down to strings on one qubit.
    logit_scale : float, default=None
        Factor of the probabilities that a quantum dense layer gives; ``None`` trains it, 1 is published.
    activation : {"relu"} or None, default=None
        What follows each convolution; published is nothing.
    image_shape, standardize, label_smoothing, optimizer, learning_rate, batch_size, max_iter, tol, n_iter_no_change
        As in `QuanvolutionClassifier`.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    device, precision, random_state, verbose, checkpoint
        As in `QuanvolutionClassifier`.

    Attributes
    ----------
    circuit_ : QuantumCircuit
        That of a quantum dense layer, if there is one, the loading of a row being a gate without a definition;
        `circuit` gives that of one row.
    classes_, image_shape_, module_, n_parameters_, loss_curve_, validation_loss_curve_, n_iter_
        As in `QuanvolutionClassifier`.

    Notes
    -----
    A quantum convolution here is exactly a convolution whose kernels are symmetric, positive semidefinite and of trace
    at most 1, so that levels 0 and 1 without an activation are linear classifiers. Level 2 is the first with anything
    that is not linear, which is what it gains by: `classical_twin` is level 0 with ReLU and, once the model is fitted,
    with as many parameters.

    References
    ----------
    P. Wang, C. R. Myers, L. C. L. Hollenberg and U. Parampalli, Let the quantum creep in: designing quantum neural
    network models by gradually swapping out classical components, arXiv 2409.17583.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import LayerSwapClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = LayerSwapClassifier(["conv", "qconv", "linear"], max_iter=15, random_state=0)
    >>> model.fit(X[:500], y[:500]).score(X[500:], y[500:]) > 0.8
    True
    """

    _parameter_constraints: ClassVar[dict] = HybridClassifier._parameter_constraints | {
        "layers": ["array-like", None],
        "replacement_level": [Options(int, {0, 1, 2})],
        "n_filters": ["array-like"],
        "kernel_size": [Count(2)],
        "reps": [Count()],
        "entangled": ["boolean"],
        "logit_scale": [Number(), None],
        "activation": [StrOptions({"relu"}), None],
    }

    def __init__(
        self,
        layers=None,
        *,
        replacement_level=2,
        n_filters=(8, 4),
        kernel_size=3,
        reps=3,
        entangled=True,
        logit_scale=None,
        activation=None,
        image_shape=None,
        standardize=True,
        label_smoothing=0.0,
        optimizer=None,
        learning_rate=0.02,
        batch_size=64,
        max_iter=30,
        tol=None,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
        device="cpu",
        precision="double",
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            image_shape=image_shape,
            standardize=standardize,
            label_smoothing=label_smoothing,
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            class_weight=class_weight,
            warm_start=warm_start,
            device=device,
            precision=precision,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.layers = layers
        self.replacement_level = replacement_level
        self.n_filters = n_filters
        self.kernel_size = kernel_size
        self.reps = reps
        self.entangled = entangled
        self.logit_scale = logit_scale
        self.activation = activation

    def _module(self, shape):
        filters = check_filters(self.n_filters)
        return swapped_network, {
            "shape": shape,
            "n_outputs": self._n_outputs,
            "kinds": self._kinds(len(filters)),
            "filters": filters,
            "kernel_size": self.kernel_size,
            "reps": self.reps,
            "entangled": self.entangled,
            "logit_scale": self.logit_scale,
            "activation": self.activation,
        }

    def _kinds(self, n_convolutions: int) -> tuple[str, ...]:
        """Kinds of all layers."""
        if self.layers is None:
            convolution, dense = _LEVELS[self.replacement_level]
            return (*n_convolutions * (convolution,), dense)
        kinds = as_tuple("layers", self.layers)
        if len(kinds) != n_convolutions + 1:
            raise ValueError(
                f"layers must be {n_convolutions} convolutions, one for each of n_filters, and a dense layer, got "
                f"{shown(self.layers)}."
            )
        of_images = [check_option("layers", kind, ("conv", "qconv")) for kind in kinds[:-1]]
        return *of_images, check_option("layers", kinds[-1], ("linear", "qlinear"))

    @property
    def circuit_(self) -> QuantumCircuit:
        """The trained circuit of the dense layer, the loading of a row being a gate without a definition."""
        return self._reuploading().circuit()

    def circuit(self, x) -> QuantumCircuit:
        """Return the trained circuit of the dense layer for one row.

        Parameters
        ----------
        x : array-like (n_features,)

        Returns
        -------
        QuantumCircuit
            Outcome k has the probability that, behind an offset and a factor, is the score of class k.
        """
        module, layer = self.module_, self._reuploading()
        rows = self._prepare(self._validate(np.reshape(x, (1, -1)), reset=False))
        with torch.no_grad():
            return layer.circuit(module[:-2](rows)[0].double().cpu())

    def _reuploading(self) -> ReuploadingLinear:
        check_is_fitted(self)
        found = [part for part in self.module_.children() if isinstance(part, ReuploadingLinear)]
        if not found:
            raise AttributeError(
                "circuit_ is that of a quantum dense layer: layers must end in 'qlinear', as level 2 does."
            )
        return found[0]

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)

    def classical_twin(self) -> "LayerSwapClassifier":
        """Unfitted classical counterpart: level 0 with ReLU and as many parameters.

        Before `fit`, when nobody knows how many, it has 16 channels at least: few of them may all be 0 behind ReLU.
        """
        twin = clone(self).set_params(layers=None, replacement_level=0, activation="relu")
        wide = tuple(max(16, n) for n in check_filters(self.n_filters))
        return twin.set_params(n_filters=self._filters_of_twin() if self._is_trained else wide)

    def _filters_of_twin(self) -> tuple[int, ...]:
        """Channels in proportions close to ours of a level 0 of as many parameters, within 3 % where there is one."""
        own = np.array(check_filters(self.n_filters))
        least = 1 + len(own) * (self.kernel_size - 1)
        n_pixels = prod(max(n, least) - least + 1 for n in self.image_shape_[:2])

        def size(filters) -> int:
            pairs = zip((self.image_shape_[2], *filters), filters, strict=False)
            convolutions = sum((a * self.kernel_size**2 + 1) * b for a, b in pairs)
            return convolutions + (filters[-1] * n_pixels + 1) * self._n_outputs

        scales = np.geomspace(0.1, max(10.0, _MOST_CHANNELS / own.max()), 60)
        heads = dict.fromkeys(tuple(max(1, round(n * s)) for n in own[:-1].tolist()) for s in scales)
        choices = [(*head, last) for head in heads for last in range(1, _MOST_CHANNELS + 1)]
        errors = {filters: abs(size(filters) / self.n_parameters_ - 1) for filters in choices}
        close = [filters for filters, error in errors.items() if error < 0.03]
        return min(close, key=lambda f: np.ptp(np.log(f / own))) if close else min(errors, key=errors.__getitem__)

    def replacement_report(self, X, y, cv=5) -> dict[str, np.ndarray]:
        """Accuracies in cross-validation of all levels, and of level 0 with ReLU and as many parameters as this model.

        Parameters
        ----------
        X, y
            As in `fit`.
        cv : int or splitter of scikit-learn, default=5
            All networks see the same folds.

        Returns
        -------
        dict of str to ndarray (n_folds,)
            "level 0", "level 1", "level 2", "level 0 + ReLU", and "as given" of a model with ``layers``.
        """
        folds = model_selection.check_cv(check_cv("cv", cv), y, classifier=True)
        fitted, folds = clone(self).set_params(max_iter=1).fit(X, y), list(folds.split(X, y))
        models = {f"level {k}": clone(self).set_params(layers=None, replacement_level=k) for k in range(3)}
        models["level 0 + ReLU"] = fitted.classical_twin().set_params(max_iter=self.max_iter)
        models |= {} if self.layers is None else {"as given": clone(self)}
        return {
            name: model_selection.cross_val_score(model, X, y, cv=folds, error_score="raise")
            for name, model in models.items()
        }


def swapped_network(
    generator, shape, n_outputs, kinds, filters, kernel_size, reps, entangled, logit_scale, activation
) -> nn.Module:
    """Convolutions and a dense layer, each classical or quantum."""
    least = 1 + len(filters) * (kernel_size - 1)
    pad = Pad(shape, (least, least))
    layers: list[nn.Module] = [pad]
    for kind, a, b in zip(kinds, (shape[2], *filters), filters, strict=False):
        options = {"generator": generator} | ({"entangled": entangled} if kind == "qconv" else {})
        layers.append((FlippedQuanv2d if kind == "qconv" else convolution)(a, b, kernel_size, **options))
        layers += [nn.ReLU()] if activation else []
    n_inputs = filters[-1] * prod(n - least + 1 for n in pad.size)
    layers.append(nn.Flatten())
    if kinds[-1] == "linear":
        return nn.Sequential(*layers, linear(n_inputs, n_outputs, generator))
    last = ReuploadingLinear(n_inputs, n_outputs, reps=reps, entangled=entangled, generator=generator)
    return nn.Sequential(*layers, last, Scale(logit_scale))
