"""A program that a fitted model keeps, and what it was compiled from."""

from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit

from ..files.parts import as_parts
from .base import Backend
from .program import Cost, FixedRows, Program, Pullback


class KeptProgram(Program):
    """A program that travels as what it was compiled from, and is compiled again where it is used.

    So no file of a model holds anything compiled, and a model of one version of the engine runs on the next.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    observables : SparsePauliOp or Observable, or a sequence of them
    """

    def __init__(self, backend: Backend, circuit: QuantumCircuit, observables) -> None:
        self._origin = backend, circuit, observables
        self._compiled  # noqa: B018  what cannot be compiled is refused here

    @cached_property
    def _compiled(self) -> Program:
        backend, circuit, observables = self._origin
        return backend.compile(circuit, observables)

    @property
    def circuit(self) -> QuantumCircuit:
        """What was compiled."""
        return self._origin[1]

    def on(self, backend: Backend) -> "KeptProgram":
        """The same circuit and observables, compiled by another backend."""
        return KeptProgram(backend, *self._origin[1:])

    def __getstate__(self) -> dict:
        return {"_origin": as_parts(self._origin)}

    def __copy__(self) -> "KeptProgram":
        return self

    @property
    def n_features(self) -> int:  # type: ignore[override]
        """Columns of X."""
        return self._compiled.n_features

    @property
    def n_weights(self) -> int:  # type: ignore[override]
        """Length of w."""
        return self._compiled.n_weights

    @property
    def n_observables(self) -> int:  # type: ignore[override]
        """Columns of the values."""
        return self._compiled.n_observables

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values; see `Program.__call__`."""
        return self._compiled(X, w, rng)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values and their pullback; see `Program.forward`."""
        return self._compiled.forward(X, w, rng)

    def fix_rows(self, X) -> FixedRows:
        """Rows of a training, which ask the compiled program itself."""
        return self._compiled.fix_rows(X)

    def cost(self, n_rows, gradient=False) -> Cost:
        """What so many rows take; see `Program.cost`."""
        return self._compiled.cost(n_rows, gradient)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values and standard errors; see `Program.estimate`."""
        return self._compiled.estimate(X, w, rng)

    def cache_key(self) -> tuple | None:
        """All that results depend on; see `Program.cache_key`."""
        return self._compiled.cache_key()
