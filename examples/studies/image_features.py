"""Images as features of circuits that are not trained, in front of a linear model, each beside its classical twin.

Quanvolution moves a circuit over patches; the latent transformer turns five principal components into 32 probabilities.
With ``--quick`` scikit-learn's 8 x 8 digits stand in for MNIST.
"""

import sys
import time

from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import QuantumLatentTransformer, QuanvolutionTransformer
from skqml.datasets import fetch_mnist


def load(quick):
    """4,000 training and 1,000 test images (n_samples, n_pixels), or fewer, and their labels."""
    X, y = load_digits(return_X_y=True) if quick else fetch_mnist("test", return_X_y=True)
    sizes = {"train_size": 500, "test_size": 500} if quick else {"train_size": 4000, "test_size": 1000}
    return train_test_split(X, y, stratify=y, random_state=0, **sizes)


def main(quick=False):
    """Print accuracy and time behind each transformer."""
    X, X_test, y, y_test = load(quick)
    patches, latent = QuanvolutionTransformer(random_state=0), QuantumLatentTransformer(random_state=0)
    contenders = {
        "pixels": "passthrough",
        "quanvolution": patches,
        "its twin": patches.classical_twin(),
        "five components": PCA(5, random_state=0),
        "their 32 probabilities": latent,
        "the twin of these": latent.classical_twin(),
    }
    for name, features in contenders.items():
        start = time.perf_counter()
        model = make_pipeline(features, StandardScaler(), LogisticRegression(max_iter=100 if quick else 1000))
        accuracy = model.fit(X, y).score(X_test, y_test)
        print(f"{name:23} accuracy {accuracy:.3f}   {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
