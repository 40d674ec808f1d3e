"""What the circuit of a split QCNN is worth: cut, left out, replaced by a dense layer, simulated from few Paulis.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again. The
features are eight principal components of the training rows, as the paper has eight numbers of a trained network: what
follows them is compared, a linear readout being the last layer of all but the support vector machine. "removed" is that
readout on the components themselves, "Dense(8, 8)" a layer of eight tanh units in the circuit's place. "Paulis of
weight k" is the circuit by Pauli propagation with all strings of more than k letters dropped, in training too: no
quantum computer, and no statevector.
"""

import csv
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import PauliPropagation, SplitQCNNClassifier
from skqml.circuits.ansatze import su4

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("task", "model", "seed", "accuracy", "parameters", "seconds")
TASKS = {
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits 0 v 1": lambda: load_digits(n_class=2, return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
}


def components(name, seed, quick):
    """Eight components of training and test rows, and labels; another split for each seed."""
    X, y = TASKS[name]()
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=seed)
    steps = [StandardScaler()] if name == "breast cancer" else []  # of pixels the scale says something
    front = make_pipeline(*steps, PCA(8, random_state=seed), StandardScaler()).fit(X)
    n_samples = 60 if quick else len(X)
    return front.transform(X)[:n_samples], front.transform(X_test), y[:n_samples], y_test


def models(seed, quick):
    """Name and unfitted model."""
    options = {"random_state": seed} | ({"max_iter": 3, "tol": None} if quick else {})
    qcnn = SplitQCNNClassifier(cut=None, **options)
    yield "QCNN, whole", qcnn
    yield "QCNN, cut", SplitQCNNClassifier(**options)
    yield "QCNN, cut, pooled", SplitQCNNClassifier(pooling=True, **options)
    yield "QCNN, cut, two ladders", SplitQCNNClassifier(n_layers=2, **options)
    yield "QCNN, cut, general blocks", SplitQCNNClassifier(block=su4, **options)
    yield "without entanglement", qcnn.product_twin()
    for weight in (1, 2, 3):
        backend = PauliPropagation(max_weight=weight)
        yield f"Paulis of weight {weight}", SplitQCNNClassifier(cut=None, backend=backend, **options)
    dense = {"activation": "tanh", "solver": "lbfgs", "alpha": 0.1, "max_iter": 3 if quick else 1000}
    yield "Dense(8, 8)", MLPClassifier((8,), random_state=seed, **dense)
    yield "removed", LogisticRegression(C=10.0, max_iter=1000)
    yield "RBF support vectors", SVC()


def measured(label, model, data):
    """Accuracy, parameters and seconds of processor time."""
    X, X_test, y, y_test = data
    start = time.process_time()
    accuracy = model.fit(X, y).score(X_test, y_test)
    seconds = time.process_time() - start
    n_parameters = getattr(model, "n_parameters_", "")
    if label in ("Dense(8, 8)", "removed"):
        numbers = [*getattr(model, "coefs_", ()), *getattr(model, "intercepts_", ())]
        n_parameters = sum(part.size for part in numbers or [model.coef_, model.intercept_])
    return f"{accuracy:.4f}", str(n_parameters), f"{seconds:.1f}"


def summary(rows):
    """Mean and deviation over the seeds, the best first."""
    for name in dict.fromkeys(row[0] for row in rows):
        print(f"\n{name}")
        mine = [row for row in rows if row[0] == name]
        found = {
            label: [float(row[3]) for row in mine if row[1] == label] for label in dict.fromkeys(r[1] for r in mine)
        }
        for label, scores in sorted(found.items(), key=lambda pair: -np.mean(pair[1])):
            size = next(row[4] for row in mine if row[1] == label)
            print(f"{label:28}{np.mean(scores):.3f} +- {np.std(scores):.3f}   {size} parameters")


def main(quick=False, names=(), n_seeds=5):
    """Measure what the table lacks, and print means."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    done = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() and not quick else []
    known = {tuple(row[:3]) for row in done}
    for seed in range(1 if quick else n_seeds):
        for name in names or ([*TASKS][:1] if quick else TASKS):
            for label, model in models(seed, quick):
                if (name, label, str(seed)) in known:
                    continue
                row = [name, label, str(seed), *measured(label, model, components(name, seed, quick))]
                done.append(row)
                print("   ".join(row), flush=True)
                if not quick:
                    with TABLE.open("a", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerows([row] if file.tell() else [COLUMNS, row])
    summary(done)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if name != "--quick"])
