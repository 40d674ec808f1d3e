"""Digits 0 to 7 as Hamiltonians, uploaded again and again, beside the classical twin.

An image and its transpose are the same Hamiltonian. The twin sees the same symmetric half of the
image with about as many parameters: logistic regression, or a perceptron beside the larger model.
"""

import sys
import time
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

from skqml.datasets import fetch_mnist
from skqml.models.hamiltonian_embedding import HamiltonianEmbeddingClassifier, full_pauli

FIGURE = Path("hamiltonian_embedding.png")


def load_mnist(n_train):
    """The first images of digits 0 to 7, values between 0 and 1."""
    (X, y), (X_test, y_test) = (fetch_mnist(part, return_X_y=True) for part in ("train", "test"))
    return X[y < 8][:n_train] / 255, X_test[y_test < 8] / 255, y[y < 8][:n_train], y_test[y_test < 8]


def compare(name, model, X, X_test, y, y_test):
    """Print test accuracies of a model and of its twin."""
    start = time.perf_counter()
    model.fit(X, y)
    seconds = time.perf_counter() - start
    twin = model.classical_twin().fit(X, y)
    scores = model.score(X_test, y_test), twin.score(X_test, y_test)
    print(
        f"{name:12} {model.n_parameters_:6} parameters   quantum {scores[0]:.4f}   classical {scores[1]:.4f}   "
        f"{model.circuit_.num_qubits} qubits, {seconds:.0f} s",
        flush=True,
    )


def main(quick=False):
    """Five splits of 8 x 8 digits, then MNIST; or one split of few digits."""
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 8], y[y < 8]
    options = {"max_iter": 2} if quick else {}
    for seed in range(1 if quick else 5):
        split = train_test_split(X, y, train_size=80 if quick else 1200, stratify=y, random_state=seed)
        model = HamiltonianEmbeddingClassifier(random_state=seed, **options)
        compare(f"digits, {seed}", model, *split)
    ConfusionMatrixDisplay.from_estimator(model, split[1], split[3]).figure_.savefig(FIGURE, dpi=150)
    if not quick:
        model = HamiltonianEmbeddingClassifier(ansatz=full_pauli, standardize=False, tol=0.02, random_state=0)
        compare("MNIST", model, *load_mnist(n_train=6000))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
