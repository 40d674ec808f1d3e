"""Perceptron, probabilities, rotations and latent codes as one function of one vector of parameters."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import softmax

from ...states import CheckedState, count, flag, instance, number
from ...training import LBFGS, minimize
from ...training.risk import Pullback
from .heads import Head
from .perceptron import Perceptron


@dataclass(frozen=True)
class FieldRows:
    """Encoded points, and the fields that they belong to.

    Attributes
    ----------
    inputs : ndarray (n_samples, n_inputs)
    fields : ndarray of int (n_samples,)
    """

    inputs: np.ndarray
    fields: np.ndarray

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, rows) -> "FieldRows":
        return FieldRows(self.inputs[rows], self.fields[rows])


@dataclass(frozen=True)
class FieldNetwork(CheckedState):
    """Scores of points: ``<Z_c>`` for probabilities ``softmax(-beta E(x, z))``.

    Parameters are those of the perceptron, the angles, and the latent codes, field by field.

    Attributes
    ----------
    perceptron : Perceptron
    head : Head
    beta : float
    n_fields, n_latent : int
    entangled : bool
        Whether each basis state has an energy of its own, not only each qubit.
    """

    perceptron: Perceptron
    head: Head
    beta: float
    n_fields: int
    n_latent: int
    entangled: bool = True

    _contents: ClassVar[dict] = {
        "perceptron": instance(Perceptron),
        "head": instance(Head),
        "beta": number(),
        "n_fields": count("n_fields", 1),
        "n_latent": count(),
        "entangled": flag,
    }

    def _check_whole(self):
        n_qubits, n_energies = self.head.rotations.n_qubits, self.perceptron.sizes[-1]
        if n_energies != (2**n_qubits if self.entangled else n_qubits):
            raise ValueError(f"{n_energies} energies for {n_qubits} qubits")

    @property
    def n_outputs(self) -> int:
        """Number of values."""
        return self.head.n_outputs

    @property
    def n_parameters(self) -> int:
        """Length of the vector v."""
        return self.perceptron.n_parameters + self.head.n_weights + self.n_fields * self.n_latent

    def unpack(self, v) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights of the perceptron, angles, and codes (n_fields, n_latent), in the memory of v."""
        ends = self.perceptron.n_parameters, self.perceptron.n_parameters + self.head.n_weights
        return v[: ends[0]], v[ends[0] : ends[1]], v[ends[1] :].reshape(self.n_fields, self.n_latent)

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Values (n_samples, n_outputs)."""
        weights, theta, codes = self.unpack(v)
        return self.values(rows.inputs, codes[rows.fields], weights, theta, rng)[0]

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Values, and a function from their cotangents to that of v."""
        weights, theta, codes = self.unpack(v)
        values, back = self.values(rows.inputs, codes[rows.fields], weights, theta, rng)

        def pullback(g):
            of_inputs, of_weights, of_theta = back(g)
            of_codes = np.zeros_like(codes)
            if self.n_latent:
                np.add.at(of_codes, rows.fields, of_inputs[:, rows.inputs.shape[1] :])
            return np.concatenate([of_weights, of_theta, of_codes.ravel()])

        return values, pullback

    def probabilities(self, rows, v) -> np.ndarray:
        """Probabilities (n_samples, 2^n) of basis states."""
        weights, _, codes = self.unpack(v)
        return self._probabilities(np.hstack([rows.inputs, codes[rows.fields]]), weights)[0]

    def _probabilities(self, inputs, weights) -> tuple:
        E, of_E = self.perceptron.forward(inputs, weights)
        if not self.entangled:  # each qubit has the energy of its 1
            bits, of_qubits = np.arange(2 ** E.shape[1])[:, None] >> np.arange(E.shape[1]) & 1, of_E
            E, of_E = E @ bits.T, lambda g: of_qubits(g @ bits)
        P = softmax(-self.beta * E, axis=1)

        def pullback(g):
            return of_E(-self.beta * (g - P * g.sum(axis=1, keepdims=True)))

        return P, pullback

    def values_of_code(self, inputs, code, v) -> np.ndarray:
        """Values (n_samples, n_outputs) of points of one field of a given latent code (n_latent,)."""
        weights, theta, _ = self.unpack(v)
        return self.values(inputs, np.broadcast_to(code, (len(inputs), len(code))), weights, theta)[0]

    def values(self, inputs, codes, weights, theta, rng=None) -> tuple:
        """Values of points with latent codes, and a function from their cotangents to those of all that goes in."""
        P, of_log_P = self._probabilities(np.hstack([inputs, codes]), weights)
        values, of_values = self.head.forward(P, theta, rng)

        def pullback(g):
            of_log, of_theta = of_values(g)
            return *of_log_P(of_log), of_theta

        return values, pullback


def likeliest_code(network: FieldNetwork, v, inputs, Y, alpha) -> np.ndarray:
    """Code (n_latent,) of highest posterior density, from the best of the trained ones on.

    Parameters
    ----------
    network : FieldNetwork
    v : ndarray (n_parameters,)
        Stay as they are.
    inputs : ndarray (n_points, n_inputs)
        Encoded points that are known.
    Y : ndarray (n_points, n_outputs)
    alpha : float
        Precision of the prior, against the sum of squared errors over 2.
    """
    weights, theta, codes = network.unpack(v)

    def posterior(z, rows=None):
        S, back = network.values(inputs, np.broadcast_to(z, (len(inputs), len(z))), weights, theta)
        slope = back(S - Y)[0][:, inputs.shape[1] :].sum(axis=0)
        return 0.5 * np.sum((S - Y) ** 2) + 0.5 * alpha * z @ z, slope + alpha * z

    start = min(codes, key=lambda z: posterior(z)[0])
    return minimize(posterior, start, LBFGS(), max_iter=200, tol=None).w
