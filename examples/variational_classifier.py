"""Variational classifiers beside twins of as many parameters; on digits, logistic regression (0.964) beats both."""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.model_selection import StratifiedKFold

from skqml.datasets import load_penguins
from skqml.models.variational import VariationalClassifier

FIGURE = Path("decision_regions.png")


def data_sets():
    """Name, X, y and number of folds of each set."""
    yield "iris", *load_iris(return_X_y=True), 5
    yield "wine", *load_wine(return_X_y=True), 5
    yield "breast cancer", *load_breast_cancer(return_X_y=True), 5
    yield "penguins", *load_penguins(return_X_y=True), 5
    yield "digits", *load_digits(return_X_y=True), 1


def compare(X, y, n_folds, max_iter):
    """Mean accuracies of model and twin over some of five folds, seconds a fit, and the model."""
    scores, folds = [], StratifiedKFold(5, shuffle=True, random_state=0)
    for train, test in list(folds.split(X, y))[:n_folds]:
        start = time.perf_counter()
        model = VariationalClassifier(max_iter=max_iter, random_state=0).fit(X[train], y[train])
        seconds = time.perf_counter() - start
        twin = model.classical_twin().fit(X[train], y[train])
        scores.append((model.score(X[test], y[test]), twin.score(X[test], y[test]), seconds))
    return *np.mean(scores, axis=0), model


def main(quick=False):
    """Print the table, and draw decision regions of two half moons."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the twin is not always done after as many iterations
    print(f"{'data':15}{'parameters':>11}{'quantum':>9}{'classical':>11}{'seconds a fit':>15}")
    max_iter = 3 if quick else 1000
    for name, *data, n_folds in data_sets():
        quantum, classical, seconds, model = compare(*data, 1 if quick else n_folds, max_iter)
        print(f"{name:15}{model.n_parameters_:11}{quantum:9.4f}{classical:11.4f}{seconds:15.2f}")
    X, y = make_moons(200, noise=0.2, random_state=0)
    display = DecisionBoundaryDisplay.from_estimator(model.fit(X, y), X, response_method="predict", alpha=0.6)
    display.ax_.scatter(*X.T, c=y, edgecolor="k")
    display.figure_.savefig(FIGURE, dpi=150)
    print(f"\nDecision regions of two half moons: {FIGURE}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
