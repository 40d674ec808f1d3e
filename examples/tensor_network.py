"""A tensor network reads proteins letter by letter, beside its twin, and what post-selection would cost on hardware.

Strings go in as they are, in a column of a data frame. The twin, a perceptron on counts of letters, is the model to
beat: what crosses a membrane is rich in hydrophobic letters, whatever their order. Accuracies of other models, also of
linear ones on more than counts, are in ``examples/studies/tensor_network_table.csv``.
"""

import sys
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skqml import QuantumTensorNetworkClassifier
from skqml.datasets import load_protein_locations, make_membrane

FIGURE = Path("tensor_network.png")


def load(quick):
    """Training and test strings and labels."""
    if quick:
        X, y = make_membrane(200, length=40, random_state=0)
        return X[:100], X[100:], y[:100], y[100:]
    proteins = load_protein_locations()
    return proteins.data, proteins.data_test, proteins.target, proteins.target_test


def main(quick=False):
    """Print accuracies, and shares of runs that count."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, X_test, y, y_test = load(quick)
    model = QuantumTensorNetworkClassifier(batch_size=32, max_iter=3 if quick else 150, tol=None, random_state=0)
    model.fit(X, y)
    print(f"{len(X)} sequences of up to {max(map(len, X))} letters, {model.n_parameters_} parameters")
    for name, fitted in (("tensor network", model), ("classical twin", model.classical_twin().fit(X, y))):
        print(f"{name:16}{fitted.score(X_test, y_test):.3f}")
    print("\nShare of runs in which all that is post-selected is found in 0")
    lengths = (5, 10, 20, 40)
    shares = [np.median(model.success_probability([x[:n] for x in X_test])) for n in lengths]
    for n_letters, share in zip(lengths, shares, strict=True):
        print(f"{n_letters:4} letters   {share:.1e}")
    figure, ax = plt.subplots(layout="constrained")
    ax.semilogy(lengths, shares, "o-")
    ax.set(xlabel="letters", ylabel="share of runs that count")
    figure.savefig(FIGURE, dpi=150)
    print(f"\nThe circuit of {X[0][:3]!r}\n{model.circuit(X[0][:3]).draw(fold=120)}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
