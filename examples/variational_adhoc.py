"""Classes made by a feature map, learned by a circuit behind the same map: the more layers, the better.

The labels come from the very encoding that the model uses, so this shows that it is consistent, not
that it is useful: no classical model is given that knowledge, and an RBF kernel guesses.
"""

import sys
import warnings
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC

from skqml import Ansatz, FidelityKernel, QuantumKernelSVC, Shots, ZZEncoding, parity
from skqml.circuits.ansatze import hardware_efficient
from skqml.datasets import make_adhoc
from skqml.models.variational import VariationalClassifier
from skqml.training import SPSA, shot_error

FIGURE = Path("adhoc.png")


def variational(n_layers, optimizer=None, **options):
    """The classifier of Havlicek et al.: parity, a bias, and a loss that counts misleading shots."""
    return VariationalClassifier(
        ZZEncoding(),
        Ansatz(hardware_efficient, n_layers=n_layers),
        parity,
        standardize=False,
        trained_readout="bias",
        loss=partial(shot_error, shots=100),
        optimizer=optimizer,
        init=lambda n, rng: rng.uniform(0, 2 * np.pi, n),
        random_state=0,
        **options,
    )


def accuracies(model, n_sets):
    """Accuracy on 40 rows not trained on, and that of the twin, for ten random unitaries."""
    for seed in range(n_sets):
        X, y = make_adhoc(80, gap=0.3, random_state=seed)
        model.fit(X[:40], y[:40])
        twin = model.classical_twin().fit(X[:40], y[:40]) if hasattr(model, "classical_twin") else model
        yield model.score(X[40:], y[40:]), twin.score(X[40:], y[40:])


def main(quick=False):
    """Print mean accuracies."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the twins' own
    n_restarts = 1 if quick else 5
    models = {
        f"variational, {n} layers, L-BFGS, best of {n_restarts}": variational(n, n_restarts=n_restarts)
        for n in (0, 1, 2, 4)
    }
    models["variational, 4 layers, SPSA"] = variational(4, SPSA(), max_iter=5 if quick else 250, tol=None)
    for name, C, backend in (("exact", 1e3, None), ("1,024 shots", 10.0, Shots(1024, random_state=0))):
        kernel = FidelityKernel(ZZEncoding(), backend=backend)
        models[f"quantum kernel, {name}"] = QuantumKernelSVC(kernel, C=C, standardize=False, bandwidth=1.0)
    models["RBF kernel"] = SVC()
    print(f"{'':42}{'quantum':>8}{'classical twin':>16}")
    figure, ax = plt.subplots(layout="constrained")
    for name, model in models.items():
        quantum, classical = np.mean(list(accuracies(model, 1 if quick else 10)), axis=0)
        shown = f"{quantum:8.3f}" if hasattr(model, "classical_twin") else f"{'':8}"
        print(f"{name:42}{shown}{classical:16.3f}")
        ax.plot([quantum, classical], [name, name], "o-")
    ax.set(xlabel="accuracy of the twin and of the model", xlim=(0.3, 1.05))
    ax.invert_yaxis()
    figure.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
