"""Means of products of one-qubit operators in matrix product states, with cotangents of the tensors.

Products that begin alike share the contractions of what they share; to the left of its first operator and to the
right of its last each has the contraction of the state with itself.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby

import numpy as np

from ...states.shared import Shared
from .operators import PAULIS
from .steps import Sites


class Means:
    """Means of some products.

    Parameters
    ----------
    labels : sequence of str
        Letters ``IXYZ01`` of the products, the rightmost for qubit 0, each with another letter than I.
    """

    def __init__(self, labels: Sequence[str]):
        self.labels = labels
        letters = [label[::-1] for label in labels]  # qubit 0 first
        # First qubit, what stands from there to the last, and the number of the product.
        self._words = sorted((_first(word), word.strip("I"), k) for k, word in enumerate(letters))

    def __call__(self, sites: Sites) -> tuple[np.ndarray, np.ndarray]:
        """Means (n_samples, n_products), and squares of the states' norms (n_samples,), by which they are divided."""
        walk = Walk(sites)
        out = np.empty((len(sites[0]), len(self.labels)))
        for first, words in groupby(self._words, key=lambda entry: entry[0]):
            _fill(walk, walk.left[first], first, [entry[1:] for entry in words], out)
        return out / walk.norms[:, None], walk.norms

    def pullback(self, sites: Sites, h: np.ndarray) -> Sites:
        """Cotangents of the tensors of states of norm 1, for cotangents h of the means."""
        walk = Walk(sites)
        C, of_left, of_right = ([np.zeros_like(t) for t in ts] for ts in (sites, walk.left, walk.right))
        for first, words in groupby(self._words, key=lambda entry: entry[0]):
            entries = [entry[1:] for entry in words]
            of_left[first] += _pull(walk, walk.left[first], first, entries, h, C, of_right)
        n_qubits = len(sites)
        for q in range(n_qubits - 1, -1, -1):
            of_left[q] += walk.pull(q, "I", walk.left[q], of_left[q + 1], C)
        for q in range(n_qubits):
            of_right[q + 1] += walk.pull_right(q, of_right[q], C)
        return C


def _first(word: str) -> int:
    return len(word) - len(word.lstrip("I"))


class Walk(Shared):
    """Contractions of states with their conjugates, along the chain.

    Attributes
    ----------
    left : list of ndarray (n_samples, bond, bond)
        Of all sites left of each bond; conjugate index first.
    """

    def __init__(self, sites: Sites):
        self.sites = sites
        self.conj = [T.conj() for T in sites]
        self.left = [np.ones((len(sites[0]), 1, 1), dtype=complex)]
        for q in range(len(sites)):
            self.left.append(self.step(q, "I", self.left[-1]))

    @property
    def norms(self) -> np.ndarray:
        """Squares (n_samples,) of the norms of states."""
        return self.left[-1][:, 0, 0].real

    @cached_property
    def right(self) -> Sites:
        """Contractions of all sites right of each bond; see `left`."""
        found = [self.left[0]]
        for q in reversed(range(len(self.sites))):
            found.append(self._step_right(q, found[-1]))
        return found[::-1]

    def acted(self, q: int, letter: str) -> np.ndarray:
        """The site behind an operator."""
        return self.sites[q] if letter == "I" else np.matmul(PAULIS[letter], self.sites[q])

    def step(self, q: int, letter: str, E: np.ndarray) -> np.ndarray:
        """The contraction up to the bond right of a site, from the one left of it."""
        return _flat(self.conj[q]).transpose(0, 2, 1) @ _flat(self._half(q, letter, E))

    def _half(self, q: int, letter: str, E: np.ndarray) -> np.ndarray:
        T = self.acted(q, letter)
        n, a, _, b = T.shape
        return (E @ T.reshape(n, a, 2 * b)).reshape(n, -1, 2, b)

    def _step_right(self, q: int, R: np.ndarray) -> np.ndarray:
        T = self.sites[q]
        half = _flat(T) @ R.transpose(0, 2, 1)
        return _wide(self.conj[q]) @ _wide(half.reshape(*T.shape[:3], -1)).transpose(0, 2, 1)

    def pull(self, q: int, letter: str, E: np.ndarray, of_next: np.ndarray, C: Sites) -> np.ndarray:
        """Cotangent of E from that of the next contraction; that of the site is added to C."""
        T, back = self.acted(q, letter), of_next.transpose(0, 2, 1)
        C[q] += 2.0 * (_flat(self._half(q, letter, E)) @ back).reshape(T.shape)
        half = (_flat(T) @ back).reshape(T.shape)
        return _wide(self.conj[q]) @ _wide(half).transpose(0, 2, 1)

    def pull_right(self, q: int, of_left_bond: np.ndarray, C: Sites) -> np.ndarray:
        """Cotangent of the contraction right of a site, from that of the one left of it."""
        T, R = self.sites[q], self.right[q + 1]
        n, a, _, b = T.shape
        half = (_flat(T) @ R.transpose(0, 2, 1)).reshape(T.shape)
        C[q] += 2.0 * (of_left_bond @ half.reshape(n, a, 2 * b)).reshape(T.shape)
        moved = (of_left_bond @ T.reshape(n, a, 2 * b)).reshape(T.shape)
        return _flat(self.conj[q]).transpose(0, 2, 1) @ _flat(moved)


def _flat(T: np.ndarray) -> np.ndarray:
    """A site as matrices (2 left, right)."""
    return T.reshape(len(T), -1, T.shape[3])


def _wide(T: np.ndarray) -> np.ndarray:
    """A site as matrices (left, 2 right)."""
    return T.reshape(len(T), T.shape[1], -1)


Words = list[tuple[str, int]]


def _branches(words: Words) -> list[tuple[str, Words]]:
    """Words that do not end here, by their first letter, without it."""
    going = [entry for entry in words if entry[0]]
    return [(c, [(word[1:], k) for word, k in group]) for c, group in groupby(going, key=lambda entry: entry[0][0])]


def _fill(walk: Walk, E: np.ndarray, q: int, words: Words, out: np.ndarray) -> None:
    """Set the means of all words that go on from the bond left of site q, where the contraction is E."""
    for word, k in words:
        if not word:
            out[:, k] = np.einsum("nab,nab->n", E, walk.right[q]).real
    for letter, rest in _branches(words):
        _fill(walk, walk.step(q, letter, E), q + 1, rest, out)


def _pull(walk: Walk, E: np.ndarray, q: int, words: Words, h: np.ndarray, C: Sites, of_right: Sites) -> np.ndarray:
    """Cotangent of E from those h of the means; those of sites and of contractions to the right are added."""
    of_E = np.zeros_like(E)
    for word, k in words:
        if not word:
            of_E += h[:, k, None, None] * walk.right[q]
            of_right[q] += h[:, k, None, None] * E
    for letter, rest in _branches(words):
        of_next = _pull(walk, walk.step(q, letter, E), q + 1, rest, h, C, of_right)
        of_E += walk.pull(q, letter, E, of_next, C)
    return of_E
