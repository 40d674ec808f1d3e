"""Backends around backends."""

from typing import Any, ClassVar

from qiskit import QuantumCircuit

from .._checks import check_kind
from .base import Backend
from .exact.backend import Exact


class Wrapper(Backend):
    """A backend around another one, its parameter ``backend`` (``None`` means `Exact`), which runs the circuits.

    Shots, noise, gates and threads are those of the backend inside. A subclass writes `compile`, by way of
    ``self.inner``.
    """

    _default_parts: ClassVar[dict] = {"backend": lambda self: Exact()}

    @property
    def inner(self) -> Backend:
        """The backend inside."""
        return check_kind("backend", self._part("backend"), Backend, "None or a Backend, such as Noisy(noise_model)")

    @property
    def runner(self) -> Backend:
        """The innermost backend."""
        return self.inner.runner

    @property
    def shots(self) -> int | None:  # type: ignore[override]  # a parameter elsewhere
        """Shots of the backend inside."""
        return self.inner.shots

    @property
    def threads(self) -> int | None:  # type: ignore[override]
        """Threads of the backend inside."""
        return self.inner.threads

    @property
    def noise(self) -> Any:
        """Noise model of the backend inside."""
        return self.inner.noise

    @property
    def misread(self) -> bool:
        """Whether the readout of the backend inside errs."""
        return self.inner.misread

    @property
    def native_gates(self) -> list[str]:
        """Gates of the backend inside."""
        return self.inner.native_gates

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit as the backend inside runs it."""
        return self.inner.prepare(circuit)

    @property
    def random(self) -> bool:
        """Whether the backend inside draws shots."""
        return self.inner.random

    @property
    def seed(self) -> Any:
        """Seed of the backend inside."""
        return self.inner.seed

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if the backend inside can surely not run circuits of so many qubits."""
        self.inner.check_width(n_qubits)

    def replaced(self, **params: Any) -> Backend:
        """A copy in which some parameters have other values: its own, or else those of the backend inside."""
        if params.keys() <= self.get_params(deep=False).keys():
            return super().replaced(**params)
        return super().replaced(backend=self.inner.replaced(**params))
