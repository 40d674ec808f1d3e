"""Quantum transfer learning: what probabilities of five qubits know of an image, beside the five numbers in them.

64 principal components of the pixels, the first five of them, and the 32 probabilities of the circuit of these, each
before a linear and a nonlinear classifier, and as many random Fourier features of the five. Digits and clothes: 4,000
training and 1,000 test images, drawn by the seed. Medical sets: four fifths of the training images, drawn by the seed,
and the published test set, with classes weighed alike; beside them a circuit that moves over the image.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again.
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import QuantumLatentTransformer, QuanvolutionTransformer
from skqml.datasets import fetch_fashion_mnist, fetch_medmnist, fetch_mnist

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("task", "model", "seed", "accuracy", "balanced_accuracy", "rows", "test_images", "cpu_seconds")
TASKS = {
    "MNIST": fetch_mnist,
    "Fashion-MNIST": fetch_fashion_mnist,
    "PneumoniaMNIST": lambda *part, **options: fetch_medmnist("pneumoniamnist", *part, **options),
    "BreastMNIST": lambda *part, **options: fetch_medmnist("breastmnist", *part, **options),
}
MEDICAL = "PneumoniaMNIST", "BreastMNIST"


def task(name, seed, quick):
    """Training and test rows of pixels from 0 to 1, and labels."""
    if quick:
        X, y = load_digits(return_X_y=True)
        return train_test_split(X / 16, y, train_size=200, test_size=100, stratify=y, random_state=seed)
    (X, y), (X_test, y_test) = (TASKS[name](part, return_X_y=True) for part in ("train", "test"))
    share = 0.8 if name in MEDICAL else 4000
    X, _, y, _ = train_test_split(X, y, train_size=share, stratify=y, random_state=seed)
    if name not in MEDICAL:
        X_test, _, y_test, _ = train_test_split(X_test, y_test, train_size=1000, stratify=y_test, random_state=seed)
    return X / 255, X_test / 255, y, y_test


def features(name, seed):
    """Name and unfitted transformer; 50 components are what the medical sets are told apart by elsewhere."""
    published = QuantumLatentTransformer(random_state=seed)
    n_components = 50 if name in MEDICAL else 64
    yield f"{n_components} components", PCA(n_components, random_state=seed)
    yield "5 components", PCA(5, random_state=seed)
    yield "32 probabilities", published
    yield "32 probabilities, no Hadamard gate", QuantumLatentTransformer(hadamard="none", random_state=seed)
    yield "32 Fourier features", published.classical_twin()
    if name in MEDICAL:
        patches = QuanvolutionTransformer(random_state=seed)
        yield "quanvolution", patches
        yield "quanvolution, twin", patches.classical_twin()


def heads(name):
    """Name and unfitted classifier."""
    weights = {"class_weight": "balanced" if name in MEDICAL else None}
    yield "linear", LogisticRegression(max_iter=2000, **weights)
    yield "RBF", SVC(C=10, **weights)


def measure(name, seed, quick, known):
    """Rows that the table lacks."""
    X, X_test, y, y_test = task(name, seed, quick)
    for of_features, transformer in features(name, seed):
        for head, classifier in heads(name):
            label = f"{of_features}, {head}"
            if (name, label, str(seed)) in known or ("quanvolution" in label and head == "RBF"):
                continue
            start = time.process_time()
            # Components keep their variances before a kernel, which sees little but noise in the last of them.
            scale = "passthrough" if head == "RBF" and "components" in label else StandardScaler()
            model = make_pipeline(transformer, scale, classifier).fit(X, y)
            seconds, found = time.process_time() - start, model.predict(X_test)
            scores = [f"{score(y_test, found):.4f}" for score in (accuracy_score, balanced_accuracy_score)]
            yield [name, label, str(seed), *scores, str(len(X)), str(len(X_test)), f"{seconds:.0f}"]


def main(quick=False, n_seeds=5):
    """Print the table, and its means and deviations."""
    done = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() and not quick else []
    known = {tuple(row[:3]) for row in done}
    for seed in range(1 if quick else n_seeds):
        for name in ("digits",) if quick else TASKS:
            for row in measure(name, seed, quick, known):
                done.append(row)
                print("   ".join(row), flush=True)
                if not quick:
                    with TABLE.open("a", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerows([row] if file.tell() else [COLUMNS, row])
    for name, label in dict.fromkeys((row[0], row[1]) for row in done):
        mine = np.array([row[3:5] for row in done if row[:2] == [name, label]], dtype=float)
        found = ("{:.3f} +- {:.3f}".format(*pair) for pair in zip(mine.mean(axis=0), mine.std(axis=0), strict=True))
        print(f"{name:16}{label:44}{'   '.join(found)}   ({len(mine)} seeds)")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
