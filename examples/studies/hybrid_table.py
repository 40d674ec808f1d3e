"""Hybrid image networks beside their fair twins: layers that are swapped, circuits side by side, and amplitudes.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again, so
that a run can be stopped and gone on with. Tasks are 2,000 training and 1,000 test images, means of 2 x 2 pixels; "500"
means 500 and 100 of them, for circuits that move over an image beside convolutions of as few maps; "full" means all
images at the published sizes, hours a seed: name one such task at a time. Its trainings are kept in a folder beside the
table, from where they go on. The published recipe for the rival of amplitudes is weight decay inside Adam's moments, a
restart of the learning rate every five batches, no limit of the gradient; for circuits that move it is plain descent
with momentum.
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
    fetch, full = FETCH[name.split()[0]], name.endswith("full")
    (X, y), (X_test, y_test) = (fetch(subset, return_X_y=True) for subset in ("train", "test"))
    X, X_test = (rows.reshape(-1, 28, 28).astype(float) for rows in (X, X_test))
    if full:
        return X, X_test, y, y_test
    sizes = (500, 100) if name.endswith("500") else (2000, 1000)
    small = [
        train_test_split(*pair, train_size=n, stratify=pair[1], random_state=seed)
        for n, pair in zip(sizes, ((X, y), (X_test, y_test)), strict=True)
    ]
    (X, _, y, _), (X_test, _, y_test, _) = small
    return *(rows.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) for rows in (X, X_test)), y, y_test


def restarts(step, n_steps):
    """Factor of the learning rate: along a cosine, from the start again every five batches."""
    return 0.5 * (1 + cos(pi * (step % 5) / 5))


def networks(name, seed, quick):
    """Name and unfitted network; twins of the size of fitted models come behind them."""
    import torch

    from skqml import AmplitudeHybridClassifier, LayerSwapClassifier, ParallelHybridClassifier
    from skqml.models.hybrid import TorchOptimizer, one_cycle

    full = name.endswith("full")
    options = {"max_iter": 2 if quick else 50 if full else 20, "random_state": seed, "precision": "single"}
    if full:
        options["checkpoint"] = TABLE.with_name("hybrid_table_trainings")
    sizes = {"n_filters": (32, 16), "logit_scale": 1.0, "batch_size": 200} if full else {}
    levels = [LayerSwapClassifier(replacement_level=k, reps=10, **sizes, **options) for k in range(3)]
    for k, model in enumerate(levels):
        yield f"layer swap, level {k}", lambda X, y, model=model: model.fit(X, y)
    yield "layer swap, level 0 + ReLU", lambda X, y: sized(levels[2], X, y).classical_twin().fit(X, y)
    passes = 15 if full else options["max_iter"]
    decay = TorchOptimizer(learning_rate=5e-3, weight_decay=0.01, schedule=one_cycle, n_iter=passes)
    parallel = ParallelHybridClassifier(optimizer=decay, **options | {"max_iter": passes})
    yield "parallel circuits", lambda X, y: parallel.fit(X, y)
    yield "parallel circuits, twin", lambda X, y: sized(parallel, X, y).classical_twin().fit(X, y)
    sizes = {"n_hidden": 256, "n_head": 128, "learning_rate": 2e-3} if full else {}
    hybrid = AmplitudeHybridClassifier(**sizes, **options)
    recipe = TorchOptimizer(torch.optim.Adam, 3e-3, weight_decay=0.005, schedule=restarts, n_iter=options["max_iter"])
    yield "amplitudes", lambda X, y: hybrid.fit(X, y)
    yield "amplitudes, twin", lambda X, y: hybrid.classical_twin().fit(X, y)
    yield (
        "amplitudes, twin, published recipe",
        lambda X, y: hybrid.classical_twin().set_params(optimizer=recipe).fit(X, y),
    )


def moving(seed):
    """Name and unfitted network: circuits that move over an image, trained or not, and convolutions in their place."""
    import torch

    from skqml import QuanvolutionClassifier
    from skqml.models.hybrid import TorchOptimizer

    options = {"random_state": seed, "image_shape": (14, 14)}
    yield "quanvolution", QuanvolutionClassifier(**options).fit
    yield "quanvolution, frozen", QuanvolutionClassifier(trainable=False, **options).fit
    yield "quanvolution, twin", QuanvolutionClassifier(**options).classical_twin().fit
    for rate in (0.0025, 0.003, 0.0035):
        recipe = TorchOptimizer(torch.optim.SGD, rate, options={"momentum": 0.9})
        yield f"quanvolution, published recipe, rate {rate}", QuanvolutionClassifier(optimizer=recipe, **options).fit
    for n_maps in (1, 4):
        yield f"convolution, {n_maps} maps", Convolution(n_maps, seed).fit


class Convolution:
    """A linear convolution of 4 x 4 pixels, four apart, and a linear readout, which are the published rivals."""

    def __init__(self, n_maps, seed):
        self.n_maps, self.seed = n_maps, seed

    def fit(self, X, y, n_passes=50, batch_size=64):
        import torch

        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            self.mean_, self.scale_, rows = X.mean(), X.std(), torch.tensor(y).long()
            parts = torch.nn.Conv2d(1, self.n_maps, 4, 4), torch.nn.Flatten(), torch.nn.Linear(9 * self.n_maps, 10)
            self.module_ = torch.nn.Sequential(*parts).double()
            images, optimizer = self._images(X), torch.optim.AdamW(self.module_.parameters(), 0.01)
            for _ in range(n_passes):
                for batch in torch.randperm(len(X)).split(batch_size):
                    optimizer.zero_grad()
                    torch.nn.functional.cross_entropy(self.module_(images[batch]), rows[batch]).backward()
                    optimizer.step()
        self.n_parameters_ = sum(weight.numel() for weight in self.module_.parameters())
        return self

    def _images(self, X):
        import torch

        return torch.tensor((X - self.mean_) / self.scale_)[:, None]

    def score(self, X, y):
        return float(np.mean(self.module_(self._images(X)).argmax(1).numpy() == y))


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
    models = moving(seed) if name.endswith("500") else networks(name, seed, quick)
    for label, fit in (("logistic regression", Logistic().fit), *models):
        if (name, label, str(seed)) not in known:
            framed = name.endswith("full") and label.startswith("layer swap")  # published on images of 32 x 32 pixels
            rows, test_rows = (np.pad(A, ((0, 0), (2, 2), (2, 2))) if framed else A for A in (X, X_test))
            start = time.process_time()
            model = fit(rows, y)
            seconds, score = time.process_time() - start, model.score(test_rows, y_test)
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
        print(f"{name:16}{label:46}{found}  {mine[-1][4]} parameters")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if name != "--quick"])
