"""Attacks on a quantum classifier of images, with and without a defence, and on one of quantum states.

Digits of 8 x 8 pixels, ones and nines: an attacker moves each pixel by at most epsilon, within the range of the pixels,
and sees the very model that is judged. Logistic regression, which is as easy to attack, stands beside it. On the right
states of a chain of spins in one of two phases are attacked by turning each of its qubits, as imperfect gates would
turn them; the twin is an RBF kernel on the same amplitudes. Images of MNIST, with the circuit of the experiment on ten
qubits and stronger attacks, are in ``examples/studies/adversarial_table.csv``.
"""

import sys
import warnings
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skqml import AmplitudeEncoding, BlockEncodingClassifier, FidelityKernel, QuantumKernelSVC, RobustnessCurveDisplay
from skqml.attacks import AdversarialTrainingClassifier, apgd, local_unitaries, robustness_curve, square
from skqml.datasets import make_cluster_ising

FIGURE = Path("adversarial.png")
EPSILONS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
ANGLES = (0.0, 0.25, 0.5, 0.75, 1.0)


def images(ax, quick):
    """Accuracy of models of images at each distance."""
    X, y = load_digits(return_X_y=True)
    mine = (y == 1) | (y == 9)
    X, X_test, y, y_test = train_test_split(X[mine] / 16, y[mine], stratify=y[mine], random_state=0)
    X_test, y_test = X_test[: 8 if quick else None], y_test[: 8 if quick else None]
    circuit = BlockEncodingClassifier(4, standardize=False, bandwidth=0.5, random_state=0)
    circuit.set_params(max_iter=3 if quick else 60, tol=None)
    options = {"epsilon": 0.15, "clip": (0, 1), "max_iter": 2 if quick else 60, "random_state": 0}
    models = {
        "logistic regression": LogisticRegression(max_iter=1000),
        "circuit": circuit,
        "circuit, trained on attacked rows": AdversarialTrainingClassifier(circuit, **options),
    }
    attacks = [partial(apgd, steps=5 if quick else 50), partial(square, queries=10 if quick else 500)]
    for name, model in models.items():
        model.fit(X, y)
        curve = robustness_curve(model, X_test, y_test, EPSILONS, attacks=attacks, clip=(0, 1), random_state=0)
        RobustnessCurveDisplay.from_result(curve, ax=ax, name=name)
        print(f"{name:36}" + "   ".join(f"{score:.2f}" for score in curve.scores))
    ax.set_title("Ones and nines: largest change of a pixel")
    ax.legend(loc="upper right")


def states(ax, quick):
    """Accuracy of models of states at each angle."""
    X, y = make_cluster_ising(40 if quick else 200, n_qubits=4, random_state=0)
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=0)
    model = QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False).fit(X, y)
    for name, fitted in {"fidelity kernel": model, "its twin, an RBF kernel": model.classical_twin().fit(X, y)}.items():
        attack = partial(local_unitaries, fitted, X_test, y_test, steps=5 if quick else 50, random_state=0)
        scores = [np.mean(fitted.predict(attack(angle)) == y_test) for angle in ANGLES]
        ax.plot(ANGLES, scores, marker=".", label=name)
        print(f"{name:36}" + "   ".join(f"{score:.2f}" for score in scores))
    ax.set(title="Phases of matter: largest angle of a qubit", xlabel="radians")
    ax.legend()


def main(quick=False):
    """Print and draw accuracy under attack."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    print(f"{'largest change of a pixel':36}" + "   ".join(f"{e:<4}" for e in EPSILONS))
    images(axes[0], quick)
    print(f"\n{'largest angle of a qubit':36}" + "   ".join(f"{a:<4}" for a in ANGLES))
    states(axes[1], quick)
    figure.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
