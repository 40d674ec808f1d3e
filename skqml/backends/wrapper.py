"""Backends around backends."""

from operator import attrgetter
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

    runner: Any = property(attrgetter("inner.runner"), doc="The innermost backend.")
    shots: Any = property(attrgetter("inner.shots"), doc="Shots of the backend inside.")
    random: Any = property(attrgetter("inner.random"), doc="Whether the backend inside draws shots.")
    seed: Any = property(attrgetter("inner.seed"), doc="Seed of the backend inside.")
    threads: Any = property(attrgetter("inner.threads"), doc="Threads of the backend inside.")
    noise: Any = property(attrgetter("inner.noise"), doc="Noise model of the backend inside.")
    misread: Any = property(attrgetter("inner.misread"), doc="Whether the readout of the backend inside errs.")
    native_gates: Any = property(attrgetter("inner.native_gates"), doc="Gates of the backend inside.")

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit as the backend inside runs it."""
        return self.inner.prepare(circuit)

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if the backend inside can surely not run circuits of so many qubits."""
        self.inner.check_width(n_qubits)

    def replaced(self, **params: Any) -> Backend:
        """A copy in which some parameters have other values: its own, or else those of the backend inside."""
        if params.keys() <= self.get_params(deep=False).keys():
            return super().replaced(**params)
        return super().replaced(backend=self.inner.replaced(**params))
