"""Networks that fold a sequence from left to right."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...engine.threads import map_chunks, n_threads
from ...training.risk import Pullback
from .compiled.products import fold, step_matrices, step_slopes, unfold
from .network import TensorNetwork

_STEPS = 2**15  # matrix elements of a chunk that pay for a thread


@dataclass(frozen=True)
class PathRows:
    """Sequences as a first letter and numbers of matrices.

    Attributes
    ----------
    first : ndarray of int (n_samples,)
        Letters; that of an empty sequence is one more than the last.
    steps : ndarray of int (n_samples, n_steps)
        Which of the pairs comes next, -1 behind the end.
    pairs : ndarray of int (n_pairs, 2)
        Box and letter of each matrix.
    """

    first: np.ndarray
    steps: np.ndarray
    pairs: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, rows) -> "PathRows":
        return PathRows(self.first[rows], self.steps[rows], self.pairs)


class PathNetwork(TensorNetwork):
    """A product of one matrix a token: a weighted automaton whose matrices are parts of unitaries."""

    def boxes_of(self, n_tokens) -> Iterable[tuple[str, int, int, int]]:
        """One box a token behind the first, which merges it with all before."""
        return (("merges", min(t - 1, self.n_boxes - 1), 0, t) for t in range(1, n_tokens))

    def rows(self, codes) -> PathRows:
        """Sequences as products; behind the last box of several, tokens do not count."""
        codes = codes if self.n_boxes == 1 else codes[:, : self.n_boxes + 1]
        first, rest = np.where(codes[:, 0] < 0, self.n_letters, codes[:, 0]), codes[:, 1:]
        boxes = np.arange(rest.shape[1]) if self.n_boxes > 1 else np.zeros(rest.shape[1], int)
        numbers = np.where(rest < 0, -1, boxes * self.n_letters + rest)
        found, steps = np.unique(numbers, return_inverse=True)
        missing = int(len(found) > 0 and found[0] < 0)
        pairs = np.stack(np.divmod(found[missing:], self.n_letters), axis=1)
        return PathRows(first, steps.reshape(rest.shape) - missing, pairs)

    def _contract(self, rows, tokens, merges, crossings):
        contraction = self.contraction
        D, K = contraction.dimension, merges[:, : contraction.n_kept]
        kraus = np.empty((len(rows.pairs), contraction.n_kept, D, D), dtype=complex)
        step_matrices(K, tokens, rows.pairs, kraus)
        matrices, of_matrices = contraction.maps(kraus)
        empty = np.eye(1, D, dtype=complex)
        start, of_start = contraction.vectors(np.concatenate([tokens, empty]))
        h, norms, of_products = _fold(matrices, start, rows, contraction.scales)

        def pullback(g):
            d_matrices, d_start = of_products(g)
            d_tokens, d_merges = of_start(d_start)[:-1].astype(complex), np.zeros_like(merges)
            d_kept = d_merges[:, : contraction.n_kept]
            step_slopes(K, tokens, rows.pairs, of_matrices(d_matrices), d_kept, d_tokens)
            return d_tokens, d_merges, np.zeros_like(crossings)

        return h, norms, pullback


def _fold(matrices, start, rows, scale) -> tuple[np.ndarray, np.ndarray, Pullback]:
    """Last vectors, logarithms of their norms, and the pullback to matrices and first vectors, chunk by chunk."""
    n, n_steps = rows.steps.shape
    states, norms = np.empty((n, n_steps + 1, start.shape[1]), dtype=start.dtype), np.empty((n, n_steps))
    threads = n_threads()
    size = max(_STEPS // max(1, n_steps * start.shape[1] ** 2), -(-n // (4 * threads)), 1)
    chunks = [slice(a, a + size) for a in range(0, n, size)]

    def forth(chunk):
        fold(matrices, start, rows.first[chunk], rows.steps[chunk], scale, states[chunk], norms[chunk])

    def pullback(g):
        g = np.array(g, dtype=start.dtype)

        def back(chunk):
            slopes = np.zeros_like(matrices), np.zeros_like(start)
            at = rows.first[chunk], rows.steps[chunk], states[chunk], norms[chunk], g[chunk]
            unfold(matrices, *at, *slopes)
            return slopes

        return [sum(parts) for parts in zip(*map_chunks(back, chunks, threads), strict=True)]

    map_chunks(forth, chunks, threads)
    return states[:, -1], np.log(norms).sum(axis=1), pullback
