"""Perceptrons that stand beside models of as many parameters."""


def perceptron(kind, n_hidden, model):
    """Unfitted perceptron with one hidden layer, and as many iterations as the model has.

    It is trained to the end: with the default ``tol`` of scikit-learn, L-BFGS often stops on the
    plateau where training begins.

    Parameters
    ----------
    kind : type
        `MLPClassifier` or `MLPRegressor`.
    n_hidden : int
        Units of the hidden layer.
    model : estimator
        Has ``max_iter`` and ``random_state``.
    """
    return kind(hidden_layer_sizes=(n_hidden,), activation="tanh", solver="lbfgs", tol=1e-6, max_iter=model.max_iter,
                random_state=model.random_state)  # fmt: skip
