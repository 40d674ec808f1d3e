"""Perceptrons of about as many parameters as a model has, with the settings that both have."""

from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.neural_network import MLPClassifier, MLPRegressor

from .twin import TwinClassifier, TwinRegressor

_SHARED = (
    "alpha",
    "max_iter",
    "random_state",
    "warm_start",
    "early_stopping",
    "validation_fraction",
    "n_iter_no_change",
)
_CLOSE = 0.1  # sizes that differ by less are equal


def perceptron_twin(model, n_inputs: int | None = None, kind: type | None = None, **options) -> Any:
    """Unfitted twin of a trained model: a perceptron of its size, without hidden layers where that is closer.

    Parameters
    ----------
    model : TrainedModel
        If it is not fitted, the perceptron has 16 hidden units.
    n_inputs : int, default=None
        Of the perceptron; ``None`` means the features of the model.
    kind : type, default=None
        Class of the twin; ``None`` means `TwinClassifier` or `TwinRegressor`.
    **options
        Further settings of the twin, such as ``standardize``.
    """
    classify = is_classifier(model)
    layers: tuple[int, ...] = (16,)
    if hasattr(model, "n_parameters_"):
        n_outputs = 1 if classify and model._n_outputs == 2 else model._n_outputs
        layers = hidden_layers(model.n_parameters_, n_inputs or model.n_features_in_, n_outputs)
    if classify:
        options["class_weight"] = model.class_weight
    kind = kind or (TwinClassifier if classify else TwinRegressor)
    return kind(_perceptron(model, layers), n_restarts=model.n_restarts if layers else 1, **options)


def hidden_layers(n_parameters: int, n_inputs: int, n_outputs: int) -> tuple[int, ...]:
    """Units of the hidden layers of a perceptron of so many parameters, up to 10 %.

    There is none, which is a linear model, where that has so many, for a hidden layer would then be few units that all
    has to pass; else one layer where that is close enough, or two. No perceptron of many inputs has very few
    parameters: the closest is then the linear model.

    Examples
    --------
    >>> from skqml.models.base.perceptrons import hidden_layers, n_parameters_of
    >>> hidden_layers(100, 4, 3), hidden_layers(111, 64, 1), hidden_layers(66, 64, 1)
    ((12,), (1, 15), ())
    >>> n_parameters_of((12,), 4, 3), n_parameters_of((1, 15), 64, 1)
    (99, 111)
    """

    def error(layers):
        return abs(n_parameters_of(layers, n_inputs, n_outputs) / n_parameters - 1)

    n_units = max(1, round((n_parameters - n_outputs) / (n_inputs + 1 + n_outputs)))
    candidates: list[tuple[int, ...]] = [(), (n_units,)]
    for first in range(n_units, 0, -1):
        rest = n_parameters - n_outputs - first * (n_inputs + 1)
        candidates.append((first, max(1, round(rest / (first + 1 + n_outputs)))))
    return next((layers for layers in candidates if error(layers) <= _CLOSE), min(candidates, key=error))


def n_parameters_of(layers: tuple[int, ...], n_inputs: int, n_outputs: int) -> int:
    """Number of weights and offsets of a perceptron."""
    sizes = (n_inputs, *layers, n_outputs)
    return sum((a + 1) * b for a, b in pairwise(sizes))


def _perceptron(model, layers):
    """Unfitted perceptron with the settings that it shares with a model; one without ``alpha`` has no penalty.

    Over all rows it is trained to the end: with the default ``tol`` of scikit-learn, L-BFGS often stops
    on the plateau where training begins. With mini-batches or rows held out it has Adam, as the model has.
    """
    kind = MLPClassifier if is_classifier(model) else MLPRegressor
    settings = {"alpha": 0.0} | {name: getattr(model, name) for name in _SHARED if hasattr(model, name)}
    machine = kind(hidden_layer_sizes=layers, activation="tanh", solver="lbfgs", tol=1e-6)
    machine.set_params(**settings, learning_rate_init=model.learning_rate)
    if model.batch_size is None and not model.early_stopping:
        return machine
    machine.set_params(solver="adam", batch_size=model.batch_size or "auto")
    return machine.set_params(**{"n_iter_no_change": np.inf} if model.tol is None else {"tol": model.tol})
