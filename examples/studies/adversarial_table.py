"""What attacks leave of a quantum classifier of images, with and without a defence, and of classical models beside it.

Each row of the table that lies beside this file is one model and seed; a row that is there is not run again. The task
is MNIST 1 v 9 on 16 x 16 pixels, 500 rows to train on and 100 to test; an attacker changes each pixel by at most
epsilon and stays within [0, 1]. Scores are those of the worst attack on the very model that is judged, save those on
rows made for the undefended model, the weaker test of the paper. Linear models are attacked exactly.

The other rows are doubts about the paper, as ablations: the circuit without its entangling gates, trained qubit by
qubit, and on pixels that are not normalised, with other bandwidths; and a perceptron of its size.
``python adversarial_table.py 0 1`` measures seeds 0 and 1; MNIST is read from the folder that SKQML_DATA names, or
fetched.
"""

import csv
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skqml import BlockEncodingClassifier, Exact
from skqml.attacks import AdversarialTrainingClassifier, apgd, fgsm, pgd, robustness_curve, square
from skqml.datasets import fetch_mnist
from skqml.training import Adam, CyclicAdam, cross_entropy

TABLE = Path(__file__).with_suffix(".csv")
EPSILONS = (0.05, 0.1, 0.2, 0.3)
COLUMNS = ("model", "seed", "clean", *map(str, EPSILONS), "parameters", "seconds")
TRAINED_AT, JUDGED_AT = 0.15, 0.1
PASSES, RATE = 240, 0.06


def images(seed, quick):
    """Rows of pixels in [0, 1] and labels of ones and nines, to train on and to test."""
    X, y = load_digits(return_X_y=True) if quick else fetch_mnist(return_X_y=True)
    n_train, n_test = (60, 20) if quick else (500, 100)
    mine = np.flatnonzero((y == 1) | (y == 9))
    chosen = np.random.default_rng(seed).permutation(mine)[: n_train + n_test]
    if quick:
        X = X[chosen] / 16
    else:  # with a margin of two pixels there are 32 x 32, of which four make one
        X = np.pad(X[chosen].reshape(-1, 28, 28) / 255, ((0, 0), (2, 2), (2, 2)))
        X = X.reshape(-1, 16, 2, 16, 2).mean(axis=(2, 4)).reshape(-1, 256)
    y = y[chosen]
    return X[:n_train], y[:n_train], X[n_train:], y[n_train:]


class UnitNorm(ClassifierMixin, BaseEstimator):
    """A classifier of rows of Euclidean norm 1, attacked through the normalisation."""

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        self.estimator_ = clone(self.estimator).fit(self._parts(X)[0], y)
        self.classes_, self.n_parameters_ = self.estimator_.classes_, self.estimator_.n_parameters_
        return self

    def _parts(self, X):
        norms = np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
        return X / norms, norms

    def decision_function(self, X):
        return self.estimator_.decision_function(self._parts(X)[0])

    def predict(self, X):
        return self.estimator_.predict(self._parts(X)[0])

    def input_pullback(self, X):
        U, norms = self._parts(X)
        S, pullback = self.estimator_.input_pullback(U)

        def through(g):
            G = pullback(g)
            return (G - np.sum(G * U, axis=1, keepdims=True) * U) / norms

        return S, through


def pooled(X):
    """Means of 2 x 2 pixels."""
    side = int(X.shape[1] ** 0.5) // 2
    return X.reshape(-1, side, 2, side, 2).mean(axis=(2, 4)).reshape(len(X), -1)


class Perceptron(ClassifierMixin, BaseEstimator):
    """Four hidden units on means of 2 x 2 pixels: about as many trained numbers as the circuit has."""

    def __init__(self, learning_rate=0.03, n_passes=PASSES, random_state=None):
        self.learning_rate, self.n_passes, self.random_state = learning_rate, n_passes, random_state

    def fit(self, X, y):
        for _ in range(self.n_passes):
            self.partial_fit(X, y, np.unique(y))
        return self

    def partial_fit(self, X, y, classes=None):
        if not hasattr(self, "machine_"):
            options = {"alpha": 0.0, "learning_rate_init": self.learning_rate, "random_state": self.random_state}
            self.machine_, self.classes_ = MLPClassifier((4,), activation="tanh", **options), np.asarray(classes)
        self.machine_.partial_fit(pooled(X), y, classes=self.classes_)
        self.n_parameters_ = sum(a.size for a in self.machine_.coefs_ + self.machine_.intercepts_)
        return self

    def decision_function(self, X):
        return self.input_pullback(X)[0][:, 1] * 2

    def predict(self, X):
        return self.machine_.predict(pooled(X))

    def input_pullback(self, X):
        (V, W), (b, c) = self.machine_.coefs_, self.machine_.intercepts_
        h = np.tanh(pooled(X) @ V + b)
        side = int(V.shape[0] ** 0.5)

        def pullback(g):
            G = ((g[:, 1:] - g[:, :1]) / 2 * W.T * (1 - h**2) @ V.T).reshape(-1, side, side) / 4
            return G.repeat(2, axis=1).repeat(2, axis=2).reshape(len(G), -1)

        return (h @ W + c) * [-0.5, 0.5], pullback


class Cooled(Adam):
    """Adam whose steps shrink to nothing along half a cosine."""

    def __init__(self, learning_rate=RATE, n_steps=1000):
        super().__init__(learning_rate)
        self.n_steps = n_steps

    def _step(self, w, gradient):
        moved, done = super()._step(w, gradient), min(1.0, self.n_steps_ / self.n_steps)
        return w + 0.5 * (1 + np.cos(np.pi * done)) * (moved - w)


class Growing:
    """Two steps of `pgd` whose distance grows from 0 to epsilon over the first calls."""

    def __init__(self, n_calls):
        self.n_calls, self.calls = n_calls, 0

    def __call__(self, model, X, y, epsilon, **options):
        self.calls += 1
        return pgd(model, X, y, epsilon * min(1.0, self.calls / self.n_calls), steps=2, **options)


def sharp(S, Y):
    """Cross-entropy of logarithms of probabilities times 8: near 1/2 the plain one rewards no margin."""
    losses, slopes = cross_entropy(8 * S, Y)
    return losses, 8 * slopes


def robust_regression(X, y, epsilon=TRAINED_AT):
    """Logistic regression on the worst rows within epsilon, which for a linear model is a penalty in the margin."""
    signs = np.where(y == y.max(), 1.0, -1.0)

    def loss(v):
        w = v[:-1]
        margins = signs * (X @ w + v[-1]) - epsilon * np.abs(w).sum()
        p = expit(-margins) / len(y)
        gradient = -(p * signs) @ X + epsilon * p.sum() * np.sign(w) + 1e-3 * w
        return np.mean(np.logaddexp(0.0, -margins)) + 5e-4 * w @ w, np.append(gradient, -(p * signs).sum())

    model = LogisticRegression(max_iter=1000).fit(X, y)
    start = np.append(model.coef_[0], model.intercept_)
    v = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    model.coef_, model.intercept_ = v[None, :-1], v[-1:]
    return model


def circuit(seed, quick, **options):
    """The circuit of the paper, or a small one."""
    size = {"n_qubits": 4} if quick else {"n_qubits": 10, "blocks": (8, 6, 6, 6)}
    training = {"batch_size": 50, "learning_rate": 0.01, "max_iter": 1 if quick else 20, "tol": None}
    settings = {"standardize": False, "random_state": seed, "backend": Exact(precision="double" if quick else "single")}
    return BlockEncodingClassifier(**{**size, **training, **settings, **options})


def steps_of(quick):
    """Passes and batches of a training on attacked rows."""
    return (2, 4) if quick else (PASSES, 10 * PASSES)


def defended(inner, seed, quick):
    """Trained on rows that are attacked anew at each step."""
    passes, batches = steps_of(quick)
    options = {"attack": Growing(max(1, batches // 6)), "clean_share": 0.2, "clip": (0, 1), "random_state": seed}
    return AdversarialTrainingClassifier(inner, TRAINED_AT, max_iter=passes, batch_size=50, **options)


def asking(model, X, y, epsilon, **options):
    """`square`, with most queries at the distance that the defence is judged by."""
    return square(model, X, y, epsilon, queries=5000 if epsilon == JUDGED_AT else 1000, shape=(16, 16), **options)


def worst(quick):
    """The attacks of the specification: of gradients with five starts, and of scores alone."""
    if quick:
        return [partial(apgd, steps=5), partial(square, queries=10, shape=(8, 8))]
    return [partial(apgd, steps=100, restarts=5), asking]


def models(X, y, seed, quick):
    """Name, a function that gives a fitted model, and the attacks on it."""
    exact, few = [fgsm], worst(quick)[:1]
    unit = partial(circuit, seed, quick, bandwidth=2.0)
    by_qubit = {"optimizer": CyclicAdam(4 if quick else 10), "batch_size": 20, "max_iter": 1 if quick else 4}
    wide = partial(circuit, seed, quick)
    options = {"loss": sharp, "optimizer": Cooled(n_steps=steps_of(quick)[1]), "batch_size": None}
    small = Perceptron(n_passes=steps_of(quick)[0], random_state=seed)
    yield "logistic regression", lambda: LogisticRegression(max_iter=1000).fit(X, y), exact
    yield "logistic regression, defended", lambda: robust_regression(X, y), exact
    yield "perceptron", lambda: clone(small).fit(X, y), few
    yield "perceptron, defended", lambda: defended(small, seed, quick).fit(X, y), worst(quick)
    yield "quantum, norm 1", lambda: UnitNorm(unit()).fit(X, y), few
    yield "quantum, norm 1, qubit by qubit", lambda: UnitNorm(unit(**by_qubit)).fit(X, y), few
    yield "quantum, norm 1, not entangled", lambda: UnitNorm(unit(entangled=False)).fit(X, y), few
    for bandwidth in (0.1, 1.0):
        yield f"quantum, pixels, bandwidth {bandwidth}", lambda b=bandwidth: wide(bandwidth=b).fit(X, y), few
    yield "quantum, pixels", lambda: wide(bandwidth=0.3).fit(X, y), few
    yield (
        "quantum, pixels, defended",
        lambda: defended(wide(bandwidth=0.3, **options), seed, quick).fit(X, y),
        worst(quick),
    )


def measured(model, attacks, X, y, seed):
    """Accuracy as it is and at each distance."""
    curve = robustness_curve(model, X, y, EPSILONS, attacks=attacks, clip=(0, 1), random_state=seed)
    return [f"{score:.2f}" for score in (model.score(X, y), *curve.scores)]


def transferred(model, other, X, y, seed, quick):
    """Accuracy on rows that were made for another model."""
    attack = partial(worst(quick)[0], other, X, y, clip=(0, 1), random_state=seed)
    return [f"{score:.2f}" for score in (model.score(X, y), *(model.score(attack(e), y) for e in EPSILONS))]


def size_of(model):
    """Number of trained numbers."""
    model = getattr(model, "estimator_", model)
    return getattr(model, "n_parameters_", None) or model.coef_.size + model.intercept_.size


def run_seed(seed, known, quick):
    """Yield the rows of one seed that the table lacks."""
    X, y, X_test, y_test = images(seed, quick)
    for label, make, attacks in models(X, y, seed, quick):
        if (label, str(seed)) in known:
            continue
        start = time.process_time()
        model = make()
        scores = measured(model, attacks, X_test, y_test, seed)
        yield [label, str(seed), *scores, str(size_of(model)), f"{time.process_time() - start:.0f}"]
        if label == "quantum, pixels, defended":
            other = circuit(seed, quick, bandwidth=0.3).fit(X, y)
            scores = transferred(model, other, X_test, y_test, seed, quick)
            yield [f"{label}; rows made for the undefended", str(seed), *scores, str(size_of(model)), ""]


def summary(rows):
    """Means and deviations over the seeds."""
    print(f"\n{'':60}clean   " + "   ".join(f"{e:<11}" for e in EPSILONS))
    for label in dict.fromkeys(row[0] for row in rows):
        scores = np.array([row[2:7] for row in rows if row[0] == label], dtype=float)
        print(
            f"{label:58}" + "   ".join(f"{m:.3f}+-{d:.3f}" for m, d in zip(scores.mean(0), scores.std(0), strict=True))
        )


def main(quick=False, seeds=range(5)):
    """Measure what the table lacks, and print means."""
    done = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() and not quick else []
    known = {tuple(row[:2]) for row in done}
    for seed in [0] if quick else seeds:
        for row in run_seed(seed, known, quick):
            done.append(row)
            print("   ".join(row), flush=True)
            if not quick:
                with TABLE.open("a", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([row] if file.tell() else [COLUMNS, row])
    summary(done)


if __name__ == "__main__":
    numbers = [int(name) for name in sys.argv[1:] if name != "--quick"]
    main(quick="--quick" in sys.argv, seeds=numbers or range(5))
