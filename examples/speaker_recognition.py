"""Nine speakers of Japanese vowels from 12 channels of 7 to 29 steps, padded with NaN.

Beside the classical twin, an echo state network of as many units, and what the readout of both has without a reservoir:
the mean and the last step of the inputs.
"""

import os
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml.recurrent import QRNNReservoirClassifier


def load():
    """Training and test sequences and labels; the rows of digits as sequences where the folder of data is absent."""
    folder = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if (folder / "japanese_vowels.npz").exists():
        data = np.load(folder / "japanese_vowels.npz")
        return data["x_train"], data["x_test"], data["y_train"], data["y_test"]
    X, y = load_digits(return_X_y=True)
    return train_test_split(X.reshape(-1, 8, 8), y, train_size=500, stratify=y, random_state=0)


def mean_and_last(X):
    """Mean and last step of the inputs of each sequence."""
    lengths = np.isfinite(X[:, :, 0]).sum(axis=1)
    return np.hstack([np.nanmean(X, axis=1), X[np.arange(len(X)), lengths - 1]])


def main():
    """Print accuracies on the test sequences."""
    X, X_test, y, y_test = load()
    model = QRNNReservoirClassifier(random_state=0)
    for name, classifier in (("quantum reservoir", model), ("classical twin", model.classical_twin())):
        start = time.perf_counter()
        accuracy = classifier.fit(X, y).score(X_test, y_test)
        print(f"{name:34} accuracy {accuracy:.3f}   {time.perf_counter() - start:.1f} s")
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(mean_and_last(X), y)
    print(f"logistic regression without either accuracy {linear.score(mean_and_last(X_test), y_test):.3f}")


if __name__ == "__main__":
    main()
