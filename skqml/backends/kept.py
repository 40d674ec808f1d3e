"""A program that a fitted model keeps, and what it was compiled from."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from .._checks import shown
from ..circuits import Observable
from ..files.stand_ins import as_parts
from ..states import CheckedState, instance
from .base import Backend
from .program import Cost, FixedRows, Program, Pullback
from .redrawn import Drawing


class KeptProgram(CheckedState, Program):
    """A program that travels as what it was compiled from, and is drawn and compiled again where it is used.

    So no file of a model holds anything compiled, and a model of one version of the engine runs on the next.

    Parameters
    ----------
    backend : Backend
    drawing : Drawing
    observables : SparsePauliOp or Observable, or a sequence of them
    """

    _contents: ClassVar[dict] = {"_origin": instance(tuple)}

    def _check_whole(self):
        backend, drawing, _ = self._origin
        wide = {o.num_qubits if isinstance(o, SparsePauliOp) else o.n_qubits for o in self._observables}
        if not isinstance(backend, Backend) or not isinstance(drawing, Drawing) or wide != {drawing.n_qubits}:
            raise ValueError(f"no backend, drawing and observables that go together, but {shown(self._origin)}")

    def __init__(self, backend: Backend, drawing: Drawing, observables) -> None:
        self._origin = backend, drawing, observables
        self._compiled  # noqa: B018  what cannot be compiled is refused here

    @cached_property
    def _compiled(self) -> Program:
        backend, drawing, observables = self._origin
        return backend.compile(drawing.circuit, observables)

    @property
    def backend(self) -> Backend:
        """What has compiled it."""
        return self._origin[0]

    @property
    def circuit(self) -> QuantumCircuit:
        """What was compiled."""
        return self._origin[1].circuit

    @property
    def n_qubits(self) -> int:
        """Of the circuit, which need not be drawn for it, nor for the other numbers."""
        return self._origin[1].n_qubits

    def on(self, backend: Backend) -> "KeptProgram":
        """The same circuit and observables, compiled by another backend."""
        return KeptProgram(backend, *self._origin[1:])

    def __getstate__(self) -> dict:
        return {"_origin": as_parts(self._origin)}

    @property
    def _observables(self) -> Sequence:
        given = self._origin[2]
        return [given] if isinstance(given, (SparsePauliOp, Observable)) else given

    def __copy__(self) -> "KeptProgram":
        return self

    @property
    def n_features(self) -> int:  # type: ignore[override]
        """Columns of X."""
        return self._origin[1].n_features

    @property
    def n_weights(self) -> int:  # type: ignore[override]
        """Length of w."""
        return self._origin[1].n_weights

    @property
    def n_observables(self) -> int:  # type: ignore[override]
        """Columns of the values."""
        return len(self._observables)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values; see `Program.__call__`."""
        return self._compiled(X, w, rng)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values and their pullback; see `Program.forward`."""
        return self._compiled.forward(X, w, rng)

    def forward_rows(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values and their pullback to rows; see `Program.forward_rows`."""
        return self._compiled.forward_rows(X, w, rng)

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values and their pullback to weights; see `Program.forward_weights`."""
        return self._compiled.forward_weights(X, w, rng)

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
