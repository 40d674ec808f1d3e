"""Classical counterparts with as many parameters and the same settings."""

from functools import partial

from ..base.twin import n_hidden_units, perceptron
from .circuit import encoding_bandwidth


def twin(cls, model, kind, linear, **options):
    """Unfitted perceptron of the width that gives ``model.n_parameters_``, treated as the model.

    Two classes have one output.

    Parameters
    ----------
    cls : type
        `TwinClassifier` or `TwinRegressor`.
    model : VariationalModel
        Fitted or not; 16 hidden units if not.
    kind : type
        `MLPClassifier` or `MLPRegressor`.
    linear : estimator
        Used where not even one hidden unit has so few parameters.
    **options
        Further settings of the twin.
    """
    n_hidden = 16
    if hasattr(model, "n_parameters_"):
        n_outputs = model.network_.shape[0]
        n_outputs = 1 if n_outputs == 2 and hasattr(model, "classes_") else n_outputs
        n_hidden = n_hidden_units(model.n_parameters_, model.n_features_in_, n_outputs)
    machine = perceptron(kind, n_hidden, model) if n_hidden >= 1 else linear
    return cls(
        machine,
        standardize=model.standardize,
        bandwidth=model.bandwidth,
        auto_bandwidth=partial(encoding_bandwidth, model._part("encoding")),
        n_restarts=model.n_restarts if n_hidden >= 1 else 1,
        **options,
    )
