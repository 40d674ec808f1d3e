"""The projected kernel."""

import numpy as np
from sklearn.gaussian_process.kernels import Hyperparameter
from sklearn.metrics.pairwise import euclidean_distances

from .._checks import is_number
from ..backends.program import Program
from ..circuits import one_qubit_paulis
from ..engine.cache import CACHE, digest
from ..engine.reading.bandwidth import natural_bandwidth
from ..engine.reading.occurrences import weights_as_data
from .encoded import EncodedKernel
from .gamma import checked_gamma, gamma_of_rows
from .scaled import UnitDiagonal
from .split import JoinedProgram
from .tiles.spread import tiled_values


class ProjectedKernel(UnitDiagonal, EncodedKernel):
    r"""RBF kernel of one-qubit reduced density matrices.

    ``k(x, y) = exp(-gamma sum_q ||rho_q(s x) - rho_q(s y)||_F^2)`` with s the scale; with Bloch
    vectors r_q the norm is ``|r_q(s x) - r_q(s y)|^2 / 2``.

    Parameters
    ----------
    encoding : Encoding, default=None
        ``None`` means `ReuploadingEncoding`.
    gamma : "scale" or float, default="scale"
        A number is a hyperparameter. With ``"scale"`` an estimator that is fitted uses 2 divided by
        the variance of the Bloch vectors of its training rows, summed over all components (as the
        ``gamma="scale"`` of `sklearn.svm.SVC`); a kernel called by itself knows no training rows
        and uses 6 divided by the number of qubits. Scale is the other half of a bandwidth, and 1
        by itself: ``SVC(kernel=ProjectedKernel())`` wants standardised features.
    group_size : "auto", int or None, default="auto"
        As in `FidelityKernel`, the Bloch vectors of all runs standing side by side; "auto" is one feature for two
        qubits, so that there are more components of the vectors than features.
    scale, weights, backend, n_jobs, scale_bounds, weights_bounds
        As in `FidelityKernel`.
    gamma_bounds : pair of float or "fixed", default=(1e-3, 1e3)

    References
    ----------
    H.-Y. Huang et al., Power of data in quantum machine learning, Nat. Commun. 12, 2631 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AngleEncoding, ProjectedKernel
    >>> X = np.array([[0.0], [np.pi / 2]])
    >>> ProjectedKernel(AngleEncoding(), gamma=1.0)(X).round(6)
    array([[1.      , 0.367879],
           [0.367879, 1.      ]])
    """

    features_per_qubit = 0.5

    def __init__(
        self,
        encoding=None,
        gamma="scale",
        scale=1.0,
        weights=None,
        backend=None,
        n_jobs=None,
        gamma_bounds=(1e-3, 1e3),
        scale_bounds=(1e-2, 1e2),
        weights_bounds=(-2 * np.pi, 2 * np.pi),
        group_size="auto",
    ):
        super().__init__(encoding, scale, weights, backend, n_jobs, group_size, scale_bounds, weights_bounds)
        self.gamma = gamma
        self.gamma_bounds = gamma_bounds

    @property
    def hyperparameter_gamma(self) -> Hyperparameter | None:
        """Width of the RBF kernel; None unless it is a number."""
        return Hyperparameter("gamma", "numeric", self.gamma_bounds) if is_number(self.gamma) else None

    @staticmethod
    def _compiled(backend, circuit) -> Program:
        # Weights are data too, so that derivatives come out row by row.
        return backend.compile(weights_as_data(circuit), one_qubit_paulis(circuit.num_qubits))

    @staticmethod
    def _joined(parts, n_features) -> Program:
        return JoinedProgram(parts, n_features)

    def auto_bandwidth(self, n_features) -> float:
        """Bandwidth for standardised features that suits the circuit of one group."""
        return natural_bandwidth(self.runs(n_features).circuits[:1])

    def _rows(self, X, w) -> np.ndarray:
        return np.concatenate([self._scaled(X), np.tile(w, (len(X), 1))], axis=1)

    def _bloch(self, X) -> np.ndarray:
        """Bloch vectors of all qubits, one after another: (n_samples, 3 n_qubits)."""
        runs = self.runs(X.shape[1])
        w = self._w(runs.n_weights)

        # Those of training rows come again: for gamma, for the matrix, and at each prediction.
        key = None if runs.cache_key is None else digest((runs.cache_key, self.scale, X, w))
        R = CACHE.find(key)
        if R is None:
            values = tiled_values(runs.program, self._rows(X, w), self._backend().generator(), self.n_jobs)
            R = CACHE.keep(key, values)
        return R

    def adapt(self, X, sample_weight=None) -> None:
        """Replace ``gamma="scale"`` by 2 / (summed variance of the rows' Bloch vectors)."""
        if isinstance(self.gamma, str):
            self._gamma(X.shape[1])  # refuses other words
            self.gamma = gamma_of_rows(self._bloch(X), sample_weight, 2.0)

    def _gamma(self, n_qubits) -> float:
        return checked_gamma(self.gamma, 6.0 / n_qubits)

    def _exponent(self, R, T) -> np.ndarray:
        return -0.5 * self._gamma(R.shape[1] // 3) * euclidean_distances(R, T, squared=True)

    def matrix(self, X, Y) -> np.ndarray:
        """Kernel matrix (n_samples_X, n_samples_Y)."""
        R, T = self._bloch(X), self._bloch(Y)
        # A product of an array with itself takes another way, and ends in other last bits, than one of equal arrays.
        return np.exp(self._exponent(R, T.copy() if T is R else T))

    def symmetric_matrix(self, X) -> np.ndarray:
        """Kernel matrix (n_samples, n_samples) from one set of Bloch vectors."""
        R = self._bloch(X)
        K = np.exp(self._exponent(R, R))
        return 0.5 * (K + K.T)  # equal but for rounding

    def pullback(self, X, A) -> np.ndarray:
        """Gradient (n_dims,) of ``sum_ij A_ij k(x_i, x_j)`` by ``theta``, in one sweep."""
        runs = self.runs(X.shape[1])
        w = self._w(runs.n_weights)
        R, pullback = runs.program.forward(self._rows(X, w), None, self._backend().generator())
        exponent = self._exponent(R, R)
        B = (A + A.T) * np.exp(exponent)
        dR = self._gamma(R.shape[1] // 3) * (B @ R - B.sum(axis=1, keepdims=True) * R)
        columns = pullback(dR)[0]
        return self._of_free(
            gamma=0.5 * np.sum(B * exponent),
            scale=np.sum(columns * self._directions(X, w)),
            weights=columns[:, X.shape[1] :].sum(axis=0),
        )

    def pullback_rows(self, X, Y, A) -> np.ndarray:
        runs, T = self.runs(X.shape[1]), self._bloch(Y)
        rows = self._rows(X, self._w(runs.n_weights))
        R, pullback = runs.program.forward(rows, None, self._backend().generator())
        B = self._gamma(R.shape[1] // 3) * A * np.exp(self._exponent(R, T))
        return self.scale * pullback(B @ T - B.sum(axis=1, keepdims=True) * R)[0][:, : X.shape[1]]

    def gradient(self, X) -> np.ndarray:
        """Gradient (n, n, n_dims), from one reverse sweep for each component of the vectors."""
        runs = self.runs(X.shape[1])
        w = self._w(runs.n_weights)
        R, pullback = runs.program.forward(self._rows(X, w), None, self._backend().generator())
        exponent, gamma = self._exponent(R, R), self._gamma(R.shape[1] // 3)
        K = np.exp(exponent)
        # J[o] is the derivative (n_samples, n_columns) of component o by all columns.
        J = [pullback(np.broadcast_to(e, R.shape))[0] for e in np.eye(R.shape[1])]
        slopes = {
            "gamma": lambda: [exponent * K],
            "scale": lambda: [self._slope(K, R, [np.sum(j * self._directions(X, w), axis=1) for j in J], gamma)],
            "weights": lambda: [self._slope(K, R, [j[:, X.shape[1] + k] for j in J], gamma) for k in range(len(w))],
        }
        parts = [slope for h in self._free() for slope in slopes[h.name]()]
        return np.stack(parts, axis=-1) if parts else np.empty((*K.shape, 0))

    def _directions(self, X, w) -> np.ndarray:
        """How the columns move with log(scale)."""
        return np.concatenate([self._scaled(X), np.zeros((len(X), len(w)))], axis=1)

    @staticmethod
    def _slope(K, R, dR, gamma) -> np.ndarray:
        """Derivative of the kernel matrix when the vectors R move along dR."""
        dR = np.stack(dR, axis=1)
        cross, own = R @ dR.T, np.sum(R * dR, axis=1)
        return -gamma * K * (own[:, None] + own - cross - cross.T)
