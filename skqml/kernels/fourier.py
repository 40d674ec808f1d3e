"""The classical surrogate in a quantum kernel's place: random Fourier features of its frequencies."""

from typing import Any

import numpy as np

from .._checks import check_count, check_number
from ..engine.reading.angles import data_angles
from .base import QuantumKernel
from .scaled import ScaledKernel, UnitDiagonal


class FourierKernel(UnitDiagonal, ScaledKernel):
    r"""Random Fourier features with the frequencies of a quantum kernel's encoding, without any circuit.

    ``k(x, y) = sum_i cos(m_i (a(x) - a(y))) / n_components`` with a(x) the angles of all gates through which the row
    enters, and random vectors m_i of -1, 0 and 1, each entry the difference of two bits: every frequency comes as
    often as the gates can make it. What encodings without entanglement do, it does up to 1 / sqrt(n_components);
    of others it keeps what depends on differences alone. It is what `surrogate` of kernel machines puts in place.

    Parameters
    ----------
    like : FidelityKernel or ProjectedKernel
        Encodes the rows.
    n_components : int, default=1000
        Number of frequency vectors; each gives a cosine and a sine.
    scale : float, default=1.0
        Factor of all features, beside that of ``like``.
    seed : int, default=0
        Of the vectors: an integer, as they must be the same for all matrices.
    scale_bounds : pair of float or "fixed", default=(1e-2, 1e2)

    References
    ----------
    F. J. Schreiber, J. Eisert and J. J. Meyer, Classical surrogates for quantum learning models, Phys. Rev. Lett. 131,
    100803 (2023); R. Sweke et al., Potential and limitations of random Fourier features for dequantizing quantum
    machine learning, Quantum 9, 1640 (2025), arXiv:2309.11647.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AngleEncoding, FidelityKernel
    >>> from skqml.kernels import FourierKernel
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> kernel = FidelityKernel(AngleEncoding())
    >>> bool(np.abs(FourierKernel(kernel, n_components=100_000)(X) - kernel(X)).max() < 0.01)
    True
    """

    def __init__(self, like, n_components=1000, scale=1.0, seed=0, scale_bounds=(1e-2, 1e2)):
        self.like = like
        self.n_components = n_components
        self.scale = scale
        self.seed = seed
        self.scale_bounds = scale_bounds

    def _like(self) -> Any:
        if not (isinstance(self.like, QuantumKernel) and hasattr(self.like, "runs")):
            raise TypeError(f"like must be a kernel that encodes rows, such as FidelityKernel(), got {self.like!r}.")
        return self.like

    def features(self, X) -> np.ndarray:
        """Cosines and sines (n_samples, 2 n_components) of rows, whose products are kernel values."""
        n_components, like = check_count("n_components", self.n_components), self._like()
        angles = _angles(like, check_number("scale", self.scale) * like.scale * X)
        rng, shape = np.random.default_rng(check_count("seed", self.seed, 0)), (n_components, angles.shape[1])
        phases = angles @ (rng.integers(0, 2, shape) - rng.integers(0, 2, shape)).T
        return np.hstack([np.cos(phases), np.sin(phases)]) / np.sqrt(n_components)

    def matrix(self, X, Y) -> np.ndarray:
        """Kernel matrix (n_samples_X, n_samples_Y)."""
        return self.features(X) @ self.features(Y).T

    def symmetric_matrix(self, X) -> np.ndarray:
        """Kernel matrix (n_samples, n_samples)."""
        F = self.features(X)
        return F @ F.T

    def auto_bandwidth(self, n_features) -> float:
        """That of the kernel that encodes the rows."""
        return self._like().auto_bandwidth(n_features)

    @property
    def limit(self) -> float:
        """That of the kernel that encodes the rows, divided by the scale."""
        return self._like().limit / check_number("scale", self.scale)


def _angles(kernel, X) -> np.ndarray:
    """Angles (n_samples, n_angles) of the gates by which rows enter the runs of the circuit of a kernel."""
    runs, w = kernel.runs(X.shape[1]), kernel.initial_weights(X.shape[1])
    tapes = {id(circuit): data_angles(circuit) for circuit in runs.circuits}
    if not any(len(tape.inputs) for tape in tapes.values()):
        raise ValueError("like must have an encoding whose data are angles of gates, got one without such angles.")
    each = zip(runs.circuits, runs.places, strict=True)
    parts = [(tapes[id(circuit)], X[:, columns], w[places]) for circuit, (columns, places) in each]
    return np.concatenate([tape.values(tape.inputs_from(Z, v)) for tape, Z, v in parts], axis=1)
