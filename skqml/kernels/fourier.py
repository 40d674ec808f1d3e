"""The classical surrogate in a quantum kernel's place: random Fourier features of its frequencies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.gaussian_process.kernels import Hyperparameter

from .._checks import check_count, check_number
from ..engine.reading.angles import Tape, data_angles
from ..engine.reading.bandwidth import natural_bandwidth
from .base import QuantumKernel
from .rows import checked_rows


@dataclass(frozen=True)
class _Angles:
    """The angles of the gates by which a row enters the runs of a circuit.

    Attributes
    ----------
    parts : list of (Tape, slice, ndarray)
        Angles of a run, its columns of the rows, and its weights.
    """

    parts: list[tuple[Tape, slice, np.ndarray]]

    @classmethod
    def of(cls, kernel, n_features: int) -> "_Angles":
        """Those of a kernel that encodes rows."""
        runs, w = kernel.runs(n_features), kernel.initial_weights(n_features)
        tapes = {id(circuit): data_angles(circuit) for circuit in runs.circuits}
        parts, column, weight = [], 0, 0
        for circuit, features, n_weights in zip(runs.circuits, runs.groups, runs.n_weights_each, strict=True):
            columns = slice(column, column + features)
            parts.append((tapes[id(circuit)], columns, w[weight : weight + n_weights]))
            column, weight = columns.stop, weight + n_weights
        return cls(parts)

    def __call__(self, X) -> np.ndarray:
        """Angles (n_samples, n_angles) of rows that the encoding takes."""
        if not any(len(tape.inputs) for tape, _, _ in self.parts):
            raise ValueError("like must have an encoding whose data are angles of gates, got one without such angles.")
        return np.concatenate([tape.values(tape.inputs_from(X[:, c], w)) for tape, c, w in self.parts], axis=1)


class FourierKernel(QuantumKernel):
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

    @property
    def hyperparameter_scale(self) -> Hyperparameter:
        """Factor of all features."""
        return Hyperparameter("scale", "numeric", self.scale_bounds)

    def _like(self) -> Any:
        if not (isinstance(self.like, QuantumKernel) and hasattr(self.like, "runs")):
            raise TypeError(f"like must be a kernel that encodes rows, such as FidelityKernel(), got {self.like!r}.")
        return self.like

    def features(self, X) -> np.ndarray:
        """Cosines and sines (n_samples, 2 n_components) of rows, whose products are kernel values."""
        n_components, like = check_count("n_components", self.n_components), self._like()
        angles = _Angles.of(like, X.shape[1])(check_number("scale", self.scale) * like.scale * X)
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

    def diag(self, X) -> np.ndarray:
        """Ones."""
        return np.ones(len(checked_rows(X)))

    def is_positive_semidefinite(self) -> bool:
        """True."""
        return True

    def auto_bandwidth(self, n_features) -> float:
        """Bandwidth that suits the circuits of all runs, as in `FidelityKernel`."""
        return natural_bandwidth(self._like().runs(n_features).circuits)

    @property
    def limit(self) -> float:
        """That of the kernel that encodes the rows, divided by the scale."""
        return self._like().limit / check_number("scale", self.scale)
