"""What classical twins of transformers have in place of circuits."""

from typing import ClassVar

import numpy as np
from sklearn.utils import check_random_state

from ....states import floats
from .circuit_features import CircuitFeatures

_SAMPLE = 1000  # rows whose inputs tell how wide these are


class FourierTwin(CircuitFeatures):
    """Random Fourier features of the inputs of a circuit, as many as it has observables, in its place.

    ``sqrt(2 / D) cos(Omega z + b)``, whose inner products approximate an RBF kernel of the inputs z, as wide as that of
    ``sklearn.svm.SVC()``; frequencies are orthogonal to each other as far as they can be. It stands left of the
    transformer, whose parameters it has.

    References
    ----------
    A. Rahimi, B. Recht, Random features for large-scale kernel machines, NIPS 2007; F. X. Yu et al., Orthogonal random
    features, NIPS 2016.
    """

    _contents: ClassVar[dict] = {
        "frequencies_": floats("n_inputs", "n_outputs"),
        "phases_": floats("n_outputs"),
    }

    def _check_whole(self):
        """There is no program."""

    def _open(self, X, n_inputs):
        rng = check_random_state(self.random_state)
        n_outputs = len(self._resolved(self._draw(n_inputs).n_qubits))
        self.frequencies_ = self._drawn(X, n_inputs, n_outputs, rng)
        self.phases_ = rng.uniform(0.0, 2 * np.pi, n_outputs)
        return n_outputs

    def _drawn(self, X, n_inputs, n_outputs, rng) -> np.ndarray:
        """Frequencies (n_inputs, n_outputs)."""
        return self._frequency(X, n_inputs) * _orthogonal(rng, n_inputs, n_outputs)

    def _seen(self, Z) -> np.ndarray:
        """What has these frequencies: the inputs as they are."""
        return Z

    def _frequency(self, X, n_inputs) -> float:
        """Deviation of the frequencies: the square root of twice the kernel's ``gamma="scale"``."""
        variance = self._inputs(X[:_SAMPLE]).var()
        return np.sqrt(2.0 / (n_inputs * variance)) if variance > 0 else 1.0

    def _generator(self):
        return None

    def _values(self, Z, rng):
        return np.sqrt(2.0 / len(self.phases_)) * np.cos(self._seen(Z) @ self.frequencies_ + self.phases_)


def _orthogonal(rng, n_inputs: int, n_outputs: int) -> np.ndarray:
    """Frequencies (n_inputs, n_outputs) as long as standard normal ones, in orthogonal blocks."""
    blocks = []
    for _ in range(-(-n_outputs // n_inputs)):
        directions = np.linalg.qr(rng.normal(size=(n_inputs, n_inputs)))[0]
        blocks.append(directions * np.linalg.norm(rng.normal(size=(n_inputs, n_inputs)), axis=0))
    return np.concatenate(blocks, axis=1)[:, :n_outputs]
