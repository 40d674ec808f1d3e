"""The fidelity kernel."""

from collections.abc import Iterator

import numpy as np

from ..backends.program import Overlaps
from .encoded import EncodedKernel
from .rows import checked_rows
from .split import ProductOverlaps
from .tiles.spread import tiled_overlaps


class FidelityKernel(EncodedKernel):
    r"""Fidelity of encoded states, ``k(x, y) = |<psi(s y)|psi(s x)>|^2`` with s the scale.

    Parameters
    ----------
    encoding : Encoding, default=None
        ``None`` means `ReuploadingEncoding`.
    scale : float, default=1.0
        Factor of all features.
    weights : array-like of float, default=None
        Trainable angles of the encoding, as hyperparameters; with ``None`` there is no such
        hyperparameter, and a trainable encoding has angles drawn with a fixed seed.
    backend : Backend, default=None
        ``None`` means `Exact`.
    n_jobs : int, default=None
        Jobs for tiles of the matrix.
    group_size : "auto", int or None, default="auto"
        Most features that one run of the circuit takes. A row of more is dealt out, in groups of neighbouring columns
        as even as can be, to several runs of few qubits each, and the kernel is the product of their fidelities: that
        of their registers side by side. "auto" is 2 features a qubit where the number of features leaves that of the
        qubits as it is and nothing is trained (`ReuploadingEncoding`), else all; None is always all.
    scale_bounds : pair of float or "fixed", default=(1e-2, 1e2)
    weights_bounds : pair of float or "fixed", default=(-2 pi, 2 pi)

    References
    ----------
    V. Havlicek et al., Supervised learning with quantum-enhanced feature spaces,
    Nature 567, 209 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AngleEncoding, FidelityKernel
    >>> X = np.array([[0.0], [np.pi / 2]])
    >>> FidelityKernel(AngleEncoding())(X).round(6)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """

    features_per_qubit = 2.0

    def __init__(
        self,
        encoding=None,
        scale=1.0,
        weights=None,
        backend=None,
        n_jobs=None,
        scale_bounds=(1e-2, 1e2),
        weights_bounds=(-2 * np.pi, 2 * np.pi),
        group_size="auto",
    ):
        super().__init__(encoding, scale, weights, backend, n_jobs, group_size, scale_bounds, weights_bounds)

    @property
    def fidelities(self) -> bool:
        """True, of backends that mitigate noise up to what that leaves."""
        return True

    @property
    def entry_shots(self) -> int | None:
        """Those of the backend."""
        return self._backend().shots

    @staticmethod
    def _compiled(backend, circuit) -> Overlaps:
        return backend.compile_overlaps(circuit)

    @staticmethod
    def _joined(parts, n_features) -> Overlaps:
        return ProductOverlaps(parts)

    def _asked(self, X) -> tuple[Overlaps, np.ndarray, np.ndarray, np.random.Generator | None]:
        """Overlaps, and what they are asked for: scaled rows, weights, and the source of shots."""
        runs = self.runs(X.shape[1])
        return runs.program, self._scaled(X), self._w(runs.n_weights), self._backend().generator()

    def matrix(self, X, Y) -> np.ndarray:
        """Fidelities (n_samples_X, n_samples_Y)."""
        overlaps, X, w, rng = self._asked(X)
        return tiled_overlaps(overlaps, X, self._scaled(Y), w, rng, self.n_jobs)

    def symmetric_matrix(self, X) -> np.ndarray:
        """Fidelities (n_samples, n_samples); each pair is evaluated once."""
        overlaps, X, w, rng = self._asked(X)
        return tiled_overlaps(overlaps, X, None, w, rng, self.n_jobs)

    def run_qubits(self, n_features) -> list[int | None]:
        return [circuit.num_qubits for circuit in self.runs(n_features).circuits]

    def run_fidelities(self, X, Y=None) -> Iterator[np.ndarray]:
        _, X, w, rng = self._asked(checked_rows(X))
        Y = None if Y is None else self._scaled(checked_rows(Y))
        for part in self.runs(X.shape[1]).parts:
            rows, others = (Z if Z is None else Z[:, part.features] for Z in (X, Y))
            yield tiled_overlaps(part.program, rows, others, w[part.weights], rng, self.n_jobs)

    def run_diagonals(self, X) -> list[np.ndarray]:
        _, X, w, rng = self._asked(checked_rows(X))
        parts = self.runs(X.shape[1]).parts
        return [part.program.diagonal(X[:, part.features], w[part.weights], rng) for part in parts]

    def diag(self, X) -> np.ndarray:
        """Fidelity of each state with itself."""
        overlaps, X, w, rng = self._asked(checked_rows(X))
        return overlaps.diagonal(X, w, rng)

    def gradient(self, X) -> np.ndarray:
        """Gradient (n, n, n_dims), exact on an exact backend."""
        overlaps, X, w, rng = self._asked(X)
        zero, fixed = np.zeros_like(w), {h.name: h.fixed for h in self.hyperparameters}
        slopes = []
        if not fixed["scale"]:  # theta is log(scale), so X moves along itself
            slopes.append(overlaps.tangent(X, w, X, zero, rng))
        if not fixed.get("weights", True):
            slopes += [overlaps.tangent(X, w, np.zeros_like(X), e, rng) for e in np.eye(len(w))]
        return np.stack(slopes, axis=-1) if slopes else np.empty((len(X), len(X), 0))

    def pullback(self, X, A) -> np.ndarray:
        """Gradient (n_dims,) of ``sum_ij A_ij k(x_i, x_j)`` by ``theta``, in one sweep."""
        overlaps, X, w, rng = self._asked(X)
        dX, dw = overlaps.pullback(X, w, A, rng)
        return self._of_free(scale=np.sum(dX * X), weights=dw)

    def pullback_rows(self, X, Y, A) -> np.ndarray:
        overlaps, X, w, rng = self._asked(X)
        return self.scale * overlaps.pullback_rows(X, self._scaled(Y), w, A, rng)
