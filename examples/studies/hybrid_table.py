"""Hybrid image networks beside their fair twins: layers that are swapped one by one, and amplitudes in the middle.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again, so
that a run can be stopped and gone on with. Tasks are 2,000 training and 1,000 test images, means of 2 x 2 pixels; those
that end in "full" are the whole sets at the published sizes, hours a seed, of which name one at a time. "Published
recipe" is how the paper on amplitudes trained its classical network: weight decay inside Adam's moments, a restart of
the learning rate every five batches, no limit of the gradient.
"""

import csv
import sys
import time
import warnings
from math import cos, pi
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml.datasets import fetch_fashion_mnist, fetch_mnist

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("task", "model", "seed", "accuracy", "parameters", "rows", "test_images", "cpu_seconds")
FETCH = {"MNIST": fetch_mnist, "Fashion-MNIST": fetch_fashion_mnist}


def task(name, seed, quick):
    """Training and test images (n_samples, height, width), and labels."""
    if quick:
        X, y = load_digits(return_X_y=True)
        return train_test_split(X.reshape(-1, 8, 8), y, train_size=100, test_size=100, stratify=y, random_state=seed)
    fetch, full = FETCH[name.removesuffix(" full")], name.endswith("full")
    (X, y), (X_test, y_test) = (fetch(subset, return_X_y=True) for subset in ("train", "test"))
    X, X_test = (rows.reshape(-1, 28, 28).astype(float) for rows in (X, X_test))
    if full:
        return X, X_test, y, y_test
    small = [
        train_test_split(*pair, train_size=n, stratify=pair[1], random_state=seed)
        for n, pair in ((2000, (X, y)), (1000, (X_test, y_test)))
    ]
    (X, _, y, _), (X_test, _, y_test, _) = small
    return *(rows.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) for rows in (X, X_test)), y, y_test


def restarts(step, n_steps):
    """Factor of the learning rate: along a cosine, from the start again every five batches."""
    return 0.5 * (1 + cos(pi * (step % 5) / 5))


def networks(name, seed, quick):
    """Name and unfitted network; twins of the size of fitted models come behind them."""
    import torch

    from skqml import AmplitudeHybridClassifier, LayerSwapClassifier
    from skqml.models.hybrid import TorchOptimizer

    full = name.endswith("full")
    options = {"max_iter": 2 if quick else 50 if full else 20, "random_state": seed, "precision": "single"}
    sizes = {"n_filters": (32, 16), "logit_scale": 1.0, "batch_size": 200} if full else {}
    levels = [LayerSwapClassifier(replacement_level=k, reps=10, **sizes, **options) for k in range(3)]
    for k, model in enumerate(levels):
        yield f"layer swap, level {k}", lambda X, y, model=model: model.fit(X, y)
    yield "layer swap, level 0 + ReLU", lambda X, y: sized(levels[2], X, y).classical_twin().fit(X, y)
    sizes = {"n_hidden": 256, "n_head": 128, "learning_rate": 2e-3} if full else {}
    hybrid = AmplitudeHybridClassifier(**sizes, **options)
    recipe = TorchOptimizer(torch.optim.Adam, 3e-3, weight_decay=0.005, schedule=restarts, n_iter=options["max_iter"])
    yield "amplitudes", lambda X, y: hybrid.fit(X, y)
    yield "amplitudes, twin", lambda X, y: hybrid.classical_twin().fit(X, y)
    yield (
        "amplitudes, twin, published recipe",
        lambda X, y: hybrid.classical_twin().set_params(optimizer=recipe).fit(X, y),
    )


def sized(model, X, y):
    """A model that knows its size."""
    few = np.concatenate([np.flatnonzero(y == label)[:2] for label in np.unique(y)])
    fitted = type(model)(**model.get_params(deep=False)).set_params(max_iter=1).fit(X[few], y[few])
    return fitted.set_params(max_iter=model.max_iter)


class Logistic:
    """Logistic regression of pixels: the ceiling of all that is linear."""

    def fit(self, X, y):
        self.machine_ = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
        self.machine_.fit(X.reshape(len(X), -1), y)
        self.n_parameters_ = sum(A.size for A in (self.machine_[-1].coef_, self.machine_[-1].intercept_))
        return self

    def score(self, X, y):
        return self.machine_.score(X.reshape(len(X), -1), y)


def measure(name, seed, quick, known):
    """Rows that the table lacks."""
    X, X_test, y, y_test = task(name, seed, quick)
    for label, fit in (("logistic regression", Logistic().fit), *networks(name, seed, quick)):
        if (name, label, str(seed)) not in known:
            start = time.process_time()
            model = fit(X, y)
            seconds, score = time.process_time() - start, model.score(X_test, y_test)
            yield [
                name,
                label,
                str(seed),
                f"{score:.4f}",
                str(model.n_parameters_),
                str(len(X)),
                str(len(X_test)),
                f"{seconds:.0f}",
            ]


def main(quick=False, names=(), n_seeds=5):
    """Print the table, and its means and deviations."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    done = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() and not quick else []
    known = {tuple(row[:3]) for row in done}
    for seed in range(1 if quick else n_seeds):
        for name in names or (("digits",) if quick else FETCH):
            for row in measure(name, seed, quick, known):
                done.append(row)
                print("   ".join(row), flush=True)
                if not quick:
                    with TABLE.open("a", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerows([row] if file.tell() else [COLUMNS, row])
    for name, label in dict.fromkeys((row[0], row[1]) for row in done):
        mine = [row for row in done if row[:2] == [name, label]]
        scores = [float(row[3]) for row in mine]
        found = f"{np.mean(scores):.4f} +- {np.std(scores):.4f} ({len(scores)} seeds)"
        print(f"{name:16}{label:36}{found}  {mine[-1][4]} parameters")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if name != "--quick"])
