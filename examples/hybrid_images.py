"""Hybrid image networks beside their twins: the same network, training and seeds, with tanh units for circuits."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

FIGURE = Path("hybrid_images.png")


def systems(quick):
    """Name and model of each system."""
    from skqml import (
        AmplitudeHybridClassifier,
        LayerSwapClassifier,
        ParallelHybridClassifier,
        QuanvolutionClassifier,
    )

    few = {"image_shape": (8, 8), "max_iter": 2 if quick else 30}
    yield "quanvolution", QuanvolutionClassifier(**few)
    yield "quanvolution, frozen", QuanvolutionClassifier(trainable=False, **few)
    yield "parallel circuits", ParallelHybridClassifier(n_circuits=2, n_inputs=4, n_filters=(8,), kernel_size=3, **few)
    yield "amplitudes", AmplitudeHybridClassifier(n_filters=(8,), **few)
    for level in range(3):
        yield f"layer swap, level {level}", LayerSwapClassifier(replacement_level=level, **few)


def main(quick=False):
    """Print accuracies on digits, mean and deviation over seeds, of models and twins."""
    X, y = load_digits(return_X_y=True)
    seeds = range(1 if quick else 5)
    splits = [train_test_split(X, y, train_size=200 if quick else 900, stratify=y, random_state=s) for s in seeds]
    linear = [LogisticRegression(max_iter=2000).fit(a / 16, c).score(b / 16, d) for a, b, c, d in splits]
    print(f"logistic regression: {np.mean(linear):.4f} +- {np.std(linear):.4f}\n")
    print(f"{'system':24}{'parameters':>11}{'hybrid':>18}{'twin':>18}")
    figure, ax = plt.subplots(layout="constrained")
    for name, model in systems(quick):
        scores = []
        for seed, (X_train, X_test, y_train, y_test) in zip(seeds, splits, strict=True):
            model.set_params(random_state=seed).fit(X_train, y_train)
            twin = model.classical_twin().fit(X_train, y_train)
            scores.append((model.score(X_test, y_test), twin.score(X_test, y_test)))
        means, deviations = np.mean(scores, axis=0), np.std(scores, axis=0)
        shown = "".join(f"{m:9.4f} +- {d:.4f}" for m, d in zip(means, deviations, strict=True))
        print(f"{name:24}{model.n_parameters_:11}{shown}")
        ax.errorbar(means, [f"{name}, hybrid", f"{name}, twin"], xerr=deviations, fmt="o")
    ax.axvline(np.mean(linear), linestyle=":")
    ax.set_xlabel("accuracy (dotted: logistic regression)")
    figure.savefig(FIGURE)
    print(f"\nHybrid networks and their twins: {FIGURE}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
