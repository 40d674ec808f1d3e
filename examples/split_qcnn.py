"""A quantum convolutional network on eight qubits that runs on five, beside what would stand in its place.

The circuit is cut in one wire: its values are put together from those of circuits of five and of four qubits, and every
prediction stays as it was. The last rows leave the circuit out: a layer of eight tanh units, and no layer at all. What
they reach over five seeds, and what is left of the circuit without its heavier Paulis, is in
``examples/studies/split_qcnn_table.csv``.
"""

import sys
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import SplitQCNNClassifier

FIGURE = Path("split_qcnn.png")


def main(quick=False):
    """Print accuracies, the largest difference that the cut makes, and the circuit."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = load_breast_cancer(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=0)
    front = make_pipeline(StandardScaler(), PCA(8), StandardScaler()).fit(X)
    X, X_test = front.transform(X), front.transform(X_test)
    options = {"random_state": 0} | ({"max_iter": 5, "tol": None} if quick else {})
    cut, whole = (SplitQCNNClassifier(cut=qubit, **options) for qubit in (4, None))
    models = {
        "cut at qubit 4": cut,
        "whole": whole,
        "no entanglement": whole.product_twin(),
        "Dense(8, 8)": MLPClassifier((8,), activation="tanh", solver="lbfgs", alpha=0.1, max_iter=1000, random_state=0),
        "left out": LogisticRegression(C=10.0),
    }
    for name, model in models.items():
        start = time.process_time()
        accuracy = model.fit(X, y).score(X_test, y_test)
        print(f"{name:18}{accuracy:.3f}   {time.process_time() - start:.1f} s")
    difference = np.abs(cut.predict_proba(X_test) - whole.predict_proba(X_test)).max()
    same = (cut.predict(X_test) == whole.predict(X_test)).all()
    cost = cut.cut_cost_
    print(f"\nlargest difference of a probability {difference:.0e}, all predictions equal: {same}")
    print(f"{cost.circuits} circuits of {cost.qubits} qubits, up to {cost.overhead:.0f} times the shots")
    figure, ax = plt.subplots(figsize=(11, 4), layout="constrained")
    cut.draw("mpl", ax=ax, fold=-1)
    ax.set_title("The whole circuit; qubit 4 is cut between its blocks with qubits 3 and 5")
    figure.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
