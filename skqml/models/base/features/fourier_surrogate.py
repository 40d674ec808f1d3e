"""What classical surrogates of transformers have in place of circuits."""

from functools import cached_property
from typing import ClassVar

from ....backends.redrawn import Drawing
from ....engine.reading.angles import Tape, data_angles
from ....states import instance
from .fourier_twin import FourierTwin


class FourierSurrogate(FourierTwin):
    """Random Fourier features with the frequencies of a circuit, as many as it has observables, in its place.

    ``sqrt(2 / D) cos(M a(z) + b)`` with a(z) the angles of all gates through which inputs z enter, and random vectors
    of -1, 0 and 1 in M, as in `FourierKernel`. It stands left of the transformer, whose parameters it has.

    References
    ----------
    F. J. Schreiber, J. Eisert and J. J. Meyer, Classical surrogates for quantum learning models, Phys. Rev. Lett. 131,
    100803 (2023).
    """

    _contents: ClassVar[dict] = {"_drawing": instance(Drawing)}

    def _drawn(self, X, n_inputs, n_outputs, rng):
        self._drawing = self._draw(n_inputs)
        self.__dict__.pop("_tape", None)  # of the fit before
        tape = self._tape
        if not len(tape.inputs):
            raise ValueError("surrogate needs a circuit whose data are angles of gates, got one without such angles.")
        self.weights_ = self._angles(tape.n_weights)
        shape = len(tape.constant), n_outputs
        return (rng.randint(2, size=shape) - rng.randint(2, size=shape)).astype(float)

    def _seen(self, Z):
        tape = self._tape
        return tape.values(tape.inputs_from(Z, self.weights_))

    @cached_property
    def _tape(self) -> Tape:
        return data_angles(self._drawing.circuit)
