"""Zero-noise extrapolation: a backend around a backend."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from qiskit import QuantumCircuit

from .._checks import check_callable
from ..backends import Backend, Cost, Overlaps, Wrapper
from ..engine.reading.lower import split_parameters
from .counted import limit_of_counts, limit_slopes
from .extrapolation import nan_where_unknown, richardson, scales_needed
from .folding import check_scale, fold_global, with_inverses
from .programs import SeveralPrograms, sum_of_gradients
from .regressors import regress


class ZNE(Wrapper):
    r"""Results at several noise scales, extrapolated to no noise.

    The circuit is folded and compiled once for each scale. A call runs all scales and extrapolates
    each expectation value, or each fidelity, on its own; fidelities are clipped to [0, 1]. With
    ``scales=(1,)`` and Richardson's rule results are those of the backend itself.

    Parameters
    ----------
    backend : Backend, default=None
        Whose noise is to go; ``None`` means `Exact`, which has none.
    scales : sequence of float, default=(1, 3, 5)
        Distinct, at least 1. Under folds of gates odd ones are the best: only they grow the
        noise of all gates alike.
    fold : callable (circuit, backend, scale) -> (circuit, backend), default=fold_global
        If the circuit has ``metadata["noise_scale"]``, that is the scale that extrapolation goes by.
    extrapolate : callable (scales, values, errors) -> (value, error), or regressor, default=richardson
        An extrapolator, or any scikit-learn regressor, which is fitted to (scale, value) for each
        entry.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit_aer import AerSimulator
    >>> from qiskit_aer.noise import NoiseModel, depolarizing_error
    >>> from skqml import Aer, all_z
    >>> from skqml import ZNE
    >>> noise = NoiseModel()
    >>> noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 1), ["x"])
    >>> noisy = Aer(AerSimulator(noise_model=noise))
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.x(0)
    >>> rows = np.zeros((1, 0))
    >>> noisy.compile(qc, all_z(1))(rows).round(6), ZNE(noisy).compile(qc, all_z(1))(rows).round(4)
    (array([[-0.98]]), array([[-1.]]))
    """

    def __init__(self, backend=None, scales=(1, 3, 5), fold=fold_global, extrapolate=richardson):
        self.backend = backend
        self.scales = scales
        self.fold = fold
        self.extrapolate = extrapolate

    def compile(self, circuit, observables) -> "ZNEProgram":
        """Return a program that extrapolates; see `Backend.compile`."""
        return ZNEProgram(self, circuit, observables)

    def compile_overlaps(self, circuit) -> "ZNEOverlaps":
        """Return extrapolated fidelities; U and U^-1 are folded apart."""
        return ZNEOverlaps(self, circuit)

    def extrapolator(self) -> Callable:
        """The extrapolator as a function, whatever was given."""
        if hasattr(self.extrapolate, "fit") and hasattr(self.extrapolate, "predict"):
            return partial(regress, regressor=self.extrapolate)
        what = "a function (scales, values, errors) -> (value, error) or a scikit-learn regressor"
        return check_callable("extrapolate", self.extrapolate, what)

    def folded(self, circuit: QuantumCircuit) -> list[tuple[float, QuantumCircuit, Backend]]:
        """Realised scale, circuit and backend for each scale; nothing has run."""
        base, asked = self.inner, self._checked_scales()
        check_callable("fold", self.fold, "a function (circuit, backend, scale) -> (circuit, backend)")
        split_parameters(circuit)  # refuses what is no circuit
        if "noise_scale" in (circuit.metadata or {}):  # of another fold, around this one
            circuit = circuit.copy()
            circuit.metadata = {}
        folds = []
        for scale in asked:
            folded, backend = self.fold(circuit, base, scale)
            folds.append(((folded.metadata or {}).get("noise_scale", scale), folded, backend))
        realised = [scale for scale, _, _ in folds]
        if len(set(realised)) < len(realised):
            raise ValueError(
                f"Expected scales that folds of this circuit can tell apart, but {asked} become "
                f"{[round(s, 3) for s in realised]}; use scales further apart, such as (1, 3, 5)."
            )
        return folds

    def _checked_scales(self) -> list[float]:
        try:
            scales = [check_scale(scale) for scale in self.scales]
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"The 'scales' parameter of ZNE must be a sequence of numbers of at least 1, the noise as it is, "
                f"and at most 1000, got {self.scales!r}."
            ) from error
        needed = max(1, scales_needed(self.extrapolator()))
        if len(set(scales)) < needed or len(set(scales)) < len(scales):
            raise ValueError(
                f"The 'scales' parameter of ZNE must be distinct numbers, and at least {needed} for this "
                f"extrapolator, got {self.scales!r}."
            )
        return scales


class _Extrapolation:
    """Realised scales and an extrapolator, with its derivative."""

    def __init__(self, zne: ZNE, scales: Sequence[float]):
        self.scales = np.array(scales, dtype=float)
        self._extrapolate = zne.extrapolator()
        self._source = type(zne.runner).__name__

    def __call__(self, values, errors=None) -> tuple[np.ndarray, np.ndarray]:
        """Limit and its standard error, both (...), of values (n_scales, ...)."""
        value, error = self._extrapolate(self.scales, values, errors)
        return np.asarray(value), np.asarray(error)

    def stacked(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Values (n_scales, ...), unless some are what no extrapolation can repair."""
        for scale, block in zip(self.scales, values, strict=True):
            if not np.isfinite(block).all():
                raise ValueError(
                    f"Expected finite values from {self._source}, but at noise scale {scale:g} some are NaN or "
                    "infinite; see that backend's own messages."
                )
        return np.stack(values)

    def slopes(self, values) -> np.ndarray:
        """Derivatives (n_scales, ...) of the limit by each value."""
        return limit_slopes(self._extrapolate, self.scales, values)

    def of_counts(self, values, errors) -> tuple[np.ndarray, np.ndarray]:
        """Limit and its standard error, both (...), of values whose errors come from the same shots."""
        value, error = limit_of_counts(self._extrapolate, self.scales, values, errors)
        return np.asarray(value), np.asarray(error)


class ZNEProgram(SeveralPrograms):
    """Expectation values extrapolated to no noise.

    Parameters
    ----------
    backend : ZNE
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable

    Attributes
    ----------
    scales : ndarray (n_scales,)
        Those that were realised.
    programs : list of Program
        One a scale.
    """

    def __init__(self, backend: ZNE, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        folds = backend.folded(circuit)
        self._extrapolation = _Extrapolation(backend, [scale for scale, _, _ in folds])
        self.programs = [base.compile(folded, self.observables) for _, folded, base in folds]

    @property
    def scales(self) -> np.ndarray:
        """Realised scales (n_scales,)."""
        return self._extrapolation.scales

    def _joined(self, found):
        values = self._extrapolation.stacked(found)
        return self._extrapolation(values)[0], lambda g: list(self._extrapolation.slopes(values) * g)

    def scaled_values(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_scales, n_samples, n_observables) at each noise scale."""
        return self._extrapolation.stacked(self._each(X, w, rng))

    def scaled_estimates(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values at each noise scale and their standard errors, both (n_scales, n_samples, n_observables)."""
        values, errors = self._estimates(X, w, rng)
        return self._extrapolation.stacked(values), np.stack(errors)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Extrapolated values and their standard errors.

        Points weigh the same: shots that happen to be alike tell little of how exact their mean is.

        Errors that are not known are NaN, with a warning: those of `neural_network` and of regressors without shots,
        and all where a readout errs that `ReadoutMitigation` does not correct, as its bias is the same at all scales.
        """
        value, error = self._extrapolation.of_counts(*self.scaled_estimates(X, w, rng))
        return value, nan_where_unknown(error, self.backend)


class ZNEOverlaps(Overlaps):
    """Fidelities extrapolated to no noise, entry by entry, and clipped to [0, 1].

    Parameters
    ----------
    backend : ZNE
    circuit : QuantumCircuit
    """

    def __init__(self, backend: ZNE, circuit: QuantumCircuit):
        self.backend = backend
        folds = with_inverses(backend.folded, circuit)
        self._extrapolation = _Extrapolation(backend, [scale for scale, _, _ in folds])
        self._overlaps = [base.compile_overlaps(folded) for _, folded, base in folds]

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """That of all scales; see `Overlaps.cost`. A derivative takes the fidelities too."""
        kinds = (False, True) if gradient else (False,)
        return sum((o.cost(n_rows, n_columns, kind) for o in self._overlaps for kind in kinds), Cost())

    def _limit(self, run, rng) -> np.ndarray:
        """Clipped limit of what ``run(overlaps, rng)`` gives at each scale."""
        return np.clip(self._extrapolation(self._values(run, rng))[0], 0.0, 1.0)

    def _values(self, run, rng) -> np.ndarray:
        rng = self.backend.generator() if rng is None else rng
        return self._extrapolation.stacked([run(overlaps, rng) for overlaps in self._overlaps])

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m)."""
        return self._limit(lambda overlaps, rng: overlaps(X, Y, w, rng), rng)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        return self._limit(lambda overlaps, rng: overlaps.paired(X, Y, w, rng), rng)

    def _slopes(self, X, w, rng) -> np.ndarray:
        """Derivatives (n_scales, n, n) of the clipped limits by the fidelities of X at each scale."""
        values = self._values(lambda overlaps, rng: overlaps(X, None, w, rng), rng)
        limits = self._extrapolation(values)[0]
        return self._extrapolation.slopes(values) * ((limits > 0) & (limits < 1))

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative of the fidelities in one direction; see `Overlaps.tangent`."""
        rng = self.backend.generator() if rng is None else rng
        slopes = self._slopes(X, w, rng)
        parts = [overlaps.tangent(X, w, dX, dw, rng) for overlaps in self._overlaps]
        return np.sum(slopes * parts, axis=0)

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of a weighted sum of the fidelities; see `Overlaps.pullback`."""
        rng = self.backend.generator() if rng is None else rng
        slopes = self._slopes(X, w, rng)
        return sum_of_gradients(
            [overlaps.pullback(X, w, A * slope, rng) for slope, overlaps in zip(slopes, self._overlaps, strict=True)]
        )
