"""Nine speakers of Japanese vowels from 12 channels of 7 to 29 steps, padded with NaN.

Beside the classical twin, an echo state network of as many units, and what the readout of both has without a reservoir:
the mean and the last step of the inputs.
"""

import sys
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml.datasets import load_japanese_vowels
from skqml.models.recurrent import QRNNReservoirClassifier

FIGURE = Path("speakers.png")


def mean_and_last(X):
    """Mean and last step of the inputs of each sequence."""
    lengths = np.isfinite(X[:, :, 0]).sum(axis=1)
    return np.hstack([np.nanmean(X, axis=1), X[np.arange(len(X)), lengths - 1]])


def main(quick=False):
    """Print accuracies on the test sequences."""
    vowels, step = load_japanese_vowels(), 5 if quick else 1
    X, y = vowels.data[::step], vowels.target[::step]
    X_test, y_test = vowels.data_test[::step], vowels.target_test[::step]
    model = QRNNReservoirClassifier(n_reservoirs=1 if quick else 16, random_state=0)
    for name, classifier in (("quantum reservoir", model), ("classical twin", model.classical_twin())):
        start = time.perf_counter()
        accuracy = classifier.fit(X, y).score(X_test, y_test)
        print(f"{name:34} accuracy {accuracy:.3f}   {time.perf_counter() - start:.1f} s")
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(mean_and_last(X), y)
    print(f"logistic regression without either accuracy {linear.score(mean_and_last(X_test), y_test):.3f}")
    ConfusionMatrixDisplay.from_estimator(model, X_test, y_test).figure_.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
