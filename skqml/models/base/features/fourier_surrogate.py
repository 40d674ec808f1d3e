"""What classical surrogates of transformers have in place of circuits."""

from ....engine.reading.angles import Tape, data_angles
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

    def _drawn(self, X, n_inputs, n_outputs, rng):
        tape = self._tape(n_inputs)
        if not len(tape.inputs):
            raise ValueError("surrogate needs a circuit whose data are angles of gates, got one without such angles.")
        self.weights_ = self._angles(tape.n_weights)
        shape = len(tape.constant), n_outputs
        return (rng.randint(2, size=shape) - rng.randint(2, size=shape)).astype(float)

    def _seen(self, Z):
        tape = self._tape(Z.shape[1])
        return tape.values(tape.inputs_from(Z, self.weights_))

    def _tape(self, n_inputs: int) -> Tape:
        return data_angles(self._draw(n_inputs).circuit)
