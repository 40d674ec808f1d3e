"""Classical counterparts with as many parameters and the same training budget."""

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .._twin import perceptron


def twin(model, kind, linear):
    """Unfitted perceptron with one hidden layer of the width that gives ``model.n_parameters_``.

    With h hidden units, d features and k outputs it has ``h (d + 1) + k (h + 1)`` parameters, and
    two classes have one output.

    Parameters
    ----------
    model : VariationalModel
        Fitted or not; 16 hidden units if not.
    kind : type
        `MLPClassifier` or `MLPRegressor`.
    linear : estimator
        Used where not even one hidden unit has so few parameters.
    """
    n_hidden = 16
    if hasattr(model, "n_parameters_"):
        n_outputs = len(model.intercept_)
        k = 1 if n_outputs == 2 and hasattr(model, "classes_") else n_outputs
        n_hidden = round((model.n_parameters_ - k) / (model.n_features_in_ + 1 + k))
    machine = linear
    if n_hidden >= 1:
        machine = perceptron(kind, n_hidden, model)
    return make_pipeline(StandardScaler(), machine) if model.standardize else machine
