"""Angles, tokens, boxes and readout of a tensor network as one function of one vector of parameters."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ...states import CheckedState, count, instance
from ...training.risk import Pullback
from ..base.rotations.rotations import Rotations
from .contractions import Contraction
from .token_circuits import box_gates, token_gates

_TINY = 1e-12  # least probability of a class, whose logarithm is the score
_NONE = 1e-200  # of an outcome that no class hears of


class CircuitAngles(NamedTuple):
    """Angles of all circuits, a row each."""

    tokens: np.ndarray  # (n_letters, 3 n_qubits)
    merges: np.ndarray  # (n_boxes, 8 n_qubits n_layers)
    crossings: np.ndarray  # (n_crossings, 8 n_qubits n_layers)
    readouts: np.ndarray  # (n_readouts, 3 n_qubits)


@dataclass(frozen=True)
class TensorNetwork(CheckedState, ABC):
    """Scores ``log p_k`` of sequences of codes.

    A subclass says which rows it takes, and contracts their tokens and boxes.

    Attributes
    ----------
    contraction : Contraction
    n_layers : int
        Of a box.
    n_letters, n_boxes, n_classes : int
        ``n_boxes`` of 1 is one box for all places.
    """

    contraction: Contraction
    n_layers: int
    n_letters: int
    n_boxes: int
    n_classes: int

    _contents: ClassVar[dict] = {
        "contraction": instance(Contraction),
        "n_layers": count(least=1),
        "n_letters": count("n_letters", 1),
        "n_boxes": count(least=1),
        "n_classes": count("n_classes", 1),
    }

    @property
    def n_crossings(self) -> int:
        """Boxes that leave both tokens."""
        return 0

    @property
    def n_readouts(self) -> int:
        """One if each class has an outcome, else one for each class."""
        return 1 if self.n_classes <= self.contraction.dimension else self.n_classes

    @cached_property
    def token(self) -> Rotations:
        """The circuit of a token, and that before the measurement."""
        return Rotations(self.contraction.n_qubits, token_gates(self.contraction.n_qubits))

    @cached_property
    def box(self) -> Rotations:
        """The circuit of a box: the first qubits are those of what came before."""
        n_qubits = 2 * self.contraction.n_qubits
        return Rotations(n_qubits, box_gates(n_qubits, self.n_layers))

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Shapes of the angles, in the order of `CircuitAngles`."""
        token, box = len(self.token.gates), len(self.box.gates)
        return (self.n_letters, token), (self.n_boxes, box), (self.n_crossings, box), (self.n_readouts, token)

    @property
    def n_parameters(self) -> int:
        """Length of the vector v of all angles."""
        return sum(rows * columns for rows, columns in self.shapes)

    def unpack(self, v) -> CircuitAngles:
        """Angles that share the memory of v."""
        ends = np.cumsum([rows * columns for rows, columns in self.shapes])
        return CircuitAngles(
            *(v[end - r * c : end].reshape(r, c) for end, (r, c) in zip(ends, self.shapes, strict=True))
        )

    @abstractmethod
    def boxes_of(self, n_tokens) -> Iterable[tuple[str, int, int, int]]:
        """Kind ("merges" or "crossings") and number of each box of a sequence, and its first and second token."""

    @abstractmethod
    def rows(self, codes) -> Any:
        """Rows as the other methods take them, of codes (n_samples, n_tokens) of letters with -1 behind the end."""

    @abstractmethod
    def _contract(self, rows, tokens, merges, crossings) -> tuple[np.ndarray, np.ndarray, Pullback]:
        """Vectors (n_samples, d) at the end, logarithms of their norms before they were scaled, and the pullback.

        It goes from cotangents of the vectors to those of tokens, merges and crossings.
        """

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_classes)."""
        return self.forward(rows, v)[0]

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores, and a function from their cotangents to that of v."""
        angles = self.unpack(v)
        tokens, of_tokens = self.token.forward(angles.tokens, 1)
        merges, of_merges = self._boxes(angles.merges)
        crossings, of_crossings = self._boxes(angles.crossings)
        h, _, of_network = self._contract(rows, tokens[:, :, 0], merges, crossings)
        U, of_readouts = self.token.forward(angles.readouts, self.contraction.dimension)
        p, of_effects, of_h = self.contraction.probabilities(self._effects(U), h)
        S, of_scores = _log_probabilities(p)

        def pullback(g):
            g = of_scores(g)
            d_tokens, d_merges, d_crossings = of_network(of_h(g))
            dU = np.zeros_like(U)
            self._effects(dU)[:] = of_effects(g)
            slopes = of_tokens(d_tokens[:, :, None]), of_merges(d_merges), of_crossings(d_crossings), of_readouts(dU)
            return np.concatenate([s.ravel() for s in slopes])

        return S, pullback

    def log_success(self, rows, v) -> np.ndarray:
        """Logarithms (n_samples,) of the probability that all second qubits are found in 0."""
        angles = self.unpack(v)
        tokens = self.token.forward(angles.tokens, 1)[0][:, :, 0]
        boxes = (self._boxes(a)[0] for a in (angles.merges, angles.crossings))
        return 2 * self._contract(rows, tokens, *boxes)[1]

    def _effects(self, U) -> np.ndarray:
        """The amplitudes (n_classes, D) that belong to classes, as a view of the readouts."""
        return U[0, : self.n_classes] if self.n_readouts == 1 else U[:, 0]

    def _boxes(self, theta) -> tuple[np.ndarray, Pullback]:
        """Boxes (n, D, D, D, D): second and first output, second and first input."""
        D = self.contraction.dimension
        U, pullback = self.box.forward(theta, D * D)
        return U.reshape(-1, D, D, D, D), lambda g: pullback(g.reshape(-1, D * D, D * D))


def _log_probabilities(p) -> tuple[np.ndarray, Pullback]:
    """Logarithms that tell classes apart even where all of them are a tiny part of the outcomes; and the pullback."""
    p = np.maximum(p, 0.0) + _NONE
    total = p.sum(axis=1, keepdims=True)
    shares = p / total

    def pullback(g):
        of_shares = g / (shares + _TINY)
        return (of_shares - np.sum(of_shares * shares - g, axis=1, keepdims=True)) / total

    return np.log(shares + _TINY) + np.log(total), pullback
