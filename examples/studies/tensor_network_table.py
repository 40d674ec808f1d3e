"""Tensor networks beside classical models on sequences: motifs in DNA, proteins with a segment, real proteins.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again.
Tasks can be named: several runs, of different tasks, write one table. The ablations: an "automaton" has one free real
matrix a letter instead of circuits and is trained in the same way, "shuffled" letters say what their order is worth,
those "marked" or "of windows" say in themselves where they are. A "counting" path starts as a count of letters.
"""

import csv
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, StandardScaler

from skqml import QuantumTensorNetworkClassifier
from skqml.datasets import load_protein_locations, make_membrane, make_motif
from skqml.models.tensor_network import SequenceEncoder
from skqml.training import Adam, cross_entropy, minimize

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("task", "model", "seed", "accuracy", "parameters", "log10_success", "seconds")
LETTERS = "ACDEFGHIKLMNPQRSTVWY"
KYTE_DOOLITTLE = np.array(
    [1.8, 2.5, -3.5, -3.5, 2.8, -0.4, -3.2, 4.5, -3.9, 3.8, 1.9, -3.5, -1.6, -3.5, -4.5, -0.8, -0.7, 4.2, -0.9, -1.3]
)
STEPS = {"learning_rate": 0.01, "tol": None}
COUNTING = {  # learning rate, epochs and rows of a batch behind a start that counts letters
    "motif": (0.003, 150, 32),
    "membrane": (0.003, 30, 32),
    "proteins": (0.0003, 40, 64),
    "nine places": (0.0003, 15, 64),
}


def task(name, seed, quick):
    """Training and test strings and labels; made anew for each seed where they are made."""
    rng = np.random.RandomState(seed)
    if name in ("motif", "membrane"):
        n_train, make = (40 if quick else 2000), {"motif": make_motif, "membrane": make_membrane}[name]
        X, y = make(2 * n_train, random_state=rng)
        return X[:n_train], X[n_train:], y[:n_train], y[n_train:]
    data = load_protein_locations("all" if name == "nine places" else "binary")
    if quick:
        short = np.array([x[:40] for x in data.data[:80]], dtype=object)
        return short[:40], short[40:], data.target[:40], data.target[40:80]
    return data.data, data.data_test, data.target, data.target_test


def networks(name, seed, quick):
    """Name and unfitted network."""
    n_epochs = 2 if quick else {"motif": 300, "membrane": 60, "proteins": 150, "nine places": 60}[name]
    options = STEPS | {"random_state": seed, "max_iter": n_epochs, "batch_size": 32}
    if name == "nine places":
        yield "path, post-selected, 3 qubits", QuantumTensorNetworkClassifier(n_qubits=3, init_scale=0.1, **options)
        return
    if name == "proteins":  # of which many starts end on a plateau
        options |= {"batch_size": 64, "n_restarts": 1 if quick else 3}
        best = options | {"init_scale": 0.1, "n_restarts": 1 if quick else 8, "max_iter": 2 if quick else 40}
        yield "path, the best of eight starts", QuantumTensorNetworkClassifier(**best, warm_start=True)
    yield "path, post-selected, 2 qubits", QuantumTensorNetworkClassifier(**options)
    discard = {"contraction": "discard", "n_layers": 4 if name == "motif" else 1}
    yield "path, discarded, 2 qubits", QuantumTensorNetworkClassifier(**options | discard)
    yield "path, post-selected, 1 qubit", QuantumTensorNetworkClassifier(n_qubits=1, **options)
    hierarchical = {"sharing": "hierarchical", "n_qubits": 1}
    yield "hierarchical path, 1 qubit", QuantumTensorNetworkClassifier(**options | hierarchical)
    if name != "proteins":
        tree = {"architecture": "convolutional", "max_iter": n_epochs // 5 or 1, "max_length": 32}
        yield "convolutional, 1 qubit, 32 letters", QuantumTensorNetworkClassifier(**options | hierarchical | tree)


def counting(name, seed, quick):
    """Name and unfitted network that starts as a count of letters."""
    rate, n_epochs, size = COUNTING[name]
    options = {"learning_rate": rate, "max_iter": 2 if quick else n_epochs, "batch_size": size}
    options |= {"init": "counts", "random_state": seed, "tol": None}
    if name == "nine places":
        for marks in ("", ", marked", ", of windows"):
            yield f"counting path, 3 qubits{marks}", QuantumTensorNetworkClassifier(n_qubits=3, **options)
        return
    path = QuantumTensorNetworkClassifier(**options)
    yield "counting path, 2 qubits", path
    yield "counting path, shuffled", path
    yield "counting path, 1 qubit", QuantumTensorNetworkClassifier(n_qubits=1, **options)
    if name == "proteins":
        five = [(f"path {k}", clone(path).set_params(random_state=5 * seed + k)) for k in range(5)]
        for marks in ("marked", "of windows"):
            yield f"counting path, {marks}", path
            yield f"vote of five counting paths, {marks}", VotingClassifier(five, voting="soft")


def hydropathy(strings):
    """Five numbers: mean, that of 20 letters, and of windows of 19: largest, deviation, share above 1.6."""
    rows = []
    for string in strings:
        h = KYTE_DOOLITTLE[[LETTERS.index(letter) for letter in string]]
        windows = np.convolve(h, np.ones(19) / 19, "valid") if len(h) >= 19 else h[:1]
        rows.append([h.mean(), h[:20].mean(), windows.max(), windows.std(), np.mean(windows > 1.6)])
    return np.array(rows)


def window_classes(string, thresholds):
    """How many thresholds the largest mean hydropathy of a window of 19 around each letter exceeds."""
    h = KYTE_DOOLITTLE[[LETTERS.index(letter) for letter in string]]
    best = np.full(len(h), -np.inf)
    for start, mean in enumerate(np.convolve(h, np.ones(19) / 19, "valid") if len(h) >= 19 else ()):
        best[start : start + 19] = np.maximum(best[start : start + 19], mean)
    return np.searchsorted(thresholds, best)


def others(string, marks):
    """Another letter for each letter and mark."""
    return "".join(chr(ord(letter) + mark) for letter, mark in zip(string, marks, strict=True))


def of_windows(strings):
    """Other letters for each of five classes of windows; thresholds chosen by cross-validation of training rows."""
    return np.array([others(x, 32 * window_classes(x, [0.0, 0.8, 1.6, 2.2])) for x in strings], dtype=object)


def marked(strings):
    """Other letters for the first and last 30, and for those in a window of 19 whose mean hydropathy is above 1.6."""
    rows = []
    for string in strings:
        marks = 128 * window_classes(string, [1.6])
        marks[-30:] = 256
        marks[:30] = marks[:30] % 256 + 32
        rows.append(others(string, marks))
    return np.array(rows, dtype=object)


def shuffled(strings, seed):
    """The same letters in another order."""
    rng = np.random.default_rng(seed)
    return np.array(["".join(rng.permutation(list(x))) for x in strings], dtype=object)


def composition(strings):
    """Shares of the 20 letters."""
    return np.array([[string.count(letter) / max(1, len(string)) for letter in LETTERS] for string in strings])


def sixty_five(strings):
    """Composition of the whole, of the first and of the last 30 letters, and the five numbers."""
    ends = [composition([part(s) for s in strings]) for part in (lambda s: s[:30], lambda s: s[-30:])]
    return np.hstack([composition(strings), *ends, hydropathy(strings)])


def logistic(*steps):
    """Logistic regression behind steps."""
    return make_pipeline(*steps, LogisticRegression(max_iter=3000))


def classical(name):
    """Name and unfitted model."""
    for n, marks in (1, ""), (2, ""), (1, ", marked"), (1, ", of windows"):
        grams = CountVectorizer(analyzer="char", ngram_range=(1, n), lowercase=False)
        if not marks or name in ("proteins", "nine places"):
            yield f"logistic, up to {n} letters{marks}", logistic(grams, MaxAbsScaler())
    if name != "motif":
        yield "logistic, 5 of hydropathy", logistic(FunctionTransformer(hydropathy), StandardScaler())
        yield "logistic, 65 features", logistic(FunctionTransformer(sixty_five), StandardScaler())


class Automaton:
    """Scores ``R h``, ``h <- A_letter h / |A_letter h|``, with free real matrices A; trained as the networks are."""

    def __init__(self, n_states, n_epochs, seed):
        self.n_states, self.n_epochs, self.seed = n_states, n_epochs, seed

    def fit(self, X, y):
        self.encoder_, self.classes_ = SequenceEncoder().fit(X), np.unique(y)
        rng, Y = np.random.default_rng(self.seed), (y[:, None] == self.classes_).astype(float)
        shapes = (len(self.encoder_.letters_), self.n_states, self.n_states), (Y.shape[1], self.n_states)
        self._cut, self._shapes = int(np.prod(shapes[0])), shapes
        noise = rng.normal(0, 0.3, self._cut + int(np.prod(shapes[1])))
        noise[: self._cut] += np.tile(np.eye(self.n_states).ravel(), shapes[0][0])
        rows, options = self.encoder_.transform(X), {"n_samples": len(X), "batch_size": 32, "tol": None, "rng": rng}

        def loss(v, batch=None):
            batch = slice(None) if batch is None else batch
            S, pullback = self.forward(rows[batch], v)
            losses, slopes = cross_entropy(S, Y[batch])
            return losses.mean(), pullback(slopes / len(losses))

        self.v_ = minimize(loss, noise, Adam(0.01), max_iter=self.n_epochs, **options).w
        return self

    def forward(self, rows, v):
        A, R = v[: self._cut].reshape(self._shapes[0]), v[self._cut :].reshape(self._shapes[1])
        states = [np.full((len(rows), self.n_states), self.n_states**-0.5)]
        sizes, inside = [], [codes >= 0 for codes in rows.T]
        for codes, here in zip(rows.T, inside, strict=True):
            h = np.where(here[:, None], (A[codes] @ states[-1][:, :, None])[:, :, 0], states[-1])
            sizes.append(np.linalg.norm(h, axis=1, keepdims=True))
            states.append(h / sizes[-1])

        def pullback(g):
            dA, dh, dR = np.zeros_like(A), g @ R, g.T @ states[-1]
            for t in reversed(range(rows.shape[1])):
                h = states[t + 1]
                dh = (dh - np.sum(dh * h, axis=1, keepdims=True) * h) / sizes[t]
                np.add.at(dA, rows[inside[t], t], dh[inside[t], :, None] * states[t][inside[t], None])
                back = (A[rows[:, t]].swapaxes(1, 2) @ dh[:, :, None])[:, :, 0]
                dh = np.where(inside[t][:, None], back, dh)
            return np.concatenate([dA.ravel(), dR.ravel()])

        return states[-1] @ R.T, pullback

    def score(self, X, y):
        return np.mean(self.classes_[self.forward(self.encoder_.transform(X), self.v_)[0].argmax(axis=1)] == y)


def models(name, seed, quick):
    """Name and unfitted model, classical ones with every seed only where data are made anew."""
    yield from networks(name, seed, quick)
    yield from counting(name, seed, quick)
    if seed == 0 or name in ("motif", "membrane"):
        yield from classical(name)
    if name != "nine places":
        path = dict(networks(name, seed, quick))["path, post-selected, 2 qubits"]
        yield "automaton, 4 real states", Automaton(4, path.max_iter, seed)
        yield "path, post-selected, shuffled", path


def measured(model, label, data, seed):
    """Accuracy, parameters, and success of a model that is fitted here."""
    X, X_test, y, y_test = data
    if label.endswith("shuffled"):
        X, X_test = shuffled(X, seed), shuffled(X_test, seed + 1)
    for ending, marks in {"marked": marked, "windows": of_windows}.items():
        if label.endswith(ending):
            X, X_test = marks(X), marks(X_test)
    start = time.process_time()
    if label.endswith("starts"):  # the one of least loss goes on
        model.fit(X, y).set_params(n_restarts=1, max_iter=6 * model.max_iter)
    model.fit(X, y)
    found = {"accuracy": f"{model.score(X_test, y_test):.4f}", "seconds": f"{time.process_time() - start:.0f}"}
    if isinstance(model, QuantumTensorNetworkClassifier):
        rows = model._prepare(model._validate(X_test, reset=False))
        success = np.median(model.network_.log_success(rows, model.weights_)) / np.log(10)
        return found | {"parameters": model.n_parameters_, "log10_success": f"{success:.1f}"}
    if isinstance(model, VotingClassifier):
        return found | {"parameters": sum(part.n_parameters_ for part in model.estimators_), "log10_success": ""}
    n_parameters = model.v_.size if isinstance(model, Automaton) else model[-1].coef_.size + model[-1].intercept_.size
    return found | {"parameters": n_parameters, "log10_success": ""}


def run(names, seeds, quick):
    """Measure what the table lacks."""
    done = list(csv.DictReader(TABLE.open())) if TABLE.exists() and not quick else []
    known = {(row["task"], row["model"], int(row["seed"])) for row in done}
    for seed in seeds:
        for name in names:
            for label, model in models(name, seed, quick):
                if (name, label, seed) in known:
                    continue
                found = measured(model, label, task(name, seed, quick), seed)
                done.append({"task": name, "model": label, "seed": seed} | found)
                print(*(f"{column} {done[-1][column]}" for column in COLUMNS), sep="   ", flush=True)
                if not quick:
                    with TABLE.open("a", newline="") as file:
                        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                        if file.tell() == 0:
                            writer.writeheader()
                        writer.writerow(done[-1])
    return done


def summary(rows):
    """Mean accuracy of each model, the best first."""
    for name in dict.fromkeys(row["task"] for row in rows):
        print(f"\n{name}")
        mine = [row for row in rows if row["task"] == name]
        labels = dict.fromkeys(row["model"] for row in mine)
        found = {k: [float(row["accuracy"]) for row in mine if row["model"] == k] for k in labels}
        for label, scores in sorted(found.items(), key=lambda pair: -np.mean(pair[1])):
            last = next(row for row in mine if row["model"] == label)
            success = last["log10_success"] and f"   success 1e{last['log10_success']}"
            print(f"{label:36}{np.mean(scores):.3f} ({len(scores)} seeds)   {last['parameters']} parameters{success}")


def main(quick=False, names=(), n_seeds=5):
    """Print the table."""
    names = names or (("motif", "proteins") if quick else ("motif", "membrane", "proteins", "nine places"))
    warnings.simplefilter("ignore", ConvergenceWarning)
    summary(run(names, range(1 if quick else n_seeds), quick))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if name != "--quick"])
