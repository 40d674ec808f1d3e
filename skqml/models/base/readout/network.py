"""A compiled circuit with a linear readout, as one function of one vector of parameters."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from ....backends.kept import KeptProgram
from ....states import CheckedState, count, each, floats, instance, nullable, option
from ....training.risk import Pullback


class ReadoutNetwork(CheckedState):
    """Scores ``s(x) = A <O>(x, w) + b`` of rows, with all parameters in one vector v.

    Parameters
    ----------
    program : KeptProgram
        Gives the values <O> of the observables.
    n_outputs : int
    trained_readout : {"affine", "bias"} or None
        What of A and b is in v: both, b, or neither. A matrix that is not trained is the identity,
        or (-1, 1) for two outputs of a single observable; b is then 0.
    n_encoding : int, default=0
        How many of the weights are those of the encoding, the first ones.

    Raises
    ------
    ValueError
        If the readout is not trained, and the observables are not as many as the outputs.
    """

    _contents: ClassVar[dict] = {
        "program": instance(KeptProgram),
        "shape": each(count(least=1), kinds=(tuple,)),
        "trained_readout": option("affine", "bias", None),
        "n_encoding": count(),
        "fixed": nullable(floats(None, None)),
    }

    def _check_whole(self):
        affine, n_observables = self.trained_readout == "affine", self.program.n_observables
        if self.shape[1:] != (n_observables,) or affine != (self.fixed is None):
            raise ValueError(f"a readout of shape {self.shape} for {n_observables} observables")
        if self.fixed is not None and not np.array_equal(self.fixed, _fixed_matrix(*self.shape)):
            raise ValueError(f"a fixed readout that is no {_fixed_matrix(*self.shape).tolist()}")

    def __init__(self, program: KeptProgram, n_outputs: int, trained_readout, n_encoding: int = 0):
        self.program = program
        self.shape = (n_outputs, program.n_observables)
        self.trained_readout = trained_readout
        self.n_encoding = n_encoding
        self.fixed = None if trained_readout == "affine" else _fixed_matrix(*self.shape)

    @property
    def n_outputs(self) -> int:
        """Number of scores."""
        return self.shape[0]

    @property
    def n_parameters(self) -> int:
        """Length of v."""
        n_outputs, n_observables = self.shape
        n_readout = {"affine": n_outputs * (n_observables + 1), "bias": n_outputs, None: 0}[self.trained_readout]
        return self.program.n_weights + n_readout

    def pack(self, w, A, b) -> np.ndarray:
        """The vector v of weights and whatever of the readout is trained."""
        return np.concatenate([w, *{"affine": [A.ravel(), b], "bias": [b], None: []}[self.trained_readout]])

    def unpack(self, v) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights (n_weights,), matrix A (n_outputs, n_observables) and offset b (n_outputs,)."""
        n_outputs = self.shape[0]
        w, rest = v[: self.program.n_weights], v[self.program.n_weights :]
        A = self.fixed if self.fixed is not None else rest[:-n_outputs].reshape(self.shape)
        return w, A, np.zeros(n_outputs) if self.trained_readout is None else rest[-n_outputs:]

    def start(self, w) -> np.ndarray:
        """Parameters of given weights and a readout of zeros."""
        return self.pack(w, np.zeros(self.shape), np.zeros(self.shape[0]))

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs) of rows, a function (w, rng) -> values; see `Program.fix_rows`."""
        w, A, b = self.unpack(v)
        return rows(w, rng) @ A.T + b

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores of fixed rows, and a function from their cotangents to that of v."""
        w, A, b = self.unpack(v)
        values, pullback = rows.forward(w, rng)
        return values @ A.T + b, lambda g: self.pack(pullback(g @ A)[1], g.T @ values, g.sum(axis=0))

    def forward_rows(self, X, v) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Scores of rows X (n_samples, n_features), and a function from their cotangents to that of X."""
        w, A, b = self.unpack(v)
        values, pullback = self.program.forward_rows(X, w)
        return values @ A.T + b, lambda g: pullback(g @ A)

    def penalty(self, v, strength: float) -> tuple[float, np.ndarray]:
        """``strength |A|^2 / 2`` of a trained matrix A, and its gradient."""
        w, A, b = self.unpack(v)
        strength = strength if self.trained_readout == "affine" else 0.0
        return 0.5 * strength * np.sum(A**2), self.pack(np.zeros_like(w), strength * A, np.zeros_like(b))


def _fixed_matrix(n_outputs, n_observables) -> np.ndarray:
    if n_observables == n_outputs:
        return np.eye(n_outputs)
    if (n_outputs, n_observables) == (2, 1):
        return np.array([[-1.0], [1.0]])
    raise ValueError(
        f"Without a trained readout expected one observable for each of {n_outputs} outputs (one will do for two "
        f"classes), got {n_observables} observables; choose others, or trained_readout='affine'."
    )
