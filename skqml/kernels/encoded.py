"""What kernels have in common that encode scaled features."""

from abc import abstractmethod
from numbers import Number
from typing import ClassVar

import numpy as np
from sklearn.gaussian_process.kernels import Hyperparameter

from .._checks import check_count, check_number, check_numbers
from ..backends.base import Backend
from ..backends.exact.backend import Exact
from ..circuits import Encoding, Observable, ReuploadingEncoding
from ..engine.reading.bandwidth import natural_bandwidth
from ..engine.reading.lower import split_parameters
from .base import QuantumKernel
from .split import Part

_COVERED = {"encoding", "scale", "weights", "backend", "n_jobs"}  # by the arrays of `EncodedKernel.cache_key`


class EncodedKernel(QuantumKernel):
    """What kernels have in common that encode ``scale * X`` with some weights.

    Many features are dealt out to several runs of a circuit; a subclass says to how many a qubit.
    """

    features_per_qubit = 1.0
    linear_hyperparameters = ("weights",)
    _default_parts: ClassVar[dict] = {"encoding": lambda self: ReuploadingEncoding(), "backend": lambda self: Exact()}

    @property
    def hyperparameter_scale(self):
        """Factor of all features."""
        return Hyperparameter("scale", "numeric", self.scale_bounds)

    @property
    def hyperparameter_weights(self):
        """Trainable angles of the encoding; None unless given."""
        if self.weights is None:
            return None
        return Hyperparameter("weights", "numeric", self.weights_bounds, np.size(self.weights))

    def auto_bandwidth(self, n_features):
        """Bandwidth for standardised features that suits the circuits of all groups; see `natural_bandwidth`."""
        return natural_bandwidth(self._circuits(n_features))

    def groups(self, n_features) -> list[int]:
        """Numbers of features of the runs of the circuit to which a row is dealt out, as even as can be."""
        size = self._group_size(n_features)
        n_groups = -(-n_features // size)
        few, more = divmod(n_features, n_groups)
        return [few + 1] * more + [few] * (n_groups - more)

    def _group_size(self, n_features) -> int:
        size, encoding = self.group_size, self._encoding()
        if isinstance(size, str) and size == "auto":
            size = max(1, int(self.features_per_qubit * encoding.width(n_features))) if encoding.divisible else None
        return n_features if size is None else check_count("group_size", size)

    @property
    def limit(self):
        """That of the encoding, divided by the scale."""
        return self._encoding().limit / check_number("scale", self.scale)

    def _encoding(self):
        return self._checked_part("encoding", Encoding)

    def _backend(self):
        return self._checked_part("backend", Backend)

    def _checked_part(self, name, kind):
        part = self._part(name)
        if not isinstance(part, kind):
            raise TypeError(
                f"The {name!r} parameter of {type(self).__name__} must be None or an instance of "
                f"{kind.__name__}, such as {self._default_parts[name](self)!r}. Got {type(part).__name__} instead."
            )
        return part

    def _scaled(self, X):
        """Rows that the encoding takes: those given, times the scale."""
        return check_number("scale", self.scale) * X

    @abstractmethod
    def _compile(self, circuit):
        """What the kernel computes with: a program, or overlaps."""

    @abstractmethod
    def _joined(self, parts, n_features):
        """What the kernel computes with where a row is dealt out to several runs."""

    def circuit(self, n_features):
        """Circuit of so many features, or of the first and largest group of them.

        ValueError, before it is drawn, where it is too wide for the backend.
        """
        return self._circuits(n_features)[0]

    def _circuits(self, n_features) -> list:
        """Circuits of all groups, one object for all of one size."""
        groups, encoding = self.groups(n_features), self._encoding()
        self._backend().check_width(max(encoding.width(n) for n in set(groups)))
        drawn = {n: encoding.build(n) for n in set(groups)}
        return [drawn[n] for n in groups]

    def n_qubits(self, n_features):
        """Number of qubits for so many features, those of all runs together."""
        return sum(self._encoding().width(n) for n in self.groups(n_features))

    def initial_weights(self, n_features):
        """Weights in use: those given, else drawn with a fixed seed."""
        return self._compiled(n_features)[1]

    def _w(self, n_weights):
        if self.weights is not None:
            w = np.atleast_1d(check_numbers("weights", self.weights, (0, 1)))
            if len(w) != n_weights:
                raise ValueError(f"weights must be {n_weights} numbers, as the circuit has weights, got {len(w)}.")
            return w
        if not n_weights:
            return np.empty(0)
        return np.random.default_rng(0).uniform(0.0, 2 * np.pi, n_weights)

    def _compiled(self, n_features):
        """What `_compile` gives, kept as long as the parameters are the same."""
        encoding, backend = fixed_parameters(self._encoding()), hashable_parameters(self._backend())
        key = (n_features, self.group_size, encoding, backend)
        kept = getattr(self, "_kept", (None,))
        if None in (encoding, backend) or kept[0] != key:
            kept = self._kept = (key, *self._compile_groups(n_features))
        return kept[1], self._w(kept[2])

    def _compile_groups(self, n_features):
        """What the kernel computes with, and the number of its weights."""
        groups, circuits = self.groups(n_features), self._circuits(n_features)
        distinct = dict(zip(groups, circuits, strict=True))
        compiled = {n: self._compile(circuit) for n, circuit in distinct.items()}
        n_weights = {n: len(split_parameters(circuit)[1]) for n, circuit in distinct.items()}
        if len(groups) == 1:
            return compiled[n_features], n_weights[n_features]
        ends = np.cumsum([(n, n_weights[n]) for n in groups], axis=0)
        parts = [
            Part(compiled[n], slice(end - n, end), slice(last - n_weights[n], last))
            for n, (end, last) in zip(groups, ends.tolist(), strict=True)
        ]
        return self._joined(parts, n_features), int(ends[-1, 1])

    def __getstate__(self):
        return {name: value for name, value in self.__dict__.items() if name != "_kept"}

    @property
    def noisy(self):
        """Whether the backend is not exact."""
        return not self._backend().exact

    @property
    def random(self):
        """Whether the backend draws shots."""
        return self._backend().random

    def is_positive_semidefinite(self):
        """Whether the backend is exact."""
        return not self.noisy

    def cache_key(self, X, Y):
        """Compiled arrays, scaled rows and weights; None if shots are drawn without a seed."""
        compiled, w = self._compiled(X.shape[1])
        arrays = compiled.cache_key()
        if arrays is None:
            return None
        Y = Y if Y is None else self._scaled(Y)
        cls, params = type(self), self.get_params(deep=False)
        own = {name: value for name, value in params.items() if name not in _COVERED and "_bounds" not in name}
        return f"{cls.__module__}.{cls.__qualname__}", arrays, own, self._scaled(X), Y, w


def hashable_parameters(estimator):
    """Parameters as a hashable value, None if some do not hash: those may change unseen."""
    params: list[tuple] = []
    for name, value in sorted(vars(estimator).items()):
        if hasattr(value, "get_params") and not isinstance(value, type):
            value = hashable_parameters(value)
            if value is None:
                return None
        params.append((name, value))
    try:
        hash(tuple(params))
    except TypeError:
        return None
    return type(estimator), tuple(params)


def fixed_parameters(encoding):
    """Parameters as a hashable value, None if one is an object that may change unseen, as those of a user's own may."""
    values = [v for v in vars(encoding).values() if not isinstance(v, Encoding)]
    inner = [fixed_parameters(v) for v in vars(encoding).values() if isinstance(v, Encoding)]
    return hashable_parameters(encoding) if all(map(_is_fixed, values)) and None not in inner else None


def _is_fixed(value) -> bool:
    if isinstance(value, (tuple, frozenset)):
        return all(map(_is_fixed, value))
    return value is None or isinstance(value, (Number, str, bytes, type, Observable))
