"""Threes against sixes at 4 x 4 bits on a readout qubit, beside its classical twin.

On bits the network is a linear classifier with a periodic output, so logistic regression on the same
bits is its equal (0.943 and 0.942 on MNIST); the twin, a perceptron of as many parameters, is better (0.955).
Many images of both digits become the same 16 bits: nobody can tell them apart, and the accuracy on the others
is printed as well. With ``--quick`` scikit-learn's 8 x 8 digits stand in for MNIST.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skqml.datasets import fetch_mnist
from skqml.models.readout_qnn import ReadoutQNNClassifier
from skqml.training import linear_loss

FIGURE = Path("parity.png")


def load(quick):
    """Training and test rows of 16 mean grey values between 0 and 1, and their labels 3 and 6."""
    if quick:
        X, y = load_digits(return_X_y=True)
        X = X[np.isin(y, (3, 6))].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 16
        return train_test_split(X, y[np.isin(y, (3, 6))], test_size=0.5, random_state=0)
    (X, y), (X_test, y_test) = (fetch_mnist(part, return_X_y=True) for part in ("train", "test"))
    X, X_test = (
        images[np.isin(labels, (3, 6))].reshape(-1, 4, 7, 4, 7).mean(axis=(2, 4)).reshape(-1, 16) / 255
        for images, labels in ((X, y), (X_test, y_test))
    )
    return X, X_test, y[np.isin(y, (3, 6))], y_test[np.isin(y_test, (3, 6))]


def main(quick=False):
    """Print accuracies, and the time of training."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the twin is not always done after as many iterations
    X, X_test, y, y_test = load(quick)
    options = {"threshold": 0.2, "max_iter": 5} if quick else {"threshold": 0.2}
    codes = (X_test > 0.2) @ (1 << np.arange(16))
    counts = [np.bincount(codes, y_test == label, 2**16) for label in (3, 6)]
    clear = np.minimum(*counts)[codes] == 0
    print(f"{len(X)} training images; best possible {np.maximum(*counts).sum() / len(y_test):.4f}")
    superpositions = {"loss": linear_loss, "superposition_batches": True, "max_iter": 100, "tol": 0.02}
    models = {
        "default": ReadoutQNNClassifier(random_state=0, **options),
        "published loss": ReadoutQNNClassifier(loss=linear_loss, random_state=0, **options),
        "superpositions": ReadoutQNNClassifier(random_state=0, **superpositions | options),
    }
    bits = FunctionTransformer(lambda X: X > options["threshold"])
    models["logistic, bits"] = make_pipeline(bits, LogisticRegression())
    models["classical twin"] = models["default"].fit(X, y).classical_twin()
    for name, model in models.items():
        start = time.perf_counter()
        model.fit(X, y)
        seconds, right = time.perf_counter() - start, model.predict(X_test) == y_test
        print(f"{name:16} all {right.mean():.4f}   unambiguous {right[clear].mean():.4f}   {seconds:.1f} s")
    parity = ReadoutQNNClassifier.from_truth_table([0, 1, 1, 0])
    print(f"\nParity of two bits, not learned but drawn:\n{parity.draw()}")
    parity.draw("mpl").savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
