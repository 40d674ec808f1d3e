"""Accuracy of default quantum kernels beside that of a scaled RBF support vector machine, on tables of all widths.

A figure is the mean accuracy over 5 folds, twice, on at most 400 rows. The defaults were chosen on the tables that
say so, with other rows, folds and seeds than here; the last groups are means over tables, with the differences.
"""

import sys
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_wine, make_classification, make_moons
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.frame.contest import Contender, Group
from skqml import ProjectedKernel, QuantumKernelSVC
from skqml.datasets import fetch_mnist, load_penguins

N_ROWS, SEED = 400, 1
CHOSEN_ON = {"wine", "digits", "moons", "spirals", "XOR in 10 features"} | {f"{d} features" for d in (20, 500, 3000)}
MODELS = {
    "SVC": lambda: make_pipeline(StandardScaler(), SVC()),
    "QuantumKernelSVC()": QuantumKernelSVC,
    "QuantumKernelSVC(ProjectedKernel())": lambda: QuantumKernelSVC(ProjectedKernel()),
    "SVC(kernel=ProjectedKernel())": lambda: make_pipeline(StandardScaler(), SVC(kernel=ProjectedKernel())),
}


def cases(quick: bool) -> Iterator[Group]:
    """Yield a group a table, and the means over them; a quick run takes three small tables."""
    tables = TABLES if not quick else {name: TABLES[name] for name in ("wine", "moons", "20 features")}
    found: dict[str, dict[str, float]] = {}
    for name, load in tables.items():
        try:
            X, y = _few(*load(), 60 if quick else N_ROWS)
        except OSError as error:
            print(f"{name}: left out, for the set is in no folder and cannot be fetched ({error}).", file=sys.stderr)
            continue
        scores = found[name] = _Scores(X, y)
        chosen = ", one that the defaults were chosen on" if name in CHOSEN_ON else ""
        yield _group(f"Accuracy on {name}: {len(X)} rows, {X.shape[1]} features{chosen}", scores.__getitem__)
    for title, names in (("all tables", set(found)), ("the tables that nothing was chosen on", set(found) - CHOSEN_ON)):
        if names:
            yield _means(title, {name: found[name] for name in found if name in names})


class _Scores(dict):
    """Mean accuracies of the models on a table, each computed when it is asked for."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def __missing__(self, label):
        folds = (StratifiedKFold(5, shuffle=True, random_state=seed) for seed in (10 * SEED, 10 * SEED + 1))
        self[label] = float(np.mean([cross_val_score(MODELS[label](), self.X, self.y, cv=cv).mean() for cv in folds]))
        return self[label]


def _group(name: str, score, notes=lambda label: "") -> Group:
    contenders = [Contender(label, lambda label=label: score(label), note=notes(label)) for label in MODELS]
    return Group(name, contenders, reference="SVC", unit="accuracy", reports=True, rounds=1)


def _means(title: str, found: dict) -> Group:
    def differences(label):
        return {name: scores[label] - scores["SVC"] for name, scores in found.items()}

    def note(label):
        gaps = differences(label)
        worst = min(gaps, key=gaps.__getitem__)
        return f"less SVC: mean {np.mean(list(gaps.values())):+.4f}, worst {gaps[worst]:+.3f} ({worst})"

    def mean(label):
        return float(np.mean([scores[label] for scores in found.values()]))

    return _group(f"Mean accuracy over {title}", mean, note)


def _few(X, y, n_rows):
    rows = np.random.default_rng(SEED).permutation(len(X))[:n_rows]
    return np.asarray(X, dtype=float)[rows], np.asarray(y)[rows]


def _spirals():
    rng = np.random.default_rng(SEED)
    t, y = 3 * np.pi * np.sqrt(rng.uniform(size=N_ROWS)), rng.integers(2, size=N_ROWS)
    points = np.stack([t * np.cos(t + np.pi * y), t * np.sin(t + np.pi * y)], axis=1) / (3 * np.pi)
    return points + rng.normal(0.0, 0.02, points.shape), y


def _xor():
    X = np.random.default_rng(SEED).normal(size=(N_ROWS, 10))
    return X, (X[:, 0] > 0) ^ (X[:, 1] > 0)


def _wide(n_features: int):
    """Two clusters a class, at the corners of a cube whose dimension grows as the root of the number of features."""
    n_informative = 10 if n_features == 20 else round(2 * np.sqrt(n_features))
    return make_classification(
        N_ROWS, n_features, n_informative=n_informative, n_redundant=n_features // 10, flip_y=0.0, random_state=SEED
    )


TABLES = {
    "wine": lambda: load_wine(return_X_y=True),
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "penguins": lambda: load_penguins(return_X_y=True),
    "moons": lambda: make_moons(N_ROWS, noise=0.25, random_state=SEED),
    "spirals": _spirals,
    "XOR in 10 features": _xor,
    **{f"{d} features": lambda d=d: _wide(d) for d in (20, 100, 500, 1500, 3000)},
    "MNIST pixels": lambda: fetch_mnist(return_X_y=True),
}
