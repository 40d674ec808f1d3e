"""What kernels have in common that encode scaled features."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone

from .._checks import check_count, check_number, check_numbers
from ..backends import Backend, Exact
from ..backends.redrawn import refuse_others
from ..circuits import Encoding, ProductEncoding, ReuploadingEncoding
from ..engine.reading.bandwidth import natural_bandwidth
from ..states import nullable, optional, text
from .fourier import FourierKernel
from .runs import KernelRuns, Same, frozen_parameters, hashed, refused
from .scaled import ScaledKernel
from .split import RowPart

_COVERED = {"encoding", "weights", "backend", "n_jobs"}  # by the other parts of `EncodedKernel.cache_key`


class DealtFeatures(ScaledKernel):
    """What kernels have in common that deal out the features of a row to runs of a circuit.

    The circuits are drawn once and kept. A subclass says to how many features a qubit.
    """

    features_per_qubit = 1.0
    _owns = False  # what its parameters hold; see `own`
    _mark: str | None = None  # of the runs that an estimator's copy was fitted with, until they are drawn again
    _contents: ClassVar[dict] = {"_mark": optional(nullable(text(r"\d+ \w+")))}
    _kept: tuple[tuple, KernelRuns] | None = None
    _found_again = frozenset({"_kept"})
    _default_parts: ClassVar[dict] = {"encoding": lambda self: ReuploadingEncoding(), "backend": lambda self: Exact()}

    def groups(self, n_features) -> list[int]:
        """Numbers of features of the runs of the circuit to which a row is dealt out, as even as can be."""
        size = self._group_size(n_features)
        n_groups = -(-n_features // size)
        few, more = divmod(n_features, n_groups)
        return [few + 1] * more + [few] * (n_groups - more)

    def n_runs(self, n_features) -> int:
        """Number of groups."""
        return len(self.groups(n_features))

    def _group_size(self, n_features) -> int:
        size, encoding = self.group_size, self._encoding()
        if isinstance(size, str) and size == "auto":
            size = max(1, int(self.features_per_qubit * encoding.width(n_features))) if encoding.divisible else None
        return n_features if size is None else check_count("group_size", size)

    def _encoding(self) -> Encoding:
        return self._checked_part("encoding", Encoding)

    def _backend(self) -> Backend:
        return self._checked_part("backend", Backend)

    def check_parts(self) -> None:
        self._backend()
        if self._encoding().width(1) > 0 and not (isinstance(self.group_size, str) and self.group_size == "auto"):
            self._group_size(1)

    def _checked_part(self, name, kind) -> Any:
        part = self._part(name)
        if not isinstance(part, kind):
            raise TypeError(
                f"The {name!r} parameter of {type(self).__name__} must be None or an instance of "
                f"{kind.__name__}, such as {self._default_parts[name](self)!r}. Got {type(part).__name__} instead."
            )
        return part

    @staticmethod
    @abstractmethod
    def _compiled(backend: Backend, circuit: QuantumCircuit) -> Any:
        """What the kernel computes with: a program, or overlaps."""

    @staticmethod
    @abstractmethod
    def _joined(parts: Sequence[RowPart], n_features: int) -> Any:
        """What the kernel computes with where a row is dealt out to several runs."""

    def circuit(self, n_features) -> QuantumCircuit:
        """Circuit of so many features, or of the first and largest group of them.

        ValueError, before it is drawn, where it is too wide for the backend.
        """
        return self.runs(n_features).circuits[0].copy()

    def own(self) -> None:
        """Keep circuits also where the encoding or the backend holds objects that somebody else could change unseen."""
        self._owns = True

    def runs(self, n_features) -> KernelRuns:
        """The circuits of so many features, the same object as long as the parameters are the same."""
        encoding, backend = self._encoding(), self._backend()
        frozen = (
            frozen_parameters(encoding, Same if self._owns else refused),
            frozen_parameters(backend, Same if self._owns else hashed),
        )
        key = n_features, self.group_size, *frozen
        kept = self._kept  # read once: another thread may put its own there
        if None not in frozen and kept is not None and kept[0] == key:
            return kept[1]
        groups = self.groups(n_features)
        backend.check_width(max(map(encoding.width, set(groups))))
        drawn = {n: encoding.build(n) for n in set(groups)}
        runs = KernelRuns(groups, [drawn[n] for n in groups], partial(self._compiled, backend), self._joined)
        if self._mark is not None and int(self._mark.split()[0]) == n_features:
            refuse_others(self._mark, runs.mark)
            self._mark = None
        self._kept = key, runs
        return runs

    def __getstate__(self) -> dict[str, Any]:
        state, kept = super().__getstate__(), self._kept
        return state | {"_mark": kept[1].mark} if self._owns and kept is not None else state

    def n_qubits(self, n_features) -> int:
        """Number of qubits for so many features, those of all runs together."""
        return sum(self._encoding().width(n) for n in self.groups(n_features))


class EncodedKernel(DealtFeatures):
    """What kernels have in common that encode ``scale * X`` with some weights."""

    def __init__(self, encoding, scale, weights, backend, n_jobs, group_size, scale_bounds, weights_bounds):
        self.encoding = encoding
        self.scale = scale
        self.weights = weights
        self.backend = backend
        self.n_jobs = n_jobs
        self.group_size = group_size
        self.scale_bounds = scale_bounds
        self.weights_bounds = weights_bounds

    def auto_bandwidth(self, n_features) -> float:
        """Bandwidth for standardised features that suits the circuits of all groups; see `natural_bandwidth`."""
        return natural_bandwidth(self.runs(n_features).circuits)

    @property
    def limit(self) -> float:
        """That of the encoding, divided by the scale."""
        return self._encoding().limit / check_number("scale", self.scale)

    def _scaled(self, X) -> np.ndarray:
        """Rows that the encoding takes: those given, times the scale."""
        return check_number("scale", self.scale) * X

    def without_entanglers(self) -> Self:
        """Return this kernel with a `ProductEncoding` around its encoding."""
        return clone(self).set_params(encoding=ProductEncoding(self._encoding()))

    def surrogate(self) -> FourierKernel:
        """Return random Fourier features with the frequencies of this kernel's encoding."""
        return FourierKernel(clone(self))

    def initial_weights(self, n_features) -> np.ndarray:
        """Weights in use: those given, else drawn with a fixed seed."""
        return self._w(self.runs(n_features).n_weights)

    def _w(self, n_weights) -> np.ndarray:
        if self.weights is not None:
            w = np.atleast_1d(check_numbers("weights", self.weights, (0, 1)))
            if len(w) != n_weights:
                raise ValueError(f"weights must be {n_weights} numbers, as the circuit has weights, got {len(w)}.")
            return w
        if not n_weights:
            return np.empty(0)
        return np.random.default_rng(0).uniform(0.0, 2 * np.pi, n_weights)

    @property
    def noisy(self) -> bool:
        """Whether the backend is not exact."""
        return not self._backend().exact

    @property
    def random(self) -> bool:
        """Whether the backend draws shots."""
        return self._backend().random

    def is_positive_semidefinite(self) -> bool:
        """Whether the backend is exact."""
        return not self.noisy

    def cache_key(self, X, Y) -> tuple | None:
        """Compiled arrays, parameters, rows and weights; None if shots are drawn without a seed."""
        runs = self.runs(X.shape[1])
        if runs.cache_key is None:
            return None
        cls, params = type(self), self.get_params(deep=False)
        own = {name: value for name, value in params.items() if name not in _COVERED and "_bounds" not in name}
        return f"{cls.__module__}.{cls.__qualname__}", runs.cache_key, own, X, Y, self._w(runs.n_weights)
