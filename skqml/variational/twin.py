"""Classical counterparts with as many parameters and the same training budget."""

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def twin(model, perceptron, linear):
    """Unfitted perceptron with one hidden layer of the width that gives ``model.n_parameters_``.

    With h hidden units, d features and k outputs it has ``h (d + 1) + k (h + 1)`` parameters, and
    two classes have one output.

    Parameters
    ----------
    model : VariationalModel
        Fitted or not; 16 hidden units if not.
    perceptron : type
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
        machine = perceptron(hidden_layer_sizes=(n_hidden,), activation="tanh", solver="lbfgs",
                             max_iter=model.max_iter, random_state=model.random_state)  # fmt: skip
    return make_pipeline(StandardScaler(), machine) if model.standardize else machine
