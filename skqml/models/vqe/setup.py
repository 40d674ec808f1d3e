"""What gives the energies of Hamiltonians."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

from ...backends.base import Backend
from ...backends.program import Program
from ...backends.redrawn import Drawing
from ...circuits import Observable
from ...engine.reading.occurrences import weights_as_data
from ...mitigation import ZNE
from ...states import CheckedState, instance, number
from .energy import Energies, draw_ansatz
from .hamiltonians import PauliSums


@dataclass(frozen=True)
class Setup(CheckedState):
    """A circuit and a backend, with its noise and without, that give the energies of some Hamiltonians.

    Attributes
    ----------
    drawing : Drawing
        Of an ansatz.
    backend : Backend
    zne : ZNE
        The backend with its noise extrapolated away.
    unit : float
        Of all energies.
    sums : PauliSums
        The Hamiltonians of the fit, in this unit.
    """

    drawing: Drawing
    backend: Backend
    zne: ZNE
    unit: float
    sums: PauliSums

    _contents: ClassVar[dict] = {
        "drawing": instance(Drawing, n_weights="n_weights"),
        "backend": instance(Backend),
        "zne": instance(ZNE),
        "unit": number(0),
        "sums": instance(PauliSums, n_operators="n_operators"),
    }

    @property
    def ansatz(self) -> Any:
        """What draws the circuit."""
        return self.drawing.given[0]

    @cached_property
    def program(self) -> Program:
        """Values of the Pauli strings of the Hamiltonians."""
        return self._compile(self.sums.labels)

    def energies(self, sums: PauliSums) -> Energies:
        """Energies of Hamiltonians in this unit."""
        return Energies(self.program if sums.labels == self.sums.labels else self._compile(sums.labels), sums)

    def grown(self) -> Self:
        """The same with an ansatz of one layer more."""
        return replace(self, drawing=Drawing(draw_ansatz, self.ansatz.with_layer(), self.drawing.n_qubits))

    def _compile(self, labels) -> Program:
        """Program for the values of Pauli strings; weights are its data."""
        return self.backend.compile(weights_as_data(self.drawing.circuit), [Observable(label) for label in labels])
