"""Digits 0 to 7 as Hamiltonians, uploaded again and again, beside the classical twin.

An image and its transpose are the same Hamiltonian. The twin sees the same symmetric half of the
image with about as many parameters: logistic regression, or a perceptron beside the larger model.
"""

import os
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skqml.hamiltonian import HamiltonianEmbeddingClassifier, full_pauli


def load_mnist(n_train):
    """The first images of digits 0 to 7, values between 0 and 1; None where there is no file."""
    path = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[2] / "shared" / "data")) / "mnist.npz"
    if not path.exists():
        return None
    data = np.load(path)
    parts = []
    for part in ("train", "test"):
        used = np.flatnonzero(data[f"y_{part}"] < 8)[: n_train if part == "train" else None]
        parts.append((data[f"x_{part}"][used].reshape(len(used), -1) / 255, data[f"y_{part}"][used]))
    return parts[0][0], parts[1][0], parts[0][1], parts[1][1]


def compare(name, model, X, X_test, y, y_test):
    """Print test accuracies of a model and of its twin."""
    start = time.perf_counter()
    model.fit(X, y)
    seconds = time.perf_counter() - start
    twin = model.classical_twin().fit(X, y)
    scores = model.score(X_test, y_test), twin.score(X_test, y_test)
    print(f"{name:12} {model.n_parameters_:6} parameters   quantum {scores[0]:.4f}   classical {scores[1]:.4f}   "
          f"{model.circuit_.num_qubits} qubits, {seconds:.0f} s", flush=True)  # fmt: skip


def main():
    """Five splits of 8 x 8 digits; MNIST where its file is."""
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 8], y[y < 8]
    for seed in range(5):
        split = train_test_split(X, y, train_size=1200, stratify=y, random_state=seed)
        compare(f"digits, {seed}", HamiltonianEmbeddingClassifier(random_state=seed), *split)
    mnist = load_mnist(n_train=6000)
    if mnist is not None:
        model = HamiltonianEmbeddingClassifier(ansatz=full_pauli, standardize=False, tol=0.02, random_state=0)
        compare("MNIST", model, *mnist)


if __name__ == "__main__":
    main()
